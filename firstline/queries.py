"""What the call screen shows about a caller. Each region is one function; the number of statements is constant."""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from calls.models import Call, CallState
from calls.queries import LIVE_FOR, live_calls
from common import clock, phones
from contacts.models import Channel, Contact, Outcome
from customers.models import Phone, Service, ServiceState, Subscriber
from firstline.models import CallBack, ContactViewer, NoteDraft, Verification
from incidents.models import Incident, IncidentContact, PlannedWorks
from incidents.queries import active_for, number_for_word, works_now
from staff.models import Presence, User
from tickets.events import ticket_handed_over
from tickets.models import Ticket, TicketEvent
from tickets.queries import Promise, promises_to, workers

RECENT = 5
MOST_TRIES = 3
MISDIALLED = timedelta(seconds=5)
MISSED_FOR = timedelta(hours=24)
NEIGHBOURS_WITHIN = timedelta(hours=1)
VIEWS_FOR = timedelta(seconds=50)
FINISHED_FOR = timedelta(minutes=30)
BY_HAND = "hand:"  # what the key of a call typed in by hand begins with
TRIES_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Person:
    """Who calls and everything that is promised to him; `candidates` when several share the phone or the flat.

    `flat` and `sought` are what the finder was asked for, to be shown again.
    """

    phone: str
    subscriber: Subscriber | None
    candidates: list[Subscriber]
    state: str | None
    incident: Incident | None
    works: PlannedWorks | None
    tickets: list[Ticket]
    promises: list[Promise]
    call_backs: list[CallBack]
    attached: IncidentContact | None
    may_get_word: bool
    recent: list[Contact]
    neighbours: int
    is_told: bool
    is_open: bool
    may_try: bool
    services: list[Service]
    today: int
    handed: list[Ticket]
    flat: str
    sought: str

    @property
    def odd_phone(self) -> str:
        """What to mind about the number he calls from, in words; empty for an ordinary one."""
        code = phones.oddity(self.phone)
        if code == "?":
            return _("unusual number")
        return _("foreign number, %(country)s") % {"country": code} if code else ""

    @property
    def state_label(self) -> str:
        return str(ServiceState.State(self.state).label) if self.state else ""


def queue(viewer: User) -> QuerySet[Call]:
    """Incoming calls that live now, the longest waiting first."""
    return live_calls(viewer).filter(direction="in")


def unfinished(viewer: User) -> QuerySet[Contact]:
    """My ended calls that have no outcome yet: a call without an outcome is a visible defect, until it has one."""
    mine = Q(handled_by=viewer) | Q(pk__in=Call.objects.filter(operator=viewer).values("contact"))
    return without_outcome(viewer).filter(mine)[:20]


def without_outcome(viewer: User) -> QuerySet[Contact]:
    """Everybody's calls that are over and have no outcome, the newest first.

    A call whose end was never reported is over, too, when nobody sees it on the line any more.
    """
    on_the_line = Call.objects.live().filter(contact__created_at__gt=clock.now() - LIVE_FOR)
    return (
        Contact.objects.visible_to(viewer)
        .filter(closed_at=None, merged_into=None, channel=Channel.PHONE)
        .exclude(pk__in=on_the_line.values("contact"))
        .select_related("topic", "subscriber", "building__street", "handled_by")
        .order_by("-at", "-pk")
    )


def finished(viewer: User) -> QuerySet[Contact]:
    """What I have just wrapped up: the way back to correct a slip of the hand."""
    since = clock.now() - FINISHED_FOR
    own = Contact.objects.visible_to(viewer).filter(handled_by=viewer, closed_at__gt=since, merged_into=None)
    return own.select_related("topic", "subscriber", "building__street").order_by("-closed_at", "-pk")[:3]


def note_of(contact: Contact, viewer: User, *, is_others: bool) -> str:
    """The note as this viewer left it: what he was typing, else what the contact says, unless others wrote that.

    One query.
    """
    own = NoteDraft.objects.filter(contact=contact, user=viewer).values_list("text", flat=True).first()
    if own is not None:
        return own
    return "" if is_others else contact.note


