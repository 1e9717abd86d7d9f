"""Who may listen to the finance desk's topics. Only its own process tells anybody."""

from django.conf import settings

from common import live
from staff.access import may


def register() -> None:
    live.register_topic("account", lambda user, _key: settings.IS_FINANCE and may(user, "billing.read"))
    live.register_topic("applications", lambda user, _key: settings.IS_FINANCE and may(user, "billing.read"))
    live.register_topic("letters", lambda user, _key: settings.IS_FINANCE and may(user, "billing.read"))
    live.register_topic("frontdesk", lambda user, _key: settings.IS_FINANCE and may(user, "billing.read"))
    live.register_topic("sheets", lambda user, _key: settings.IS_FINANCE and may(user, "billing.read"))
    live.register_topic("disputes", lambda user, _key: settings.IS_FINANCE and may(user, "billing.see_questions"))
