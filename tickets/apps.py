from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"

    def ready(self) -> None:
        from common import changes, live, origin
        from common.panels import Panel, register
        from messaging.events import message_changed, message_received
        from messaging.files import register_owner
        from messaging.models import register_scope
        from tickets import finders, holdings, lookups, permissions, queries, receivers
        from tickets.models import Rule, Ticket, seed_boards, seed_policies, seed_rules, seed_sla, seed_texts
        from tickets.seeds import seed_fields

        holdings.register_all()
        lookups.register_all()
        live.register_topic("ticket", lambda user, key: Ticket.objects.visible_to(user).filter(number=key).exists())
        live.register_topic("viewers", lambda user, key: Ticket.objects.visible_to(user).filter(number=key).exists())
        post_migrate.connect(seed_policies, sender=self, dispatch_uid="tickets.policies")
        post_migrate.connect(seed_boards, sender=self, dispatch_uid="tickets.boards")
        post_migrate.connect(seed_fields, sender=self, dispatch_uid="tickets.fields")
        post_migrate.connect(seed_sla, sender=self, dispatch_uid="tickets.sla")
        post_migrate.connect(seed_rules, sender=self, dispatch_uid="tickets.rules")
        changes.register_details(origin.Via.RULE, changes.rows(Rule))
        for url_name, title, hint, icon in (
            ("tickets:rules", _("Rules"), _("When this happens, if that holds: what is done by itself"), "list-checks"),
            (
                "tickets:policies",
                _("Desks' rules"),
                _("Allowed moves, reopening, whose work returns to the desk"),
                "route",
            ),
            (
                "tickets:promises",
                _("Promises"),
                _("Times to answer and to solve; what happens before they pass"),
                "timer",
            ),
            (
                "tickets:fields_settings",
                _("Custom fields"),
                _("What a desk asks for on its tickets, and before which deeds"),
                "list-checks",
            ),
            ("tickets:checklists_settings", _("Checklists"), _("Steps that new tickets bring along"), "circle-check"),
            ("tickets:templates_settings", _("Ticket templates"), _("Tickets opened often, half written"), "copy"),
            ("tickets:calendars", _("Calendars"), _("Working hours, holidays, moved working days"), "calendar-days"),
        ):
            register(Panel("settings", url_name, permissions.CONFIGURE, title=title, hint=hint, icon=icon))
        post_migrate.connect(seed_texts, sender=self, dispatch_uid="tickets.texts")
        message_received.connect(receivers.on_message_received, dispatch_uid="tickets.message")
        message_changed.connect(receivers.on_message_changed, dispatch_uid="tickets.delivery")
        register_scope(queries.messages_shown_to)
        register_owner(queries.may_have_file)
        register(
            Panel(
                "settings",
                "tickets:texts_settings",
                permissions.WRITE_TEXTS,
                title=_("Ready-made texts"),
                hint=_("What people insert into replies and notes with a slash"),
                icon="message-square",
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