def viewers(contact: Contact, *, but: User) -> list[User]:
    """The others who have this contact on their screens, by name. One query."""
    rows = ContactViewer.objects.filter(contact=contact, seen_at__gt=clock.now() - VIEWS_FOR).exclude(user=but)
    return [row.user for row in rows.select_related("user").order_by("user__last_name", "user__first_name", "user_id")]


def mine(viewer: User) -> list[Call]:
    """The calls that are mine now: those I talk on, then those that ring at my place."""
    names = {name for name in (viewer.username, viewer.extension, viewer.get_full_name()) if name}
    live = [call for call in queue(viewer) if call.contact_id is not None]
    talking = [call for call in live if call.state == CallState.TALKING and call.operator_id == viewer.pk]
    return talking + [call for call in live if call.state == CallState.RINGING and names.intersection(call.rung)]


def current(viewer: User) -> Contact | None:
    """The contact whose work is now: my talk, else what rings for me or for anybody, else my newest unfinished."""
    own = mine(viewer)
    if own:
        return own[0].contact
    anybodys = queue(viewer).filter(contact__isnull=False, state=CallState.RINGING, rung=[]).first()
    return anybodys.contact if anybodys else unfinished(viewer).first()


def by_id(viewer: User, pk: int) -> QuerySet[Contact]:
    return Contact.objects.visible_to(viewer).select_related(
        "topic", "building__street", "building__node", "handled_by"
    )


def call_of(contact: Contact) -> Call | None:
    return Call.objects.filter(contact=contact).select_related("operator", "contact").first()


def person(contact: Contact, viewer: User, *, flat: str = "", sought: str = "") -> Person:
    """Everything on the right of the screen for this contact."""
    subscriber = (
        Subscriber.objects.visible_to(viewer).with_address().filter(pk=contact.subscriber_id).first()
        if contact.subscriber_id
        else None
    )
    building = contact.building
    tries = list(Verification.objects.filter(contact=contact).values_list("subscriber", "is_right"))
    is_open = subscriber is not None and (subscriber.pk, True) in tries
    # With the card open, every desk's: when, about what and how it ended; no more of them is shown.
    history = Contact.objects.all() if is_open else Contact.objects.visible_to(viewer)
    return Person(
        phone=contact.phone,
        subscriber=subscriber,
        candidates=[] if subscriber else candidates(contact, viewer, flat),
        state=ServiceState.objects.filter(pk=subscriber.pk).values_list("state", flat=True).first()
        if subscriber
        else None,
        incident=active_for(building, contact.switch_id) if building else None,
        works=works_now(building) if building else None,
        tickets=list(
            Ticket.objects.visible_to(viewer)
            .unresolved()
            .filter(subscriber=subscriber)
            .select_related("topic")[:RECENT]
        )
        if subscriber
        else [],
        promises=promises_to(subscriber, but=viewer) if subscriber else [],
        call_backs=_promised_calls(contact, viewer),
        attached=IncidentContact.objects.filter(contact=contact).select_related("incident").first(),
        may_get_word=bool(number_for_word(contact)),
        recent=list(
            history.filter(Q(subscriber=subscriber) if subscriber else Q(phone=contact.phone), merged_into=None)
            .exclude(pk=contact.pk)
            .select_related("topic")[:RECENT]
        )
        if subscriber or contact.phone.startswith("+")
        else [],
        neighbours=_neighbours(contact),
        is_told=contact.outcome == Outcome.INCIDENT,
        is_open=is_open,
        may_try=wrong_tries(contact, sum(not is_right for _pk, is_right in tries)) < MOST_TRIES,
        services=list(subscriber.services.filter(active=True)) if subscriber else [],
        today=_today(contact),
        handed=handed(contact, viewer),
        flat=flat,
        sought=sought,
    )


