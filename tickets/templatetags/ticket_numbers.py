from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from tickets import numbers

register = template.Library()


@register.filter
def linked(text: Any, known: Iterable[str] | None) -> SafeString:
    """A plain text with links to the tickets of `known` (numbers). Text that is HTML already is left alone."""
    if hasattr(text, "__html__") or not known:
        return conditional_escape(text)
    return mark_safe(numbers.linked(str(text), known))  # noqa: S308  # escaped there


@register.simple_tag(takes_context=True)
def linked_if_known(context: Context, text: Any) -> SafeString:
    """`linked` with the page's `known`, which most pages that show history do not have: a filter would fail there."""
    return linked(text, context.get("known"))
