from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from common import live
        from common.panels import Panel, register
        from knowledge import finders, permissions
        from knowledge.actions.seeds import seed_synonyms
        from staff.access import may

        post_migrate.connect(seed_synonyms, sender=self, dispatch_uid="knowledge.synonyms")
        live.register_topic("knowledge", lambda user, key: may(user, permissions.EDIT))
        register(Panel("contact", "knowledge:panel", permissions.USE, order=10, title=_("Answers")))
        for url_name, title, hint, icon in (
            (
                "knowledge:articles",
                _("Articles"),
                _("What is said to callers; what has to be looked through"),
                "book-open",
            ),
            (
                "knowledge:places",
                _("Places"),
                _("Terminals, offices, partners' shops: where, when, at which price"),
                "map-pin",
            ),
            (
                "knowledge:missing_answers",
                _("Missing answers"),
                _("What people ask for and do not find"),
                "circle-alert",
            ),
            ("knowledge:synonyms", _("Synonyms"), _("Phrases that mean the same to whoever asks"), "languages"),
            (
                "knowledge:files",
                _("Knowledge as files"),
                _("Articles and places in and out, all at once"),
                "folder-tree",
            ),
        ):
            register(Panel("settings", url_name, permissions.EDIT, order=120, title=title, hint=hint, icon=icon))
        finders.register_all()
