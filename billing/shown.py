"""Whose data an answer holds: said by the view that puts it there, noted by `billing.middleware` before it leaves."""

from django.http import HttpRequest

_SHOWN = "accounts_shown"


def shows(request: HttpRequest, *accounts: str) -> None:
    """The answer will hold something of these accounts (their numbers)."""
    if not hasattr(request, _SHOWN):
        setattr(request, _SHOWN, {})
    getattr(request, _SHOWN).update(dict.fromkeys(accounts))


def shown(request: HttpRequest) -> list[str]:
    """The accounts' numbers, each once, as they were said."""
    return list(getattr(request, _SHOWN, {}))
