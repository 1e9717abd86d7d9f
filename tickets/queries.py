from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import DurationField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Value
from django.utils import timezone

from common import changes, clock
from common.history import actor_name, facts
from contacts.models import Channel
from messaging.models import Attachment, Conversation
from staff.access import may
from staff.models import DESK_OF_ROLE, Desk, Presence, Role, User
from tickets import events, numbers, permissions, words
from tickets.desk_time import DeskTime, Step, desk_time
from tickets.models import (
    OWN_DESK_ONLY,
    TICKET_DESKS,
    Category,
    ClockKind,
    DeskPolicy,
    ResolutionCode,
    Status,
    Ticket,
    TicketClock,
    TicketEvent,
    TicketFile,
    TicketMessage,
    TicketViewer,
)

if TYPE_CHECKING:
    from customers.models import Subscriber

VIEWS_FOR = timedelta(seconds=60)  # a page says "still here" every 20 seconds
TYPES_FOR = timedelta(seconds=12)  # and "still typing" every 5


@dataclass(frozen=True)
class Deeds:
    """What this viewer can do with this ticket now, as its page offers it."""

    is_mine: bool
    may_give: bool
    moves: list[Status]
    desks: list[Desk]
    codes: list[ResolutionCode]
    needs_code: bool
    may_reopen: bool
    tomorrow: datetime


