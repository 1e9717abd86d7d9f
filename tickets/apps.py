from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"

    def ready(self) -> None:
        from common import live
        from common.panels import Panel, register
        from messaging.events import message_received
        from tickets import permissions, receivers
        from tickets.models import Ticket, seed_policies, seed_texts

        live.register_topic("ticket", lambda user, key: Ticket.objects.visible_to(user).filter(number=key).exists())
        live.register_topic("viewers", lambda user, key: Ticket.objects.visible_to(user).filter(number=key).exists())
        post_migrate.connect(seed_policies, sender=self, dispatch_uid="tickets.policies")
        post_migrate.connect(seed_texts, sender=self, dispatch_uid="tickets.texts")
        message_received.connect(receivers.on_message_received, dispatch_uid="tickets.message")
        register(
            Panel(
                "settings",
                "tickets:policies",
                permissions.CONFIGURE,
                title=_("Desks' rules"),
                hint=_("Allowed moves, reopening, whose work returns to the desk"),
                icon="route",
            )
        )
