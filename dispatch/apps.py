from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DispatchConfig(AppConfig):
    name = "dispatch"

    def ready(self) -> None:
        from common import live, panels
        from dispatch import holdings, permissions, receivers  # noqa: F401
        from staff.access import may

        holdings.register_all()
        panels.register(panels.Panel("incident", "dispatch:of_incident", permissions.READ_BOARD))
        panels.register(panels.Panel("caller", "dispatch:of_caller", permissions.READ))
        slots = panels.Panel("ticket", "dispatch:slots", permissions.BOOK, title=_("Visits"), live="visits:all")
        panels.register(slots)
        panels.register(
            panels.Panel("contact", "dispatch:connect_contact", permissions.CONNECT, order=7, title=_("Connection"))
        )
        asked = panels.Panel("ticket", "dispatch:connect_ticket", permissions.BOOK, order=10, live="visits:all")
        panels.register(asked)
        panels.register(
            panels.Panel(
                "settings",
                "dispatch:connect_houses",
                permissions.SET_HOUSES,
                order=130,
                title=_("Connection by house"),
                hint=_("Which houses can be connected, and why not"),
                icon="house",
            )
        )
        live.register_topic("visits", lambda user, key: may(user, permissions.READ_BOARD))
        live.register_topic("visit", lambda user, key: may(user, permissions.READ))
