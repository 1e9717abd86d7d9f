from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.conf import settings

        from messaging import gateways, holdings, receivers

        gateways.check(settings.MESSAGE_GATEWAYS)
        holdings.register_all()
        assert receivers
