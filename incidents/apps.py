from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "incidents"

    def ready(self) -> None:
        from common import live
        from incidents import permissions, receivers  # noqa: F401
        from staff.access import may

        live.register_topic("incident", lambda user, key: may(user, permissions.READ))
        live.register_topic("incidents", lambda user, key: may(user, permissions.READ))
