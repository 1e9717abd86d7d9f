from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from common.history import Event
from tickets import numbers, queries

register = template.Library()


@register.simple_tag(takes_context=True)
def linked(context: Context, text: Any) -> SafeString:
    """A plain text with links to the tickets of the page's `known` (numbers). Text that is HTML is left alone.

    A tag, not a filter: most pages that show history know no numbers, and a filter's argument must exist.
    """
    known = context.get("known")
    if hasattr(text, "__html__") or not known:
        return conditional_escape(text)
    return mark_safe(numbers.linked(str(text), known))  # noqa: S308  # escaped there


@register.simple_tag
def known_numbers(viewer: Any, events: Iterable[Event]) -> frozenset[str]:
    """Which tickets the texts of these history rows name, of those the viewer may see. One query, or none."""
    return queries.known_numbers(viewer, (event.text for event in events))
