"""People and firms that buy the service. They are not users of this system."""

import re

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from network.models import Building, Premise
from staff.models import Role, User

_E164 = r"^\+[1-9][0-9]{6,14}$"
_EMAIL = r"^[^[:space:]@]+@[^[:space:]@]+\.[^[:space:]@]+$"


def short_name(name: str) -> str:
    """ "Иванова Анна Петровна" -> "Иванова А. П."; a firm's name or a single word stays as it is."""
    parts = name.split()
    if not 2 <= len(parts) <= 3 or not all(part[0].isupper() for part in parts):
        return name
    return " ".join([parts[0], *(f"{part[0]}." for part in parts[1:])])


_FIRM = re.compile(
    r"[«»\"“”]|^(?:ООО|АО|ПАО|ОАО|ЗАО|НАО|НКО|ТСЖ|ТСН|ЖСК|СНТ|ГСК|ГБУ|ГБОУ|МБУ|МБОУ|МКУ|МАУ|ФГУП|ГУП|МУП)\b", re.I
)
_TRADER = re.compile(r"^(ИП|КФХ|самозанят\w*)\s+", re.I)
_PATRONYMIC = re.compile(r"(?:вич|вна|ична|инична|оглы|кызы|оглу)$", re.I)
_KIN = {"оглы", "кызы", "оглу", "гызы", "улы"}  # of a patronymic in two words
_REMARK = re.compile(r"\([^)]*\)?|\[[^\]]*\]?|\d+")


def masked_name(name: str) -> str:
    """ "Иванова Анна Петровна" -> "И. Анна Петровна": enough to greet, the surname is for the caller to say.

    In whatever shape it is written: of a longer one the last two words stay ("Гасанов Рашад Эльдар оглы" -> "Г. Рашад
    Эльдар оглы"), of a single one the first letter. A firm is no person and keeps its name.
    """
    if _FIRM.search(name):
        return name
    trader = _TRADER.match(name)
    parts = _REMARK.sub(" ", name[trader.end() :] if trader else name).replace(",", " ").split()
    if not parts:
        return name and "•"
    kin = parts.pop() if parts[-1].casefold() in _KIN and len(parts) > 2 else ""
    if len(parts) > 2 and _PATRONYMIC.search(parts[-2]) and not _PATRONYMIC.search(parts[-1]):
        parts = [parts[-1], *parts[:-1]]  # the surname came last
    elif len(parts) > 1 and all(part.endswith(".") for part in parts[:-1]):
        parts = [parts[-1], *parts[:-1]]  # after initials
    said = [f"{parts[0][0].upper()}.", *parts[1:][-2:], kin]
    return " ".join(filter(None, [trader[1] if trader else "", *said]))


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def visible_to(self, user: User) -> "SubscriberQuerySet":
        """Desks that talk to subscribers see them; a master sees those of his visits, through the visit."""
        return self.none() if user.role == Role.MASTER or not user.is_active else self

    def with_address(self) -> "SubscriberQuerySet":
        """With everything that the address and the place in the network cost, in the same statement."""
        return self.select_related("premise__building__street", "premise__building__node", "premise__switch")


class Subscriber(models.Model):
    """One personal account. `premise` is empty until the address is known."""

    account = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    premise = models.ForeignKey(Premise, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    active = models.BooleanField(default=True)
    opened_on = models.DateField()
    email = models.EmailField(_("e-mail"), max_length=200, blank=True, help_text=_("Small letters; empty: none known."))
    # Nobody knows any more who it was; the town's files do not bring him back.
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(account="") & ~models.Q(name=""),
                name="customers_subscriber_has_account_and_name",
            ),
            models.CheckConstraint(
                condition=models.Q(email="") | models.Q(email=Lower("email"), email__regex=_EMAIL),
                name="customers_subscriber_email",
            ),
        )

    def __str__(self) -> str:
        return self.account

    @property
    def name_short(self) -> str:
        return short_name(self.name)

    @property
    def name_masked(self) -> str:
        return self.name if self.erased_at else masked_name(self.name)

    @property
    def account_end(self) -> str:
        """What tells namesakes apart and proves nothing: verification asks for more."""
        return f"••{self.account[-2:]}"

    def name_for(self, viewer: User) -> str:
        """As a list names him: the outsourcer's people learn the surname from the caller."""
        return self.name_masked if viewer.is_outsourced else self.name_short

    def live_topics(self) -> list[str]:
        return [f"subscriber:{self.pk}"]

    @property
    def building(self) -> Building | None:
        """Costs a query unless loaded `with_address`."""
        return self.premise.building if self.premise else None


class Contract(models.Model):
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="contracts")
    number = models.CharField(max_length=40, unique=True)
    signed_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("-signed_on", "-id")
        constraints = (
            models.CheckConstraint(condition=~models.Q(number=""), name="customers_contract_has_number"),
            models.CheckConstraint(
                condition=models.Q(closed_on=None) | models.Q(closed_on__gte=models.F("signed_on")),
                name="customers_contract_closed_after_signed",
            ),
        )

    def __str__(self) -> str:
        return self.number


class Phone(models.Model):
    """A number of a subscriber. Several subscribers may share one: show the choice, never guess."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="phones", db_index=False)
    number = models.CharField(max_length=16, help_text=_("E.164"))
    note = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["subscriber", "number"], name="customers_phone_unique"),
            models.CheckConstraint(condition=models.Q(number__regex=_E164), name="customers_phone_e164"),
        )
        indexes = (models.Index(fields=["number"], name="customers_phone_number"),)

    def __str__(self) -> str:
        return f"phone {self.pk}"  # never the number: it would reach the logs


class ServiceKind(models.TextChoices):
    INTERNET = "internet", _("Internet")
    TV = "tv", _("TV")
    PHONE = "phone", _("Telephone")


class Service(models.Model):
    """What a subscriber buys; one of each kind."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="services", db_index=False)
    kind = models.CharField(max_length=10, choices=ServiceKind.choices)
    tariff = models.CharField(max_length=100, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("kind", "id")
        constraints = (
            models.UniqueConstraint(fields=["subscriber", "kind"], name="customers_service_unique"),
            models.CheckConstraint(
                condition=models.Q(kind__in=ServiceKind.values), name="customers_service_kind_known"
            ),
        )

    def __str__(self) -> str:
        return self.kind


class ServiceState(models.Model):
    """All that the finance desk tells the rest: paid or suspended. Billing makes the view."""

    class State(models.TextChoices):
        PAID = "paid", _("Paid")
        SUSPENDED = "suspended", _("Suspended")

    subscriber = models.OneToOneField(
        Subscriber, primary_key=True, on_delete=models.DO_NOTHING, related_name="service_state"
    )
    state = models.CharField(max_length=10, choices=State.choices)

    class Meta:
        managed = False
        db_table = "billing_service_state"

    def __str__(self) -> str:
        return self.state
