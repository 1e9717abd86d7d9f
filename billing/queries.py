"""What the finance desk asks its own books."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from statistics import median

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from billing import charging, events, proposing
from billing.charging import Idle, Part, Tariff
from billing.models import (
    PAID_INTO,
    Account,
    AccountEvent,
    Appointment,
    Book,
    CompensationSheet,
    Dispute,
    Entry,
    Kind,
    Reason,
    StatementLine,
    TariffChange,
)
from common import clock
from contacts.models import Contact
from customers.models import Subscriber
from incidents.models import Incident
from staff.models import Desk, User

REPEAT = timedelta(days=7)  # who comes back within it was not served in one contact (first contact resolution)
MONTH = timedelta(days=30)
LAST_CONTACTS = 5
SHEET_WITHIN = timedelta(days=90)


def today() -> date:
    return timezone.localdate(clock.now())


def tariff_changes(account: Account) -> list[TariffChange]:
    """Every change as it was written, with who wrote it. One statement."""
    return list(account.tariff_changes.select_related("by_user"))


def tariffs_from(rows: Iterable[TariffChange]) -> list[Tariff]:
    """What the changes of one account, in the order in which they were written, come to."""
    return charging.in_force(charging.Change(one.kind, one.since, one.title, one.fee) for one in rows)


def tariffs_of(account: Account) -> list[Tariff]:
    """Every tariff he ever had. One statement."""
    return tariffs_from(account.tariff_changes.all())


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


def tariffs_by_account(accounts: Iterable[int]) -> dict[int, list[Tariff]]:
    """Every tariff that these accounts ever had; who had none is left out. One statement."""
    found: dict[int, list[TariffChange]] = {}
    for one in TariffChange.objects.filter(account__in=list(accounts)):
        found.setdefault(one.account_id, []).append(one)
    return {pk: tariffs_from(rows) for pk, rows in found.items()}


def stops_by_account(accounts: Iterable[int]) -> dict[int, list[charging.Stop]]:
    """When the service of these accounts was suspended; who never was is left out. One statement."""
    found: dict[int, list[AccountEvent]] = {}
    for one in service_facts().filter(thing__in=list(accounts)):
        found.setdefault(one.thing_id, []).append(one)
    return {pk: stops_from(rows) for pk, rows in found.items()}


def due(charge: Entry, tariffs: list[Tariff], stopped: list[charging.Stop]) -> list[Part]:
    """What the tariffs give for the days of a charge; empty when it names no days.

    Of a month that is not over the days ahead count as days with the service: nobody has been without it yet.
    """
    if charge.since is None or charge.until is None:
        return []
    idle: list[Idle] = charging.idle_days(stopped, charge.until, today=today())
    return charging.charged(tariffs, idle, charge.since, charge.until)


def with_sources(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """With all that `explaining.entry` reads, and `file`: the name of the statement that brought a payment."""
    file = StatementLine.objects.filter(entry=OuterRef("pk")).values("statement__name")[:1]
    return entries.select_related("by_user", "reversed_by", "reverses").annotate(file=Subquery(file))


def balance_on(account: Account, day: date) -> Decimal:
    """What stood on the account at the end of the day, in roubles. One statement, from an index alone."""
    return _sum(Entry.objects.filter(account=account.pk, on__lte=day))


def _sum(entries: QuerySet[Entry]) -> Decimal:
    return entries.aggregate(total=Sum("amount"))["total"] or Decimal(0)


@dataclass(frozen=True)
class Turnover:
    """What an account had before a span of days, what moved it, what it had at the end. In roubles.

    A reversal counts with what it undoes: it stands in the same book.
    """

    since: date
    until: date
    opening: Decimal
    charged: Decimal
    paid: Decimal
    corrected: Decimal

    @property
    def closing(self) -> Decimal:
        return self.opening + self.charged + self.paid + self.corrected


def turnover(account: Account, since: date, until: date) -> Turnover:
    """Both days included. Two statements."""
    inside = Entry.objects.filter(account=account.pk, on__range=(since, until))
    moved = dict(inside.order_by().values_list("book").annotate(Sum("amount")))
    charged = moved.pop(Book.REVENUE, Decimal(0))
    paid = sum((moved.pop(book, Decimal(0)) for book in PAID_INTO), Decimal(0))
    opening = _sum(Entry.objects.filter(account=account.pk, on__lt=since))
    return Turnover(since, until, opening, charged, paid, sum(moved.values(), Decimal(0)))


def last_contacts(subscriber: Subscriber, viewer: User) -> list[Contact]:
    """Newest first. One statement."""
    found = Contact.objects.visible_to(viewer).filter(subscriber=subscriber, merged_into=None)
    return list(found.select_related("topic").order_by("-at", "-pk")[:LAST_CONTACTS])


def proposal(
    account: Account,
    reason: Reason,
    *,
    about: Entry | None = None,
    hours: Decimal | None = None,
    on: date | None = None,
) -> proposing.Proposal:
    """What the reason's rule proposes here. At most three statements."""
    wants_tariffs = reason.rule in {"difference", "downtime"}
    tariffs = tariffs_of(account) if wants_tariffs else []
    wants_parts = reason.rule == "difference" and about is not None and about.since is not None
    parts = due(about, tariffs, stops_from(service_events(account))) if about and wants_parts else None
    return proposing.proposal(
        proposing.Asked(
            rule=reason.rule,
            charge=-about.amount if about else None,
            due=parts,
            given=given_back(about) if about and reason.rule in proposing.NEEDS_CHARGE else Decimal(0),
            fixed=reason.fixed,
            balance=account.balance,
            hours=hours,
            on=on or (about.since if about and about.since else today()),
            tariffs=tariffs,
        )
    )


