"""What a ticket has to do with other tickets, as its page shows it."""

from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from common import clock
from staff.models import User
from tickets.models import UNDO_FOR, CommonAnswer, Merge, Ticket
from tickets.models.relations import words_of

MOST = 500  # bonds of one ticket that its page counts
# Each part walks an index of its own; one condition with OR would read the whole table.
_NEAR = """
SELECT 'taken_in' AS how, id, NULL::bigint AS link, '' AS kind, '' AS reason
FROM tickets_ticket WHERE merged_into_id = %(ticket)s
UNION ALL SELECT 'children', id, NULL, '', '' FROM tickets_ticket WHERE parent_id = %(ticket)s
UNION ALL SELECT 'continued_by', id, NULL, '', '' FROM tickets_ticket WHERE continues_id = %(ticket)s
UNION ALL SELECT 'one', other_id, id, kind, reason FROM tickets_link WHERE one_id = %(ticket)s
UNION ALL SELECT 'other', one_id, id, kind, reason FROM tickets_link WHERE other_id = %(ticket)s
LIMIT %(most)s
"""


class Bond(NamedTuple):
    """A link: what this ticket is to the other one, in words."""

    pk: int
    words: str
    ticket: Ticket
    reason: str


@dataclass
class Relations:
    """`undoable`: ids of tickets whose merge can still be undone; `hidden`: how many bonds lead where the viewer may
    not look.
    """

    merged_into: Ticket | None = None
    parent: Ticket | None = None
    continues: Ticket | None = None
    taken_in: list[Ticket] = field(default_factory=list)
    children: list[Ticket] = field(default_factory=list)
    continued_by: list[Ticket] = field(default_factory=list)
    bonds: list[Bond] = field(default_factory=list)
    undoable: frozenset[int] = frozenset()
    may_undo: bool = False
    hidden: int = 0

    @property
    def count(self) -> int:
        single = sum(one is not None for one in (self.merged_into, self.parent, self.continues))
        lists = (self.taken_in, self.children, self.continued_by, self.bonds)
        return single + sum(len(one) for one in lists) + self.hidden

    @property
    def open_children(self) -> int:
        return sum(not one.is_resolved for one in self.children)


def relations(ticket: Ticket, viewer: User) -> Relations:
    """One query for a ticket that stands alone; two with other tickets, three where one is merged."""
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, {"ticket": ticket.pk, "most": MOST})
        near = cursor.fetchall()
    above = {pk for pk in (ticket.merged_into_id, ticket.parent_id, ticket.continues_id) if pk}
    named = above | {row[1] for row in near}
    found = Relations()
    if not named:
        return found
    seen = {one.pk: one for one in Ticket.objects.visible_to(viewer).filter(pk__in=named)}
    found.merged_into = seen.get(ticket.merged_into_id or 0)
    found.parent = seen.get(ticket.parent_id or 0)
    found.continues = seen.get(ticket.continues_id or 0)
    found.hidden = len(named - seen.keys())
    for how, pk, link, kind, reason in near:
        if pk not in seen:
            continue
        if link is None:
            getattr(found, how).append(seen[pk])
        else:
            found.bonds.append(Bond(link, words_of(kind, backwards=how == "other"), seen[pk], reason))
    found.children.sort(key=lambda one: (one.is_resolved, one.pk))
    if merged := [one.pk for one in found.taken_in] + [ticket.pk] * (ticket.merged_into_id is not None):
        fresh = Merge.objects.filter(source__in=merged, undone_at=None, at__gt=clock.now() - UNDO_FOR)
        found.undoable = frozenset(fresh.values_list("source_id", flat=True))
        found.may_undo = ticket.pk in found.undoable
    return found


def like(ticket: Ticket, viewer: User, limit: int = 8) -> list[Ticket]:
    """Open tickets this one may repeat: of the same subscriber first, then of the same house."""
    same = Q()
    if ticket.subscriber_id:
        same |= Q(subscriber=ticket.subscriber_id)
    if ticket.building_id:
        same |= Q(building=ticket.building_id)
    if not same:
        return []
    rows = Ticket.objects.visible_to(viewer).unresolved().filter(same).exclude(pk=ticket.pk)
    found = list(rows.with_people().order_by("-opened_at", "-pk")[: limit * 4])
    found.sort(key=lambda one: one.subscriber_id != ticket.subscriber_id)
    return found[:limit]


def answers(ticket: Ticket) -> list[CommonAnswer]:
    """The common answers of a ticket with their lines, the newest first. Two queries."""
    return list(CommonAnswer.objects.filter(ticket=ticket).select_related("by").prefetch_related("lines__ticket")[:5])
