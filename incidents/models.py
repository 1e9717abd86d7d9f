"""An incident: many subscribers of one place lost a service at once, and everybody must say the same about it."""

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import Event
from incidents.detection.sensitivity import STEPS, USUAL
from staff.models import Role, User


class ScopeKind(models.TextChoices):
    BUILDING = "building", _("Building")
    SWITCH = "switch", _("Access switch")
    NODE = "node", _("Node")
    CITY = "city", _("The whole town")


class State(models.TextChoices):
    SUSPECTED = "suspected", _("Suspected")
    OPEN = "open", _("Open")
    RESTORED = "restored", _("Restored")
    CLOSED = "closed", _("Closed")


class Resolution(models.TextChoices):
    RESTORED = "restored", _("Service restored")
    DISMISSED = "dismissed", _("Not an incident")
    MERGED = "merged", _("Part of a wider incident")
    FADED = "faded", _("Faded without confirmation")


MOVES: dict[str, frozenset[str]] = {
    State.SUSPECTED: frozenset({State.OPEN, State.CLOSED}),
    State.OPEN: frozenset({State.RESTORED, State.CLOSED}),
    State.RESTORED: frozenset({State.CLOSED}),
    State.CLOSED: frozenset(),
}
ACTIVE = (State.SUSPECTED, State.OPEN)
_ACTIVE = Q(state__in=ACTIVE)


class IncidentQuerySet(models.QuerySet["Incident"]):
    def visible_to(self, user: User) -> "IncidentQuerySet":
        """Everybody must say the same about an incident, so everybody sees open ones; suspicions stay in-house."""
        if user.role in {Role.OPERATOR, Role.LEAD}:
            return self.exclude(state=State.SUSPECTED)
        return self

    def active(self) -> "IncidentQuerySet":
        return self.filter(_ACTIVE)

    def open(self) -> "IncidentQuerySet":
        return self.filter(state=State.OPEN)

    def covering(self, *, building_id: int | None, node_ids: list[int]) -> "IncidentQuerySet":
        """Those whose scope contains the building (its switches and the nodes above are `node_ids`)."""
        inside = Q(scope_kind=ScopeKind.CITY) | Q(node_id__in=node_ids)
        return self.filter(inside | Q(building_id=building_id) if building_id else inside)


def _decimals(number: float) -> int:
    """Enough places for two figures that say something, at most four."""
    return next((places for places, least in enumerate((10, 1, 0.1, 0.01)) if number >= least), 4)


class Incident(models.Model):
    scope_kind = models.CharField(max_length=10, choices=ScopeKind.choices)
    building = models.ForeignKey("network.Building", null=True, on_delete=models.PROTECT, related_name="+")
    node = models.ForeignKey("network.Node", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.SUSPECTED)
    resolution = models.CharField(max_length=10, choices=Resolution.choices, blank=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")

    started_at = models.DateTimeField(help_text=_("The first contact that belongs to it."))
    suspected_at = models.DateTimeField(default=clock.now)
    opened_at = models.DateTimeField(null=True)
    restored_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    # What the detector saw when it last spoke; the explanation is rendered from these in the reader's language.
    score = models.FloatField(default=0)
    reporters = models.PositiveIntegerField(default=0)
    subscribers = models.PositiveIntegerField(default=0)
    window_s = models.PositiveIntegerField(default=0)
    expected = models.FloatField(default=0)

    public_text = models.TextField(blank=True)
    eta = models.DateTimeField(null=True, blank=True)
    next_update_at = models.DateTimeField(null=True, blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ("-suspected_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["building"], condition=_ACTIVE & Q(scope_kind="building"), name="incidents_one_per_building"
            ),
            models.UniqueConstraint(
                fields=["node"], condition=_ACTIVE & Q(node__isnull=False), name="incidents_one_per_node"
            ),
            models.UniqueConstraint(
                fields=["scope_kind"], condition=_ACTIVE & Q(scope_kind="city"), name="incidents_one_for_the_town"
            ),
            models.CheckConstraint(
                condition=Q(scope_kind="building", building__isnull=False, node=None)
                | Q(scope_kind__in=["switch", "node"], node__isnull=False, building=None)
                | Q(scope_kind="city", building=None, node=None),
                name="incidents_scope_names_its_place",
            ),
            models.CheckConstraint(
                condition=Q(state="suspected", opened_at=None, closed_at=None, restored_at=None)
                | Q(state="open", opened_at__isnull=False, closed_at=None, restored_at=None)
                | Q(state="restored", opened_at__isnull=False, restored_at__isnull=False, closed_at=None)
                | Q(state="closed", closed_at__isnull=False),
                name="incidents_state_has_its_dates",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["restored", "closed"], resolution__gt="")
                | Q(state__in=["suspected", "open"], resolution=""),
                name="incidents_end_has_resolution",
            ),
            models.CheckConstraint(
                condition=(Q(resolution="merged", parent__isnull=False)) | (~Q(resolution="merged") & Q(parent=None)),
                name="incidents_merged_has_parent",
            ),
        )
        indexes = (models.Index(fields=["-suspected_at"], name="incidents_newest"),)

    def __str__(self) -> str:
        return f"№ {self.pk} {self.scope_title}"

    @property
    def scope_id(self) -> int | None:
        return self.building_id or self.node_id

    @property
    def scope_title(self) -> str:
        """The place in words; costs a query unless building__street and node were selected."""
        if self.building:
            return self.building.title
        return self.node.title if self.node else gettext("The whole town")

    @property
    def explanation(self) -> str:
        """What a dispatcher reads: "5 of 64 subscribers in 12 minutes; 0.02 expected"."""
        minutes = max(1, round(self.window_s / 60))
        return gettext("%(seen)s in %(window)s; %(expected)s expected") % {
            "seen": ngettext(
                "%(reporters)d of %(subscribers)d subscriber",
                "%(reporters)d of %(subscribers)d subscribers",
                self.subscribers,
            )
            % {"reporters": self.reporters, "subscribers": self.subscribers},
            "window": ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes},
            "expected": number_format(self.expected, decimal_pos=_decimals(self.expected)),
        }

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    def live_topics(self) -> list[str]:
        desks = ["dispatch", "support", "first_line", "supervision", "masters"]
        return [f"incident:{self.pk}", "incidents:all", *(f"desk:{desk}" for desk in desks)]


