"""Places where somebody can pay or ask: terminals, offices, partners' shops."""

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import Event
from contacts.models import Topic
from knowledge import hours as opening
from knowledge import walking
from knowledge.models.article import CODE, check_code
from knowledge.models.vector import vector
from network.models import Building
from staff.models import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

_week = lru_cache(maxsize=1024)(opening.parse)
_exceptions = lru_cache(maxsize=1024)(opening.parse_exceptions)


class PlaceKind(models.TextChoices):
    TERMINAL = "terminal", _("Payment terminal")
    OFFICE = "office", _("Our office")
    SHOP = "shop", _("Partner's shop")


class PlaceCardQuerySet(models.QuerySet["PlaceCard"]):
    def visible_to(self, user: "User | AnonymousUser") -> "PlaceCardQuerySet":
        """Where one can pay is no secret; places that are no more are the editors'."""
        return self.public() if isinstance(user, User) and user.is_active else self.none()

    def public(self) -> "PlaceCardQuerySet":
        return self.filter(is_active=True)

    def with_address(self) -> "PlaceCardQuerySet":
        return self.select_related("building__street", "checked_by", "topic")


class PlaceCard(models.Model):
    """A place. `hours`, `exceptions`: as `knowledge.hours` reads them, local time. `words`: more words it is found by.

    Where it stands: its own coordinates, else its building's (`point`). An address in words without a building is
    enough to say, not to measure from.
    """

    code = models.CharField(_("name in files"), max_length=80, unique=True, validators=[check_code])
    kind = models.CharField(_("kind"), max_length=10, choices=PlaceKind.choices, default=PlaceKind.TERMINAL)
    title = models.CharField(_("title"), max_length=120)
    building = models.ForeignKey(
        Building, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("house")
    )
    address = models.CharField(_("address in words"), max_length=200, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    how_to_find = models.CharField(_("how to find it"), max_length=200, blank=True)
    hours = models.CharField(_("opening hours"), max_length=300)
    exceptions = models.TextField(_("days with other hours"), max_length=4000, blank=True)
    commission = models.CharField(_("commission"), max_length=200, blank=True)
    services = models.CharField(_("what one can do there"), max_length=300, blank=True)
    topic = models.ForeignKey(
        Topic, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("topic")
    )
    is_active = models.BooleanField(_("in use"), default=True)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    words = models.TextField(blank=True, editable=False)
    vector = vector(title="A", words="B", services="C")

    objects = PlaceCardQuerySet.as_manager()
    tracked = (
        *("kind", "title", "building", "address", "latitude", "longitude", "how_to_find", "hours", "exceptions"),
        *("commission", "services", "topic", "is_active", "checked_on"),
    )

    class Meta:
        ordering = ("kind", "title", "id")
        constraints = (
            models.CheckConstraint(condition=Q(code__regex=CODE), name="knowledge_place_code"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(hours=""), name="knowledge_place_has_words"),
            models.CheckConstraint(condition=Q(kind__in=PlaceKind.values), name="knowledge_place_kind"),
            models.CheckConstraint(
                condition=Q(building__isnull=False) | ~Q(address=""), name="knowledge_place_is_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="knowledge_place_coordinates",
            ),
        )
        indexes = (GinIndex(fields=["vector"], name="knowledge_place_vector", fastupdate=False),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("knowledge:place", args=[self.pk])

    def live_topics(self) -> list[str]:
        return []

    @property
    def where(self) -> str:
        """The address as it is said. Costs queries unless `with_address`."""
        return self.address or (self.building.title if self.building else "")

    @property
    def point(self) -> walking.Point | None:
        for one in (self, self.building):
            if one is not None and one.latitude is not None and one.longitude is not None:
                return one.latitude, one.longitude
        return None

    @property
    def week(self) -> str:
        """The opening hours in one line, in the reader's language; as typed where they cannot be read."""
        try:
            return opening.shown(
                _week(self.hours),
                weekdays(),
                daily=gettext("daily"),
                closed=gettext("closed"),
                whole=gettext("24 hours"),
            )
        except opening.BadHours:
            return self.hours

    @property
    def days(self) -> tuple[opening.Special, ...]:
        """Days with other hours from today on."""
        today = timezone.localdate(clock.now())
        try:
            return tuple(one for one in _exceptions(self.exceptions) if one.on >= today)
        except opening.BadHours:
            return ()

    def openness(self, at: datetime | None = None) -> opening.Openness | None:
        """Open at this moment (now), and until when that holds; None where the hours cannot be read."""
        local = timezone.localtime(at or clock.now()).replace(tzinfo=None)
        try:
            return opening.openness(_week(self.hours), _exceptions(self.exceptions), local)
        except opening.BadHours:
            return None


class PlaceCardEvent(Event):
    thing = models.ForeignKey(PlaceCard, on_delete=models.PROTECT, related_name="history")


def weekdays() -> tuple[str, ...]:
    """Names of the days as a line of hours has them."""
    if (get_language() or "").startswith("en"):
        return "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"
    return "пн", "вт", "ср", "чт", "пт", "сб", "вс"
