import json
from typing import Any

from django import template

register = template.Library()


@register.filter
def pretty(value: Any) -> str:
    """JSON as people read it. The template escapes it."""
    return json.dumps(value, ensure_ascii=False, indent=2)
