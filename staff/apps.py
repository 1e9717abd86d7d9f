from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "staff"
    verbose_name = _("People and keys")

    def ready(self) -> None:
        from common import changes, live, origin
        from common.panels import Panel, register
        from staff import permissions, receivers  # noqa: F401
        from staff.access import may
        from staff.models import ApiKey

        changes.register_details(origin.Via.REST, changes.rows(ApiKey))
        live.register_topic("user", lambda user, key: str(user.pk) == key)
        live.register_topic("notices", lambda user, key: str(user.pk) == key)
        live.register_topic("desk", lambda user, key: user.desk == key or may(user, "staff.see_presence"))
        register(
            Panel(
                "settings",
                "admin:index",
                permissions.MANAGE,
                order=900,
                title=_("Administration"),
                hint=_("People, telephone lines, API keys"),
                icon="users",
            )
        )
        live.register_topic("presence", lambda user, key: may(user, "staff.see_presence"))
