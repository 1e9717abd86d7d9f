from datetime import datetime

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware


def moment_in(text: str) -> datetime | None:
    """A moment typed into a page, in local time; None for what is none."""
    try:
        at = parse_datetime(text)
    except ValueError:
        return None
    return make_aware(at) if at is not None and is_naive(at) else at
