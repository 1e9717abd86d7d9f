"""What pages show of scripts and walks."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import override

from common import clock
from contacts.models import Contact, Outcome, Topic
from guidance.facts import KNOWN
from guidance.models import Script, ScriptVersion, Walk, WalkStep
from guidance.models.script import in_english
from guidance.tree import Node, Tree
from staff.models import User
from tickets.models import Ticket

STILL_GOING = timedelta(minutes=30)  # a walk that stands longer was given up at its question
OUTCOMES = {"solved": Outcome.SOLVED, "call_back": Outcome.CALL_BACK}


@dataclass(frozen=True)
class Suggestion:
    topic: Topic | None
    outcome: str


def suggestion(contact: Contact) -> Suggestion | None:
    """What the end of the last script says of the contact; None where none has ended. One statement."""
    walk = Walk.objects.filter(contact=contact).exclude(ended_at=None).order_by("-ended_at").first()
    if walk is None or walk.leaf not in OUTCOMES:
        return None
    return Suggestion(contact.topic, OUTCOMES[walk.leaf])


def answers(contact: Contact) -> str:
    """What the caller answered to the last script, in one line for whoever takes over; empty where nothing was asked.

    In the town's language, whatever the operator's page speaks. Two statements.
    """
    walk = Walk.objects.filter(contact=contact).select_related("script", "version").order_by("-started_at").first()
    with override("ru"):
        lines = shown([walk])[0].lines if walk else []
    return "; ".join(f"{line.ask.rstrip('?')}: {line.answer}" for line in lines if not line.is_known)


@dataclass
class Line:
    """An answered question for reading: who said what, or what the house knew."""

    step: WalkStep
    ask: str
    answer: str
    source: str

    @property
    def is_known(self) -> bool:
        return bool(self.step.source)


@dataclass
class Shown:
    """A walk as a panel shows it. `node` is where it stands."""

    walk: Walk
    node: Node
    lines: list[Line]
    ask: str
    say: str
    why: str
    answers: list[tuple[str, str]] = field(default_factory=list)
    may_go_back: bool = False
    goes_on: bool = False  # at a leaf after which the next desk has questions of its own

    @property
    def place(self) -> int:
        return len(self.lines) + 1


def scripts_for(topic: Topic) -> QuerySet[Script]:
    """Scripts in use for a topic."""
    return Script.objects.published().select_related("published").filter(topics=topic)


def walks_of(viewer: User, *, contact: Contact | None = None, ticket: Ticket | None = None) -> list[Walk]:
    """Walks of a contact, or of a ticket and the contact it was made from; the newest first. One statement."""
    rows = Walk.objects.visible_to(viewer).select_related("script", "version", "started_by")
    rows = rows.of_ticket(ticket) if ticket is not None else rows.filter(contact=contact)
    return list(rows[:5])


def shown(walks: list[Walk]) -> list[Shown]:
    """Walks with their steps. One statement for all of them."""
    steps: dict[int, list[WalkStep]] = {walk.pk: [] for walk in walks}
    rows = WalkStep.objects.filter(walk__in=walks, taken_back_at=None).select_related("by")
    for step in rows.order_by("place"):
        steps[step.walk_id].append(step)
    return [_shown(walk, steps[walk.pk]) for walk in walks]


def _shown(walk: Walk, steps: list[WalkStep]) -> Shown:
    tree = walk.version.read()
    node = tree.nodes[walk.node]
    return Shown(
        walk=walk,
        node=node,
        lines=[_line(step, tree) for step in steps],
        ask=_said(node, "ask"),
        say=_said(node, "say"),
        why=_said(node, "why"),
        answers=[(one.key, _title(one)) for one in node.answers],
        may_go_back=any(step.by_id for step in steps),
        goes_on=bool(node.leaf and node.next),
    )


def _line(step: WalkStep, tree: Tree) -> Line:
    node = tree.nodes[step.node]
    chosen = node.answer(step.answer)
    answer = step.words if node.input else _title(chosen) if chosen else step.answer
    knower = KNOWN.get(step.source)
    return Line(step, _said(node, "ask"), answer, str(knower.title) if knower else step.source)


def _said(node: Node, name: str) -> str:
    return str((getattr(node, f"{name}_en") if in_english() else "") or getattr(node, name))


def _title(answer: Any) -> str:
    return str((answer.title_en if in_english() else "") or answer.title)


def as_read(node: Node) -> Node:
    """The node in the reader's language; what has no English stays as it was written."""
    answers = tuple(replace(one, title=_title(one)) for one in node.answers)
    return replace(node, ask=_said(node, "ask"), say=_said(node, "say"), why=_said(node, "why"), answers=answers)


@dataclass(frozen=True)
class Heat:
    """What happened at a node: `stopped` is given up there, `back` answers taken back, `seconds` the median."""

    node: Node
    reached: int
    stopped: int
    back: int
    seconds: float | None
    share: int  # of all walks, in percent

    @property
    def failed(self) -> int:
        """Given up or taken back, in percent of those who came here."""
        return round(100 * min(1.0, (self.stopped + self.back) / self.reached)) if self.reached else 0


_HEAT = """
WITH walks AS (SELECT * FROM guidance_walk WHERE version_id = %(version)s AND started_at >= %(since)s),
came AS (SELECT s.node, s.walk_id FROM guidance_walkstep s JOIN walks w ON w.id = s.walk_id
         UNION SELECT node, id FROM walks)
SELECT came.node, count(DISTINCT came.walk_id),
    (SELECT count(*) FROM walks w WHERE w.node = came.node AND w.ended_at IS NULL AND w.since < %(still)s),
    (SELECT count(*) FROM guidance_walkstep s JOIN walks w ON w.id = s.walk_id
     WHERE s.node = came.node AND s.taken_back_at IS NOT NULL AND s.source = ''),
    (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY s.seconds) FROM guidance_walkstep s
     JOIN walks w ON w.id = s.walk_id WHERE s.node = came.node AND s.source = '')
FROM came GROUP BY came.node
"""


def heat(version: ScriptVersion | None, *, days: int) -> list[Heat]:
    """Where a version works and where it does not; nothing of none. One statement."""
    if version is None:
        return []
    now = clock.now()
    asked: dict[str, Any] = {"version": version.pk, "since": now - timedelta(days=days)}
    asked["still"] = now - STILL_GOING
    with connection.cursor() as cursor:
        cursor.execute(_HEAT, asked)
        rows = {node: rest for node, *rest in cursor.fetchall()}
    tree = version.read()
    total = rows.get(tree.start, [0])[0]
    return [
        Heat(as_read(node), reached, stopped, back, seconds, round(100 * reached / total) if total else 0)
        for node in tree.order()
        for reached, stopped, back, seconds in [rows.get(node.key, (0, 0, 0, None))]
    ]


def ends(version: ScriptVersion | None, *, days: int) -> dict[str, int]:
    """How walks of a version ended, by leaf; "" for those that did not."""
    since = clock.now() - timedelta(days=days)
    rows = Walk.objects.filter(version=version, started_at__gte=since).values_list("leaf", flat=True)
    found: dict[str, int] = {}
    for leaf in rows:
        found[leaf] = found.get(leaf, 0) + 1
    return found
