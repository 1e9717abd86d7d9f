"""What the first line's people have answered, contact by contact, for whoever leads them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import BigIntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from calls.models import Call
from contacts.models import Contact, Topic
from staff.models import OUTSOURCED_ROLES, User

NONE = "none"  # asked for as an outcome: those that have none yet


@dataclass(frozen=True)
class Asked:
    """What narrows the list; what is empty does not."""

    who: User | None = None
    day: date | None = None
    topic: Topic | None = None
    outcome: str = ""


@dataclass(frozen=True)
class Line:
    """One contact and the lengths of its call in whole seconds; None where there was none, or it is not over."""

    contact: Contact
    who: User | None
    wait: int | None
    talk: int | None
    after: int | None


def people() -> QuerySet[User]:
    """The outsourcer's desk, those who left too: their contacts stay."""
    return User.objects.filter(role__in=OUTSOURCED_ROLES).order_by("last_name", "first_name", "username")


def contacts_of(viewer: User, asked: Asked) -> QuerySet[Contact]:
    """Contacts of these people, newest first. Until it is closed, a contact is whose call it is (`who`)."""
    answered = Call.objects.filter(contact=OuterRef("pk")).values("operator")[:1]
    own = Contact.objects.annotate(who=Coalesce("handled_by", Subquery(answered), output_field=BigIntegerField()))
    wanted = [asked.who.pk] if asked.who else people().order_by().values("pk")
    found = own.visible_to(viewer).filter(Q(who__in=wanted), merged_into=None)
    if asked.day:
        start = timezone.make_aware(datetime.combine(asked.day, time.min))
        found = found.filter(at__gte=start, at__lt=start + timedelta(days=1))
    if asked.topic:
        found = found.filter(topic=asked.topic)
    if asked.outcome:
        found = found.filter(outcome="" if asked.outcome == NONE else asked.outcome)
    return found.select_related("topic", "subscriber").order_by("-at", "-pk")


def lines(contacts: list[Contact]) -> list[Line]:
    """With their people and calls. Two statements, whatever their number."""
    who = User.objects.in_bulk({one.who for one in contacts})  # type: ignore[attr-defined]
    calls = {one.contact_id: one for one in Call.objects.filter(contact__in=contacts)}
    return [_line(one, who.get(one.who), calls.get(one.pk)) for one in contacts]  # type: ignore[attr-defined]


def _line(contact: Contact, who: User | None, call: Call | None) -> Line:
    if call is None:
        return Line(contact, who, None, None, None)
    return Line(
        contact,
        who,
        _seconds(call.wait),
        _seconds(call.ended_at - call.answered_at if call.ended_at and call.answered_at else None),
        _seconds(contact.closed_at - call.ended_at if contact.closed_at and call.ended_at else None),
    )


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else max(0, round(length.total_seconds()))
