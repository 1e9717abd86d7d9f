from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupervisionConfig(AppConfig):
    name = "supervision"

    def ready(self) -> None:
        from common.panels import Panel, register
        from supervision import permissions

        register(
            Panel(
                "settings",
                "supervision:detector",
                permissions.CONFIGURE,
                title=_("Detector settings"),
                hint=_("How soon a spike of contacts sends a master"),
                icon="gauge",
            )
        )
