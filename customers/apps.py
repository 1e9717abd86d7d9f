from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from common import live
        from common.panels import Panel, register
        from customers import holdings, permissions, receivers  # noqa: F401
        from staff.access import may

        holdings.register_all()
        live.register_topic("subscriber", lambda user, key: may(user, permissions.PERSONAL_DATA))
        register(
            Panel(
                "settings",
                "customers:personal_data",
                permissions.PERSONAL_DATA,
                order=800,
                title=_("Personal data"),
                hint=_("What we hold about a subscriber: to give out, to erase; the acts"),
                icon="shield",
            )
        )
