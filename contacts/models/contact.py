"""One inbound contact by any channel. Most end without a ticket: a contact is not work to do later."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import Event
from contacts.models.topic import WITHOUT_TOPIC, Outcome, Topic
from staff.models import OUTSOURCED_ROLES, Role, User


class Channel(models.TextChoices):
    PHONE = "phone", _("Call")
    WEB_FORM = "web_form", _("Web form")
    CHAT = "chat", _("Online consultant")
    VK = "vk", _("VKontakte")
    MAX = "max", _("MAX")
    EMAIL = "email", _("E-mail")
    WALK_IN = "walk_in", _("Walk-in")


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, user: User) -> "ContactQuerySet":
        """Every desk that answers people sees contacts; masters see their visits instead.

        The outsourcer's people see what their company handled, and calls that are nobody's yet: until a contact is
        ended, or given to somebody, only its call knows who answered, and calls lie above.
        """
        if user.role == Role.MASTER:
            return self.none()
        if not user.is_outsourced:
            return self
        waiting = models.Q(handled_by=None, channel=Channel.PHONE)
        return self.filter(waiting | models.Q(handled_by__in=User.objects.filter(role__in=OUTSOURCED_ROLES)))

    def not_evaluated(self) -> "ContactQuerySet":
        return self.filter(evaluated_at=None)


class Contact(models.Model):
    """Somebody reached us once.

    `at` is when, for detection; `created_at` is the server's clock. `evaluated_at` is set once spike detection has
    seen the contact in its present form; whatever changes its place or topic clears it, so nothing is missed.
    """

    channel = models.CharField(max_length=10, choices=Channel.choices)
    # `line:callId`, `vk:group:event`...: the channel's own name of the contact, so that a repeat finds it.
    key = models.CharField(max_length=200, unique=True)
    at = models.DateTimeField()
    created_at = models.DateTimeField(default=clock.now)
    phone = models.CharField(max_length=40, blank=True)
    subscriber = models.ForeignKey(
        "customers.Subscriber", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    building = models.ForeignKey("network.Building", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    switch = models.ForeignKey("network.Node", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    evaluated_at = models.DateTimeField(null=True, editable=False)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(outcome="", closed_at=None) | models.Q(outcome__gt="", closed_at__isnull=False),
                name="contacts_contact_closed_with_outcome",
            ),
            # A caller who gave up is promised a call before anybody knows what he wanted.
            models.CheckConstraint(
                condition=models.Q(outcome__in=["", *WITHOUT_TOPIC, Outcome.CALL_BACK]) | models.Q(topic__isnull=False),
                name="contacts_contact_ended_has_topic",
            ),
            models.CheckConstraint(
                condition=models.Q(switch=None) | models.Q(building__isnull=False),
                name="contacts_contact_switch_has_building",
            ),
        )
        indexes = (
            models.Index(fields=["id"], name="contacts_not_evaluated", condition=models.Q(evaluated_at=None)),
            models.Index(fields=["at"], name="contacts_at"),
            models.Index(fields=["-at", "-id"], name="contacts_open", condition=models.Q(closed_at=None)),
            models.Index(fields=["building", "-at"], name="contacts_building_at"),
            models.Index(fields=["subscriber", "-at"], name="contacts_subscriber_at"),
            # Who calls from a number that we do not know has called from it before.
            models.Index(fields=["phone", "-at"], name="contacts_phone_at", condition=models.Q(phone__startswith="+")),
        )

    def __str__(self) -> str:
        return self.key

    def live_topics(self) -> list[str]:
        topics = [f"contact:{self.pk}", "desk:first_line", "desk:support", "desk:finance"]
        return [*topics, f"user:{self.handled_by_id}"] if self.handled_by_id else topics


class ContactEvent(Event):
    thing = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="history")
