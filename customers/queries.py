"""Reads of subscribers: who is behind a phone, what a card holds, how many live where."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from common import phones
from customers import personal_data
from customers.models import CardReading, Contract, Erasure, ErasureAct, Service, ServiceState, Subscriber
from network.models import Building
from staff.models import User


def by_phone(number: str, *, viewer: User | None = None) -> list[Subscriber]:
    """Everybody who has this number (E.164), with the address; several: show the choice, never guess. One statement.

    `viewer` is None where no person looks on: the PBX asks.
    """
    found = Subscriber.objects if viewer is None else Subscriber.objects.visible_to(viewer)
    return list(found.filter(phones__number=number).with_address().order_by("name", "id"))


def number_for(viewer: User, number: str) -> str:
    """A number as this viewer may see it: the outsourcer sees only its end."""
    return phones.masked(number) if viewer.is_outsourced else phones.shown(number)


@dataclass(frozen=True, slots=True)
class Card:
    """Who it is and what he buys. `state` is what the finance desk says, None when it says nothing."""

    subscriber: Subscriber
    phones: list[str]
    services: list[Service]
    contracts: list[Contract]
    state: str | None


def card(subscriber: Subscriber, viewer: User) -> Card:
    """Four statements, besides the address where the subscriber was not loaded `with_address`."""
    return Card(
        subscriber=subscriber,
        phones=[number_for(viewer, phone.number) for phone in subscriber.phones.all()],
        services=list(subscriber.services.all()),
        contracts=list(subscriber.contracts.all()),
        state=ServiceState.objects.filter(subscriber=subscriber).values_list("state", flat=True).first(),
    )


def with_subscribers(buildings: QuerySet[Building]) -> QuerySet[Building]:
    """Annotates `subscribers`: how many active ones live in each building."""
    living = (
        Subscriber.objects.filter(active=True, premise__building=OuterRef("pk"))
        .order_by()
        .values("premise__building")
        .values(found=Count("pk"))
    )
    return buildings.annotate(subscribers=Coalesce(Subquery(living, output_field=IntegerField()), Value(0)))


class ScopeSize(NamedTuple):
    """Active subscribers behind one access switch of one building; `switch_id` is None where it is not known."""

    building_id: int
    switch_id: int | None
    node_id: int
    core_id: int
    subscribers: int


def scope_sizes() -> list[ScopeSize]:
    """How many active subscribers each place has, down to the switch, in one statement.

    Add rows up for a building, a node, a core and the town. Places without subscribers have no row.
    """
    rows = (
        Subscriber.objects.filter(active=True, premise__isnull=False)
        .order_by()
        .values(
            building_id=F("premise__building"),
            switch_id=F("premise__switch"),
            node_id=F("premise__building__node"),
            core_id=F("premise__building__node__parent"),
        )
        .annotate(subscribers=Count("pk"))
        .order_by("building_id", "switch_id")
    )
    return [ScopeSize(**row) for row in rows]


FOUND_AT_MOST = 20


def find(text: str, *, viewer: User) -> list[Subscriber]:
    """Subscribers by account, phone or the beginning of the name, at most `FOUND_AT_MOST`. One statement."""
    number = phones.normalise(text)
    wanted = Q(account=text) | Q(name__istartswith=text)
    if number:
        wanted |= Q(pk__in=Subscriber.objects.filter(phones__number=number).values("pk"))
    return list(
        Subscriber.objects.visible_to(viewer).filter(wanted).with_address().order_by("name", "id")[:FOUND_AT_MOST]
    )


_FLAT = re.compile(r"(?P<house>.*\d\S*?)(?:\s*,\s*|\s+)(?:кв\.?|квартира)?\s*(?P<flat>\d+\w?)", re.IGNORECASE)


def at_address(text: str, *, viewer: User) -> list[Subscriber]:
    """Subscribers of a street and house, or of one flat: "оранж 21", "оранж 21 кв 5", "Глинки 5к2, 14"; nobody without
    a house. At most `FOUND_AT_MOST`, by flat. Two statements."""
    found = _FLAT.fullmatch(text.strip())
    house, flat = (found["house"], found["flat"]) if found else (text, "")
    if not re.search(r"\d", house) or not re.search(r"[^\W\d]", house):
        return []
    living = Subscriber.objects.visible_to(viewer).filter(
        premise__building__in=Building.objects.visible_to(viewer).search(house).order_by().values("pk")
    )
    if flat:
        living = living.filter(premise__number__iexact=flat)
    return list(living.with_address().order_by("premise__building", "premise", "id")[:FOUND_AT_MOST])


def readings(*, who: int | None = None, day: date | None = None, account: str = "") -> QuerySet[CardReading]:
    """Openings of cards, newest first; `day` is a local one."""
    found = CardReading.objects.select_related("user", "subscriber")
    if who is not None:
        found = found.filter(user=who)
    if day is not None:
        start = timezone.make_aware(datetime.combine(day, time.min))
        found = found.filter(at__gte=start, at__lt=start + timedelta(days=1))
    return found.filter(subscriber__account=account) if account else found


def readers() -> QuerySet[CardReading, int]:
    """Ids of those who have opened cards."""
    return CardReading.objects.order_by().values_list("user", flat=True).distinct()


def erasures() -> QuerySet[Erasure]:
    """Requests and what became of them, newest first."""
    return Erasure.objects.select_related("subscriber", "asked_by", "confirmed_by", "act").order_by("-asked_at", "-pk")


class PlannedSection(NamedTuple):
    """What erasing does to one section: how many records, how many words in history; or what was done already."""

    title: str
    records: int | None
    texts: int | None
    done: int | None
    kept: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What an erasure would do: the dry run. `blockers` must end first."""

    sections: list[PlannedSection]
    blockers: list[str]


def erasure_plan(subscriber: Subscriber, erasure: Erasure | None) -> Plan:
    """Counts everything, changes nothing: a few statements a section."""
    done = erasure.progress if erasure else {}
    sections = [
        PlannedSection(
            title=str(holding.title),
            records=holding.count(subscriber) if holding.count else None,
            texts=holding.texts(subscriber) if holding.texts else None,
            done=done[holding.name]["count"] if holding.name in done else None,
            kept=str(holding.kept),
        )
        for holding in personal_data.holdings()
    ]
    return Plan(sections, personal_data.blockers(subscriber))


def document_of(act: ErasureAct) -> dict[str, Any]:
    """The act's export of the event log, as data."""
    found: dict[str, Any] = json.loads(act.document)
    return found
