from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CallsConfig(AppConfig):
    name = "calls"
    verbose_name = _("Telephone")

    def ready(self) -> None:
        from calls import holdings, permissions
        from calls.models import Line
        from common import changes, live, origin
        from staff.access import may

        holdings.register_all()
        changes.register_details(origin.Via.PBX, changes.rows(Line))
        live.register_topic("call", lambda user, key: may(user, permissions.READ))
        live.register_topic("calls", lambda user, key: may(user, permissions.READ))
