from billing.views.accounts import account, accounts, resume, suspend

__all__ = ["account", "accounts", "resume", "suspend"]