def wrong_tries(contact: Contact, own: int | None = None) -> int:
    """How often the caller answered wrongly. `own`: in this contact, where that is known already.

    A call typed in by hand begins no new count: wrong answers about the same subscriber within a day are its own.
    """
    wrong = Verification.objects.filter(is_right=False)
    if contact.key.startswith(BY_HAND):
        about = Q(subscriber=contact.subscriber_id, at__gt=clock.now() - TRIES_FOR)
        return wrong.filter(Q(contact=contact) | about).count()
    return wrong.filter(contact=contact).count() if own is None else own


def beyond_own(contact: Contact, people: list[Subscriber]) -> list[Subscriber]:
    """Those of them whom the caller's number does not show by itself; a number typed in by hand shows nobody."""
    if not people or contact.key.startswith(BY_HAND) or not contact.phone:
        return people
    own = set(Phone.objects.filter(number=contact.phone).values_list("subscriber", flat=True))
    return [one for one in people if one.pk not in own]


def without_person(shown: Person) -> Person:
    """The screen of somebody who has seen too many cards: the place and what happens there, but nobody."""
    return replace(
        shown, subscriber=None, candidates=[], state=None, tickets=[], recent=[], services=[], is_open=False, flat=""
    )


def missed(*, limit: int) -> list[tuple[int, bool]]:
    """Contacts of lost calls that nobody has looked after, and whether the caller may still wait for ours.

    Who hung up within seconds had misdialled; what was lost longer than a day ago was reported late.
    """
    lost = Call.objects.filter(state=CallState.LOST, direction="in")
    rows = lost.filter(contact__closed_at=None, contact__merged_into=None).exclude(contact=None)
    may_wait = Q(wait__gte=MISDIALLED, ended_at__gt=clock.now() - MISSED_FOR)
    found = rows.annotate(may_wait=ExpressionWrapper(may_wait, output_field=BooleanField()))
    return list(found.order_by("ended_at", "pk").values_list("contact", "may_wait")[:limit])


def reached_since(contact: Contact) -> bool:
    """Has this number got through, or been reached, after it had given up?"""
    later = Call.objects.filter(first_at__gt=contact.at - LIVE_FOR, answered_at__gt=contact.at)
    return later.filter(Q(caller=contact.phone) | Q(dialled=contact.phone)).exists()


# Each way of meeting again is a join of its own over the calls since the oldest open promise: one condition with OR
# would compare every promise with every call.
_SETTLED = """
WITH waiting AS (SELECT * FROM firstline_callback WHERE done_at IS NULL),
talks AS (SELECT * FROM calls_call WHERE answered_at IS NOT NULL
          AND first_at > (SELECT min(opened_at) FROM waiting) - interval '3 hours')
SELECT DISTINCT ON (met.id) met.id, met.contact_id, met.result FROM (
    SELECT w.id, t.contact_id, t.answered_at, 'came_back' AS result FROM waiting w
    JOIN talks t ON t.caller = w.phone AND t.direction = 'in' AND t.answered_at > w.opened_at
    UNION ALL SELECT w.id, t.contact_id, t.answered_at, 'came_back' FROM waiting w
    JOIN contacts_contact k ON k.subscriber_id = w.subscriber_id AND k.at > w.opened_at
    JOIN talks t ON t.contact_id = k.id AND t.direction = 'in' AND t.answered_at > w.opened_at
    UNION ALL SELECT w.id, t.contact_id, t.answered_at, 'reached' FROM waiting w
    JOIN talks t ON t.dialled = w.phone AND t.direction = 'out' AND t.answered_at > w.opened_at
    UNION ALL SELECT w.id, t.contact_id, t.answered_at, 'reached' FROM waiting w
    JOIN talks t ON t.dialled = '*7' || w.code AND t.direction = 'out' AND t.answered_at > w.opened_at
) met ORDER BY met.id, met.answered_at LIMIT 500
"""


