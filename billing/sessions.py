from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from billing.models import FinanceSession


class SessionStore(DatabaseStore):
    """Sessions in a table that the ordinary processes have no right to."""

    @classmethod
    def get_model_class(cls) -> type[FinanceSession]:
        return FinanceSession
