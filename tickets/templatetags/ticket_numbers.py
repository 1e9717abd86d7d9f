from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from common.history import Event
from tickets import numbers, queries

register = template.Library()


@register.filter
def linked(text: Any, known: Any = None) -> SafeString:
    """A plain text with links to the tickets of `known` (numbers). Text that is HTML already is left alone."""
    if hasattr(text, "__html__") or not known:
        return conditional_escape(text)
    return mark_safe(numbers.linked(str(text), known))  # noqa: S308  # escaped there


@register.simple_tag
def known_numbers(viewer: Any, events: Iterable[Event]) -> frozenset[str]:
    """Which tickets the texts of these history rows name, of those the viewer may see. One query, or none."""
    return queries.known_numbers(viewer, (event.text for event in events))