def deeds(ticket: Ticket, viewer: User) -> Deeds:
    """Two queries: the desk's rules, its codes."""
    policy = DeskPolicy.of(ticket.desk)
    is_mine = ticket.assignee_id == viewer.pk
    may_give = ticket.assignee_id is None or is_mine or may_reassign(viewer, ticket)
    allowed = policy.allowed(ticket.status)
    # Work that waits is gone on with; new work is taken, and work in hand is given back.
    onwards = Status.IN_WORK if ticket.assignee_id else Status.NEW
    paused = (onwards,) if ticket.category == Category.PAUSED else ()
    offered = (*paused, Status.WAITING, Status.POSTPONED)
    resolved_at = ticket.resolved_at
    morning = timezone.localtime(clock.now() + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    return Deeds(
        is_mine=is_mine,
        may_give=may_give,
        moves=[] if ticket.is_resolved else [status for status in offered if status in allowed],
        desks=[Desk(one) for one in TICKET_DESKS if one != ticket.desk],
        codes=codes(ticket.desk),
        needs_code=policy.needs_code,
        may_reopen=bool(
            resolved_at
            and ticket.merged_into_id is None
            and policy.reopening == DeskPolicy.Reopening.REOPEN
            and clock.now() <= resolved_at + policy.reopen_for
        ),
        tomorrow=morning,
    )


def workers(desk: str) -> QuerySet[User]:
    """The people whose work this desk's tickets are, by name."""
    roles = [role for role, of in DESK_OF_ROLE.items() if of == desk]
    return User.objects.filter(is_active=True, role__in=roles).order_by("last_name", "first_name", "username")


def may_reassign(user: User, ticket: Ticket) -> bool:
    """May this person decide whose work a colleague's ticket is? The lead at her own desk, the supervisor anywhere."""
    return may(user, permissions.REASSIGN) and (user.desk == ticket.desk or may(user, permissions.SEE_ALL_DESKS))


def codes(desk: str) -> list[ResolutionCode]:
    """What a ticket of this desk may end with."""
    return [code for code in ResolutionCode.objects.filter(is_active=True) if code.fits(desk)]


def work_of_absent(*, only: int | None = None) -> list[int]:
    """Ids of tickets in work of people who are away longer than their desk allows, or who may sign in no more."""
    now = clock.now()
    policy = DeskPolicy.objects.filter(desk=OuterRef("desk")).values("return_after_min")[:1]
    in_work = Ticket.objects.filter(status=Status.IN_WORK).exclude(assignee=None)
    if only is not None:
        in_work = in_work.filter(pk=only)
    in_work = in_work.annotate(
        allowed=ExpressionWrapper(Subquery(policy) * Value(timedelta(minutes=1)), output_field=DurationField()),
        away_since=Subquery(
            Presence.objects.filter(user=OuterRef("assignee"), state=Presence.State.AWAY).values("since")[:1]
        ),
    )
    gone = Q(assignee__is_active=False) | Q(away_since__lte=now - F("allowed"))
    return list(in_work.filter(gone).order_by("pk").values_list("pk", flat=True))


def full_history(ticket: Ticket, *, who: str = "", kind: str = "", via: str = "") -> QuerySet[TicketEvent]:
    """The timeline narrowed to a person (id) or a system's name, to a kind of fact, to a way (`common.origin.Via`)."""
    found = ticket.history.select_related("by_user").order_by("-at", "-pk")
    if who:
        found = found.filter(by_user=int(who)) if who.isascii() and who.isdecimal() else found.filter(by_system=who)
    if kind:
        found = found.filter(kind=kind)
    if via:
        found = found.filter(Q(via=via) | Q(via__startswith=f"{via}:"))
    return found


@dataclass(frozen=True)
class HistoryChoices:
    """What a ticket's history can be narrowed to: (value, label) of what occurs in it."""

    who: list[tuple[str, str]]
    kinds: list[tuple[str, str]]
    ways: list[tuple[str, str]]


def history_choices(ticket: Ticket) -> HistoryChoices:
    """One query, whatever the length of the history."""
    seen = list(
        ticket.history.order_by()
        .select_related(None)
        .values_list("by_user", "by_system", "kind", "via", "by_user__first_name", "by_user__last_name")
        .distinct()
    )
    who = {
        str(user or system): f"{first or ''} {last or ''}".strip() or str(user) if user else actor_name(str(system))
        for user, system, _kind, _via, first, last in seen
    }
    known = facts("tickets")
    kinds = {kind: str(known[kind].label) if kind in known else kind for _u, _s, kind, *_ in seen}
    ways = {way.partition(":")[0]: changes.way(way.partition(":")[0]) for _u, _s, _k, way, *_ in seen if way}
    return HistoryChoices(*(sorted(one.items(), key=lambda pair: pair[1].lower()) for one in (who, kinds, ways)))


def leads(desk: str) -> QuerySet[User]:
    """Who answers for the desk: its leads and the supervisors."""
    lead = [Role.LEAD] if DESK_OF_ROLE[Role.LEAD] == desk else []
    return User.objects.filter(is_active=True, role__in=[Role.SUPERVISOR, *lead]).order_by("pk")


def in_charge(ticket: Ticket) -> list[User]:
    """Who should hear of the ticket now: its owner; of nobody's, who of the desk is there, else its leads."""
    if ticket.assignee is not None:
        return [ticket.assignee]
    there = workers(ticket.desk).exclude(presence=None).exclude(presence__state=Presence.State.AWAY)
    return list(there) or list(leads(ticket.desk))


@dataclass(frozen=True)
class Spent:
    """A person's work on a ticket: what his page noticed, in seconds, and what he wrote down, in minutes."""

    user_id: int
    who: str
    seconds: int
    minutes: int

    @property
    def total(self) -> int:
        """Seconds in all; not below nothing, whatever was taken back."""
        return max(self.seconds + 60 * self.minutes, 0)

    @property
    def noticed(self) -> str:
        return hours(self.seconds)

    @property
    def shown(self) -> str:
        return hours(self.total)


@dataclass(frozen=True)
class TimeSpent:
    """Everybody's work on a ticket, the longest first."""

    people: list[Spent]

    @property
    def shown(self) -> str:
        return hours(sum(one.total for one in self.people))


def hours(seconds: int) -> str:
    """Hours and minutes, as a clock says them."""
    whole, minutes = divmod(max(seconds, 0) // 60, 60)
    return f"{whole}:{minutes:02d}"


_SPENT = """
SELECT u.id, u.first_name, u.last_name, u.username, sum(w.seconds)::int, sum(w.minutes)::int
FROM (SELECT user_id, seconds, 0 AS minutes FROM tickets_handling WHERE ticket_id = %(ticket)s
      UNION ALL SELECT user_id, 0, minutes FROM tickets_timeentry WHERE ticket_id = %(ticket)s) w
JOIN staff_user u ON u.id = w.user_id
GROUP BY u.id ORDER BY sum(w.seconds) + 60 * sum(w.minutes) DESC, u.id
"""


def time_spent(ticket: Ticket) -> TimeSpent:
    """Who worked on it and how long. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_SPENT, {"ticket": ticket.pk})
        rows = cursor.fetchall()
    return TimeSpent(
        [
            Spent(pk, f"{first} {last}".strip() or username, seconds, minutes)
            for pk, first, last, username, seconds, minutes in rows
        ]
    )


def desk_time_of(ticket: Ticket) -> DeskTime:
    """How long each desk had it. One query.

    Who handed it over by opening it, from a call, counts as having had it, without time: the call's own is the call's.
    """
    rows = list(ticket.history.order_by("at", "pk").select_related(None).values_list("kind", "at", "data", "changed"))
    moves = [row for row in rows if row[0] == events.ticket_handed_over.code or (row[3] or {}).get("status")]
    handed = [data for kind, _at, data, _changed in moves if kind == events.ticket_handed_over.code]
    came_from = [data["handed_from"] for _kind, _at, data, _changed in rows[:1] if data.get("handed_from")]
    desk = str(handed[0]["old"]) if handed else ticket.desk
    steps = [Step(ticket.opened_at, one) for one in (*came_from, desk)]
    for kind, at, data, changed in moves:
        if kind == events.ticket_handed_over.code:
            desk = str(data["new"])
        status = (changed or {}).get("status", [None, None])[1]
        steps.append(Step(at, None if status == Status.RESOLVED else desk))
    return desk_time(steps, clock.now())


def was_at(ticket: Ticket, desk: str) -> bool:
    """Has this desk had the ticket before, or the call that it was opened from? One query."""
    handed = Q(kind=events.ticket_handed_over.code, data__old=desk)
    opened = Q(kind=events.ticket_opened.code, data__handed_from=desk)
    return ticket.history.filter(handed | opened).exists()


@dataclass(frozen=True)
class Promise:
    """That a desk works for a subscriber, and until when it promised: nothing of what the ticket says."""

    number: str
    desk: str
    status: str
    due_at: datetime | None

    @property
    def desk_label(self) -> str:
        return str(Desk(self.desk).label)

    @property
    def status_label(self) -> str:
        return str(Status(self.status).label)


def promises_to(subscriber: "Subscriber", *, but: User) -> list[Promise]:
    """What desks promised a subscriber in tickets that this viewer may not read, the most urgent first. One query."""
    hidden = Ticket.objects.unresolved().exclude(pk__in=Ticket.objects.visible_to(but).values("pk"))
    rows = hidden.filter(subscriber=subscriber).order_by(F("due_at").asc(nulls_last=True), "pk")
    return [Promise(*row) for row in rows.values_list("number", "desk", "status", "due_at")[:10]]


def clocks(ticket: Ticket) -> list[TicketClock]:
    """The last run of each of the ticket's clocks. One query."""
    last = {one.kind: one for one in TicketClock.objects.filter(ticket=ticket).order_by("run")}
    return [last[kind] for kind in ClockKind.values if kind in last]


def ticket_of(talk: Conversation) -> Ticket | None:
    """The ticket that a message of this conversation belongs to: an open one before a resolved one; of several, the one
    that wrote to him last, then the newest.

    Where the conversation has no open ticket, a call from the same number counts, or the only open ticket of its
    subscriber: whoever writes an SMS after a call means the same trouble.
    """
    newest = Ticket.objects.order_by(F("last_out_at").desc(nulls_last=True), "-opened_at", "-pk")
    if found := newest.unresolved().filter(conversation=talk).first():
        return found
    if talk.channel == Channel.PHONE and (
        found := newest.unresolved().filter(contact__phone=talk.address, conversation=None).first()
    ):
        return found
    if talk.subscriber_id:
        open_ = list(newest.unresolved().filter(subscriber=talk.subscriber_id, conversation=None)[:2])
        if len(open_) == 1:
            return open_[0]
    return newest.filter(conversation=talk).first()


def who_may_see(ticket: Ticket) -> QuerySet[User]:
    """The people for whom `visible_to` shows this ticket, by name."""
    roles = {Role.SUPERVISOR, Role.ADMIN} | {role for role in OWN_DESK_ONLY if DESK_OF_ROLE[role] == ticket.desk}
    if ticket.desk != Desk.FINANCE:
        roles |= {Role.SUPPORT, Role.DISPATCHER}
    opener = Q(pk=ticket.opened_by_id, role__in=OWN_DESK_ONLY)
    people = User.objects.filter(Q(role__in=roles) | opener, is_active=True)
    return people.order_by("last_name", "first_name", "username")


@dataclass(frozen=True)
class Viewer:
    """A colleague who has the ticket open; `typing`: a reply, a note or nothing."""

    user: User
    typing: str


def viewers(ticket: Ticket, *, but: User) -> list[Viewer]:
    """The others who have the ticket open now, by name. One query."""
    now = clock.now()
    rows = TicketViewer.objects.filter(ticket=ticket, seen_at__gt=now - VIEWS_FOR).exclude(user=but)
    return [
        Viewer(row.user, row.typing if row.typing_at and row.typing_at > now - TYPES_FOR else "")
        for row in rows.select_related("user").order_by("user__last_name", "user__first_name", "user_id")
    ]


def filler(ticket: Ticket, viewer: User | None) -> Callable[[str], str]:
    """Fills the variables of texts with what is known of this ticket."""
    someone, building = ticket.subscriber, ticket.building
    values = words.Values(
        number=ticket.number,
        subject=ticket.subject,
        subscriber=someone.name_short if someone else "",
        name=words.first_name(someone.name) if someone else "",
        address=building.title if building else "",
        operator=viewer.title if viewer else "",
        desk=ticket.get_desk_display(),
        due=f"{timezone.localtime(ticket.due_at):%d.%m %H:%M}" if ticket.due_at else "",
    )
    return lambda text: words.fill(text, values)


def messages_shown_to(viewer: User) -> Q:
    """Which messages his tickets show him: a condition on Message."""
    shown = TicketMessage.objects.filter(ticket__in=Ticket.objects.visible_to(viewer))
    return Q(pk__in=shown.values("message"))


def may_have_file(viewer: User, attachment: Attachment) -> bool:
    """Does a ticket he may see hold this file? A draft's file is its writer's alone."""
    held = TicketFile.objects.filter(attachment=attachment, ticket__in=Ticket.objects.visible_to(viewer))
    return held.filter(Q(draft=None) | Q(draft__user=viewer)).exists()


def known_numbers(viewer: User, texts: Iterable[str]) -> frozenset[str]:
    """Which tickets these texts name, of those the viewer may see. One query, or none."""
    said = numbers.said_in(texts)
    if not said:
        return frozenset()
    return frozenset(Ticket.objects.visible_to(viewer).filter(number__in=said).values_list("number", flat=True))
