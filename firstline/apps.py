from django.apps import AppConfig


class FirstlineConfig(AppConfig):
    name = "firstline"

    def ready(self) -> None:
        from calls import dialling
        from common import live
        from firstline import permissions, queries, receivers, wrapping  # noqa: F401
        from guidance import queries as guidance
        from knowledge import queries as knowledge
        from staff.access import may

        wrapping.SUGGESTERS += [guidance.suggestion, knowledge.suggestion]
        dialling.register(queries.number_behind)
        live.register_topic("callviewers", lambda user, key: may(user, permissions.ANSWER))
        live.register_topic("callbacks", lambda user, key: may(user, permissions.CALL_BACK))