def given_back(charge: Entry, *, besides: Dispute | None = None) -> Decimal:
    """What questions have already given back of a charge or are about to, in roubles. One statement."""
    rows = Dispute.objects.counted().filter(about=charge)
    total: Decimal | None = (rows.exclude(pk=besides.pk) if besides else rows).aggregate(total=Sum("amount"))["total"]
    return total or Decimal(0)


def charges_to_correct(account: Account) -> QuerySet[Entry]:
    """The charges of the last year that stand, newest first."""
    year = today() - timedelta(days=366)
    return account.entries.filter(kind=Kind.CHARGE, reversed_by=None, on__gte=year).order_by("-on", "-pk")


def corrections(account: Account, *, besides: Dispute) -> QuerySet[Dispute]:
    """What else of this account questions have corrected or may correct, of the last thirty days, newest first."""
    rows = account.disputes.filter(state__in=["waits", "paper", "posted"], asked_at__gt=clock.now() - MONTH)
    found = rows.exclude(pk=besides.pk).select_related("reason", "asked_by", "entry__reversed_by")
    return found.order_by("-asked_at", "-pk")


@dataclass(frozen=True)
class Settled:
    """Disputes decided in a time; `in_one` of them with exactly one contact. `minutes`: half of the posted ones took
    at most so long from the question to the entry; `reversed`: corrections that were taken back."""

    decided: int
    in_one: int
    minutes: int | None
    reversed: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.in_one / self.decided) if self.decided else None


def settled() -> Settled:
    """The last thirty days. A dispute counts as settled in one contact when the subscriber had no other contact about
    money from a week before it was asked to a week after it was decided (repeat contacts of first contact resolution,
    as in docs/glossary.md); it is counted before that week is over and may still be lost. Two statements."""
    others = Contact.objects.filter(
        subscriber=OuterRef("account__subscriber"),
        topic__desk=Desk.FINANCE,
        merged_into=None,
        at__gt=OuterRef("asked_at") - REPEAT,
        at__lt=OuterRef("decided_at") + REPEAT,
    ).exclude(pk=OuterRef("contact"))
    since = clock.now() - MONTH
    decided = Dispute.objects.filter(state__in=[Dispute.State.POSTED, Dispute.State.REFUSED], decided_at__gt=since)
    rows = list(
        decided.annotate(came_again=Exists(others)).values_list("state", "asked_at", "decided_at", "came_again")
    )
    took = [(end - begin).total_seconds() / 60 for state, begin, end, _again in rows if end and state == "posted"]
    return Settled(
        decided=len(rows),
        in_one=sum(not again for *_rest, again in rows),
        minutes=round(median(took)) if took else None,
        reversed=Dispute.objects.filter(entry__reversed_by__at__gt=since).count(),
    )


def questions(account: Account, entries: Iterable[Entry]) -> QuerySet[Dispute]:
    """The questions behind these entries, those posted about them, and those not yet decided, oldest first."""
    shown = list(entries)
    posted = Q(state="posted") & (Q(entry__in=shown) | Q(about__in=shown))
    found = account.disputes.filter(Q(state__in=["waits", "paper"]) | posted)
    return found.select_related("reason", "entry__reversed_by").order_by("asked_at", "pk")


def without_sheet(viewer: User) -> QuerySet[Incident]:
    """Outages that ended lately and have no compensation sheet, newest first."""
    known = CompensationSheet.objects.values("incident")
    over = Incident.objects.visible_to(viewer).filter(state="closed", resolution="restored")
    over = over.filter(closed_at__gt=clock.now() - SHEET_WITHIN, restored_at__gt=F("started_at"))
    return over.exclude(pk__in=known).select_related("building__street", "node").order_by("-closed_at", "-pk")


def in_force(tariffs: list[Tariff]) -> list[Tariff]:
    """Those of today."""
    day = today()
    return [one for one in tariffs if one.since <= day and (one.until is None or one.until >= day)]


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
