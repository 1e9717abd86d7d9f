from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ContactsConfig(AppConfig):
    name = "contacts"

    def ready(self) -> None:
        from common import live
        from contacts import holdings, permissions
        from contacts.models import seed_topics
        from staff.access import may

        holdings.register_all()
        post_migrate.connect(seed_topics, sender=self, dispatch_uid="contacts.topics")
        live.register_topic("contact", lambda user, key: may(user, permissions.READ))
