from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "dispatch"

    def ready(self) -> None:
        from common import live, panels
        from dispatch import holdings, permissions, receivers  # noqa: F401
        from staff.access import may

        holdings.register_all()
        panels.register(panels.Panel("incident", "dispatch:of_incident", permissions.READ_BOARD))
        panels.register(panels.Panel("caller", "dispatch:of_caller", permissions.READ))
        panels.register(panels.Panel("ticket", "dispatch:slots", permissions.BOOK))
        live.register_topic("visits", lambda user, key: may(user, permissions.READ_BOARD))
        live.register_topic("visit", lambda user, key: may(user, permissions.READ))