class IncidentEvent(Event):
    thing = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="history")


class IncidentContact(models.Model):
    """A contact belongs to at most one incident; when a wider one absorbs it, the contact moves along.

    `wants_word`: the caller was promised a message when the service works again; `word_at`: it was written, or there
    is no address to write to.
    """

    contact = models.OneToOneField("contacts.Contact", primary_key=True, on_delete=models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="attached")
    at = models.DateTimeField(default=clock.now)
    by_hand = models.BooleanField(default=False)
    wants_word = models.BooleanField(default=False)
    word_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(word_at=None) | Q(wants_word=True), name="incidents_word_was_promised"),
        )
        indexes = (
            models.Index(fields=["incident"], name="incidents_word_is_due", condition=Q(wants_word=True, word_at=None)),
        )

    def __str__(self) -> str:
        return f"{self.contact_id} in {self.incident_id}"


class ApartContact(models.Model):
    """A person said that this contact is about something else: the detector attaches it to nothing any more."""

    contact = models.OneToOneField("contacts.Contact", primary_key=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.contact_id} apart"


class PlannedWorks(models.Model):
    """Announced works silence the detector where they go on, and everybody reads why it is quiet there."""

    TAIL: ClassVar[timedelta] = timedelta(minutes=30)

    scope_kind = models.CharField(max_length=10, choices=ScopeKind.choices)
    buildings = models.ManyToManyField("network.Building", related_name="+", blank=True)
    node = models.ForeignKey("network.Node", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    text = models.TextField(_("what to tell subscribers"))
    announced_at = models.DateTimeField(default=clock.now)
    announced_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("starts_at", "id")
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="incidents_works_have_length"),
            models.CheckConstraint(
                condition=Q(scope_kind="building", node=None)
                | Q(scope_kind__in=["switch", "node"], node__isnull=False),
                name="incidents_works_have_place",
            ),
        )

    def __str__(self) -> str:
        return f"works {self.pk}"

    def live_topics(self) -> list[str]:
        return ["incidents:all", "desk:support", "desk:first_line", "desk:dispatch"]


class PlannedWorksEvent(Event):
    thing = models.ForeignKey(PlannedWorks, on_delete=models.PROTECT, related_name="history")


class DetectorSettings(models.Model):
    """The supervisor's settings; one row. What each means is said in `incidents.detection.Settings`."""

    suspect_limit = models.FloatField(
        _("limit of suspicion"),
        default=STEPS[USUAL].suspect_limit,
        validators=[MinValueValidator(-6), MaxValueValidator(12)],
    )
    open_limit = models.FloatField(
        _("limit at which a master leaves"),
        default=STEPS[USUAL].open_limit,
        validators=[MinValueValidator(-3), MaxValueValidator(12)],
    )
    plain_rule = models.BooleanField(_("plain rule beside the statistical one"), default=True)
    plain_callers = models.PositiveSmallIntegerField(
        _("different callers"), default=5, validators=[MinValueValidator(2)]
    )
    plain_minutes = models.PositiveSmallIntegerField(
        _("within, minutes"), default=30, validators=[MinValueValidator(1)]
    )

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(pk=1), name="incidents_settings_one_row"),
            models.CheckConstraint(
                condition=Q(open_limit__gte=models.F("suspect_limit")), name="incidents_settings_limits_in_order"
            ),
        )

    def __str__(self) -> str:
        return "detector settings"

    def live_topics(self) -> list[str]:
        return ["desk:supervision"]


class DetectorSettingsEvent(Event):
    thing = models.ForeignKey(DetectorSettings, on_delete=models.PROTECT, related_name="history")


class LearnedRates(models.Model):
    """What the detector learned of ordinary days, as `Ordinary` writes it; one row, remade nightly."""

    learned_at = models.DateTimeField()
    data: Any = models.JSONField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(pk=1), name="incidents_rates_one_row"),)

    def __str__(self) -> str:
        return f"rates of {self.learned_at:%Y-%m-%d}"
