from django.apps import AppConfig


class FirstlineConfig(AppConfig):
    name = "firstline"

    def ready(self) -> None:
        from calls import dialling
        from common import live
        from firstline import permissions, queries
        from staff.access import may

        dialling.register(queries.number_behind)
        live.register_topic("callbacks", lambda user, key: may(user, permissions.CALL_BACK))
