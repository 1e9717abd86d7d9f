from django.apps import AppConfig


class FirstlineConfig(AppConfig):
    name = "firstline"

    def ready(self) -> None:
        from firstline import permissions  # noqa: F401
