from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class GuidanceConfig(AppConfig):
    name = "guidance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from common.panels import Panel, register
        from guidance import holdings, permissions, seeds

        holdings.register_all()
        post_migrate.connect(seeds.seed, sender=self, dispatch_uid="guidance.seeds")
        register(Panel("contact", "guidance:of_contact", permissions.READ, order=5))
        register(Panel("ticket-work", "guidance:of_ticket", permissions.READ))
        register(
            Panel(
                "settings",
                "guidance:scripts",
                permissions.EDIT,
                order=120,
                title=_("Scripts"),
                hint=_("What is asked step by step beside a call, where it fails, what calms a caller"),
                icon="list-tree",
            )
        )
