from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"

    def ready(self) -> None:
        from common import live
        from common.panels import Panel, register
        from tickets import finders, permissions
        from tickets.models import Ticket, seed_boards, seed_policies

        live.register_topic("ticket", lambda user, key: Ticket.objects.visible_to(user).filter(number=key).exists())
        post_migrate.connect(seed_policies, sender=self, dispatch_uid="tickets.policies")
        post_migrate.connect(seed_boards, sender=self, dispatch_uid="tickets.boards")
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
        register(
            Panel(
                "settings",
                "tickets:exports",
                permissions.SEE_EXPORTS,
                title=_("Exports"),
                hint=_("Who took rows away in a file, when and which"),
                icon="download",
            )
        )
        finders.register_all()
