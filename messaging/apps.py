from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    name = "messaging"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.conf import settings

        from common import history, live
        from common.panels import Panel, register
        from messaging import actions, gateways, holdings, permissions, receivers
        from messaging.models import Message
        from staff.access import may

        assert receivers
        holdings.register_all()
        gateways.check(settings.MESSAGE_GATEWAYS)
        if actions.note_fact not in history.listeners:
            history.listeners.append(actions.note_fact)
        live.register_topic(
            "conversation",
            lambda user, key: (
                key.isdecimal() and Message.objects.visible_to(user).filter(conversation=int(key[:18])).exists()
            ),
        )
        live.register_topic("webhook", lambda user, key: may(user, permissions.WEBHOOKS))
        register(
            Panel(
                "settings",
                "messaging:webhooks",
                permissions.WEBHOOKS,
                title=_("Webhooks"),
                hint=_("Other systems that are told what happens here, and the log of what they were told"),
                icon="webhook",
            )
        )
        if settings.DEMO:
            register(
                Panel(
                    "settings",
                    "messaging:demo",
                    permissions.DEMO,
                    title=_("A subscriber's phone"),
                    hint=_("The demo: read what was sent, write back, let the delivery fail"),
                    icon="message-circle",
                )
            )
