"""What the finance desk asks its own books."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from billing import charging, events, proposing
from billing.charging import Idle, Part, Tariff
from billing.models import Account, AccountEvent, Appointment, Dispute, Entry, Kind, Reason, TariffPeriod
from common import clock
from contacts.models import Contact
from staff.models import Desk

REPEAT = timedelta(days=7)  # who comes back within it was not served in one contact (first contact resolution)
MONTH = timedelta(days=30)


def tariff_from(one: TariffPeriod) -> Tariff:
    """A period as `billing.charging` wants it."""
    return Tariff(one.kind, one.since, one.until, one.title, one.fee)


def tariffs_of(account: Account) -> list[Tariff]:
    """Every tariff he ever had. One statement."""
    return [tariff_from(one) for one in account.tariffs.all()]


def service_events(account: Account) -> list[AccountEvent]:
    """When the service was suspended and resumed, oldest first, with who did it. One statement."""
    return list(service_facts().filter(thing=account).select_related("by_user", "thing"))


def service_facts() -> QuerySet[AccountEvent]:
    """Suspensions and resumptions of all accounts, oldest first."""
    facts = (events.account_suspended.code, events.account_resumed.code)
    return AccountEvent.objects.filter(kind__in=facts).order_by("at", "pk")


def stops_from(rows: Iterable[AccountEvent]) -> list[charging.Stop]:
    """Days on which the service was suspended and resumed, oldest first."""
    return stops((one.kind, timezone.localdate(one.at)) for one in rows)


def stops(facts: Iterable[tuple[str, date]]) -> list[charging.Stop]:
    found: list[charging.Stop] = []
    for kind, day in facts:
        if kind == events.account_suspended.code:
            found.append((day, None))
        elif found:
            found[-1] = (found[-1][0], day)
    return found


def due(charge: Entry, tariffs: list[Tariff], stopped: list[charging.Stop]) -> list[Part]:
    """What the tariffs give for the days of a charge; empty when it names no days."""
    if charge.since is None or charge.until is None:
        return []
    idle: list[Idle] = charging.idle_days(stopped, charge.until)
    return charging.charged(tariffs, idle, charge.since, charge.until)


def proposal(
    account: Account,
    reason: Reason,
    *,
    about: Entry | None = None,
    hours: Decimal | None = None,
    on: date | None = None,
) -> proposing.Proposal:
    """What the reason's rule proposes here. At most two statements."""
    wants_tariffs = reason.rule in {"difference", "downtime"}
    tariffs = tariffs_of(account) if wants_tariffs else []
    parts = due(about, tariffs, stops_from(service_events(account))) if about and reason.rule == "difference" else []
    return proposing.proposal(
        proposing.Asked(
            rule=reason.rule,
            charge=-about.amount if about else None,
            due=parts,
            fixed=reason.fixed,
            balance=account.balance,
            hours=hours,
            on=on or (about.since if about and about.since else timezone.localdate(clock.now())),
            tariffs=tariffs,
        )
    )


def charges_to_correct(account: Account) -> QuerySet[Entry]:
    """The charges of the last year that stand, newest first."""
    year = timezone.localdate(clock.now()) - timedelta(days=366)
    return account.entries.filter(kind=Kind.CHARGE, reversed_by=None, on__gte=year).order_by("-on", "-pk")


@dataclass(frozen=True)
class Settled:
    """Disputes decided in a time; `in_one` of them with exactly one contact."""

    decided: int
    in_one: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.in_one / self.decided) if self.decided else None


def settled_in_one() -> Settled:
    """The last thirty days. A dispute counts as settled in one contact when the subscriber had no other contact about
    money from a week before it was asked to a week after it was decided (repeat contacts of first contact resolution,
    as in docs/glossary.md); it is counted before that week is over and may still be lost. One statement."""
    others = Contact.objects.filter(
        subscriber=OuterRef("account__subscriber"),
        topic__desk=Desk.FINANCE,
        merged_into=None,
        at__gt=OuterRef("asked_at") - REPEAT,
        at__lt=OuterRef("decided_at") + REPEAT,
    ).exclude(pk=OuterRef("contact"))
    rows = Dispute.objects.filter(
        state__in=[Dispute.State.POSTED, Dispute.State.REFUSED], decided_at__gt=clock.now() - MONTH
    ).annotate(came_again=Exists(others))
    return Settled(rows.count(), rows.filter(came_again=False).count())


def questions(account: Account, entries: Iterable[Entry]) -> QuerySet[Dispute]:
    """The questions behind these entries, and those not yet decided, oldest first."""
    found = account.disputes.filter(Q(state__in=["waits", "paper"]) | Q(entry__in=list(entries)))
    return found.select_related("reason").order_by("asked_at", "pk")


def in_force(tariffs: list[Tariff]) -> list[Tariff]:
    """Those of today."""
    today = timezone.localdate(clock.now())
    return [one for one in tariffs if one.since <= today and (one.until is None or one.until >= today)]


def free_times(day: date) -> list[time]:
    """The quarters of an hour of a day at which a desk is still free. One statement; none on a day without office."""
    first, last = (timezone.make_aware(datetime.combine(day, at)) for at in (Appointment.OPENS, Appointment.CLOSES))
    if day.weekday() > 4:
        return []
    rows = Appointment.objects.standing().filter(starts_at__gte=first, starts_at__lt=last)
    taken = Counter(rows.values_list("starts_at", flat=True))
    step = timedelta(minutes=Appointment.MINUTES)
    all_ = [first + n * step for n in range((last - first) // step)]
    free = [at for at in all_ if at > clock.now() and taken[at] < settings.FRONT_DESKS]
    return [timezone.localtime(at).time() for at in free]


def waiting(account: Account | None = None) -> QuerySet[Dispute]:
    """What waits for a second person, longest first."""
    found = Dispute.objects.filter(state=Dispute.State.WAITS).select_related(
        "account__subscriber", "reason", "about", "asked_by"
    )
    return (found.filter(account=account) if account else found).order_by("asked_at", "pk")


def by_number(text: str) -> Q:
    """Subscribers by the whole account or the beginning of the name."""
    return Q(account=text) | Q(name__istartswith=text)
