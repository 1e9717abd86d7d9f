from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"

    def ready(self) -> None:
        from calls import permissions
        from common import live
        from staff.access import may

        live.register_topic("call", lambda user, key: may(user, permissions.READ))
        live.register_topic("calls", lambda user, key: may(user, permissions.READ))
