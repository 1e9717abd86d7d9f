from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        from billing import permissions, receivers  # noqa: F401
        from billing.live import register

        register()
