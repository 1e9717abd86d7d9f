"""What the finance desk asks its own books."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from billing import charging, events, proposing
from billing.charging import Idle, Part, Tariff
from billing.models import Account, AccountEvent, Dispute, Entry, Kind, Reason, TariffPeriod
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
            on=on or (about.since if about and about.since else timezone.localdate(clock.now())),
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
    year = timezone.localdate(clock.now()) - timedelta(days=366)
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


def in_force(tariffs: list[Tariff]) -> list[Tariff]:
    """Those of today."""
    today = timezone.localdate(clock.now())
    return [one for one in tariffs if one.since <= today and (one.until is None or one.until >= today)]


def waiting(account: Account | None = None) -> QuerySet[Dispute]:
    """What waits for a second person, longest first."""
    found = Dispute.objects.filter(state=Dispute.State.WAITS).select_related(
        "account__subscriber", "reason", "about", "asked_by"
    )
    return (found.filter(account=account) if account else found).order_by("asked_at", "pk")


def by_number(text: str) -> Q:
    """Subscribers by the whole account or the beginning of the name."""
    return Q(account=text) | Q(name__istartswith=text)
