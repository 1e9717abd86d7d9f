from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"

    def ready(self) -> None:
        from common import live
        from common.panels import Panel, register
        from tickets import holdings, permissions
        from tickets.models import Ticket, seed_policies

        holdings.register_all()
        live.register_topic("ticket", lambda user, key: Ticket.objects.visible_to(user).filter(number=key).exists())
        post_migrate.connect(seed_policies, sender=self, dispatch_uid="tickets.policies")
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
