from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CallsConfig(AppConfig):
    name = "calls"
    verbose_name = _("Telephone")

    def ready(self) -> None:
        from calls import permissions
        from common import live
        from staff.access import may

        live.register_topic("call", lambda user, key: may(user, permissions.READ))
        live.register_topic("calls", lambda user, key: may(user, permissions.READ))
