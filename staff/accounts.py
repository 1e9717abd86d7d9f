from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Staff are made by an administrator, never by themselves."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False