def settled() -> list[tuple[CallBack, Contact | None, str]]:
    """Open call-backs that a later conversation has made needless: he called and was answered, or we reached him."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLED)
        rows = cursor.fetchall()
    promises = CallBack.objects.in_bulk([row[0] for row in rows])
    talks = Contact.objects.in_bulk([row[1] for row in rows if row[1]])
    return [(promises[pk], talks.get(contact), result) for pk, contact, result in rows]


def call_backs(viewer: User) -> QuerySet[CallBack]:
    """Who is to be called, the most urgent first."""
    return CallBack.objects.visible_to(viewer).open().select_related("subscriber", "building__street", "owner")


def number_behind(dialled: str) -> str | None:
    """What the PBX dials for a code of an open call-back; None for what is no code."""
    if not dialled.startswith("*7"):
        return None
    return CallBack.objects.open().filter(code=dialled[2:]).values_list("phone", flat=True).first()


def _promised_calls(contact: Contact, viewer: User) -> list[CallBack]:
    """Calls that this person, or this number, was promised, with who promised them."""
    his = Q(subscriber=contact.subscriber_id) if contact.subscriber_id else Q(pk=None)
    if contact.phone.startswith("+"):
        his |= Q(phone=contact.phone)
    return list(call_backs(viewer).filter(his).select_related("owner", "contact__handled_by")[:RECENT])


def _neighbours(contact: Contact) -> int:
    """How many others reached us from this house within the hour before; the caller's own calls are not others'."""
    if contact.building_id is None:
        return 0
    since = contact.at - NEIGHBOURS_WITHIN
    rows = Contact.objects.filter(building=contact.building_id, at__gt=since, merged_into=None).exclude(pk=contact.pk)
    if contact.subscriber_id:
        rows = rows.exclude(subscriber=contact.subscriber_id)
    if contact.phone:
        rows = rows.exclude(phone=contact.phone)
    return rows.count()


def _today(contact: Contact) -> int:
    """How often this person, or this number, reached us today, this time included."""
    midnight = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    same = Q(pk=contact.pk)
    if contact.subscriber_id:
        same |= Q(subscriber=contact.subscriber_id)
    elif contact.phone.startswith("+"):
        same |= Q(phone=contact.phone)
    return Contact.objects.filter(same, at__gte=midnight, merged_into=None).count()


def handed(contact: Contact, viewer: User) -> list[Ticket]:
    """Tickets that were opened about this contact, for whoever waits until a desk takes them.

    One that a desk gave back says from where (`back_from`, a desk), by whom (`back_by`) and why (`back_why`).
    """
    moves = TicketEvent.objects.filter(thing=OuterRef("pk"), kind=ticket_handed_over.code)
    came_back = moves.annotate(now_at=KT("data__new")).filter(now_at=OuterRef("desk")).order_by("-pk")
    by = Concat("by_user__first_name", Value(" "), "by_user__last_name")
    rows = Ticket.objects.visible_to(viewer).filter(contact=contact).select_related("assignee")
    return list(
        rows.annotate(
            back_from=Subquery(came_back.values(old=KT("data__old"))[:1]),
            back_by=Subquery(came_back.values(who=by)[:1]),
            back_why=Subquery(came_back.values(why=KT("data__reason"))[:1]),
        )[:RECENT]
    )


def there_at(desk: str) -> QuerySet[User]:
    """Who works at this desk and is at his place now."""
    return workers(desk).exclude(presence=None).exclude(presence__state=Presence.State.AWAY)


def candidates(contact: Contact, viewer: User, flat: str = "") -> list[Subscriber]:
    """Everybody who shares the caller's number, or lives in the flat he names: the operator asks, nobody guesses."""
    people = Subscriber.objects.visible_to(viewer).with_address().order_by("account")
    by_phone = Q(phones__number=contact.phone) if contact.phone.startswith("+") else Q(pk=None)
    if contact.building_id is None:
        return list(people.filter(by_phone)[:20])
    here = people.filter(premise__building=contact.building_id)
    # A private house has one premise without a number: nobody would be asked for a flat.
    return list(here.filter(Q(premise__number=flat) if flat else by_phone | Q(premise__number="")).distinct()[:20])
