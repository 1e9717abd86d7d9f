from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CommonConfig(AppConfig):
    name = "common"

    def ready(self) -> None:
        from common import grants
        from common.rest import speak_utc

        # Without `sender` it would run once per app; any one app's signal comes after all migrations.
        post_migrate.connect(grants.apply, sender=self, dispatch_uid="common.grants")
        speak_utc()
