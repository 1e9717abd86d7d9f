from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"

    def ready(self) -> None:
        from common import live
        from tickets import permissions
        from tickets.models import Ticket

        live.register_topic("ticket", lambda user, key: Ticket.objects.visible_to(user).filter(number=key).exists())
        assert permissions.READ
