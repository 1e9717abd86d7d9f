from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    name = "contacts"

    def ready(self) -> None:
        from common import live
        from common.panels import Panel, register
        from contacts import holdings, permissions
        from contacts.seeds import seed_topics
        from staff.access import may

        holdings.register_all()
        post_migrate.connect(seed_topics, sender=self, dispatch_uid="contacts.topics")
        live.register_topic("contact", lambda user, key: may(user, permissions.READ))
        register(
            Panel(
                "settings",
                "contacts:topics",
                permissions.CONFIGURE,
                title=_("Topics of contacts"),
                hint=_("What callers ask, in two levels; which desk, which outcome"),
                icon="list-tree",
            )
        )
