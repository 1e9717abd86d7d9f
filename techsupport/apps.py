from django.apps import AppConfig


class TechsupportConfig(AppConfig):
    name = "techsupport"

    def ready(self) -> None:
        from techsupport import permissions  # noqa: F401
