from django.apps import AppConfig
from django.db.models.signals import post_migrate


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        from billing import permissions, receivers  # noqa: F401
        from billing.live import register
        from billing.seeds import seed_reasons

        register()
        post_migrate.connect(seed_reasons, sender=self, dispatch_uid="billing.reasons")
