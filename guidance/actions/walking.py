"""A script walked with a caller. Every deed locks the walk: two people have one path, and see each other's steps."""

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock, history
from common.errors import DomainError
from common.history import System
from contacts.models import Contact
from guidance import events, facts
from guidance.models import Script, Walk, WalkStep
from guidance.tree import Node, Tree
from staff.models import User
from tickets.models import Ticket

MOST_WORDS = 500


class StepTaken(DomainError):
    code = "step_taken"


class NoSuchAnswer(DomainError):
    code = "no_such_answer"
    status = 422


class NotHere(DomainError):
    code = "not_here"


@transaction.atomic
def begin(*, script: Script, by: User, contact: Contact | None = None, ticket: Ticket | None = None) -> Walk:
    """Begin to walk the published version; what the house knows is answered at once. The same again is the same walk.

    Raises NotHere for a script that is not in use.
    """
    version = script.published
    if not script.is_active or version is None:
        raise NotHere(_("This script is not in use."))
    tree, now = version.read(), clock.now()
    walk, is_new = Walk.objects.get_or_create(
        contact=contact,
        ticket=ticket,
        script=script,
        defaults={"version": version, "node": tree.start, "since": now, "started_at": now, "started_by": by},
    )
    if is_new:
        history.record(walk, events.walk_begun, by=by, script=script.key, version=version.number)
        _know(walk, tree)
        _settle(walk, tree, by=by)
    return walk


@transaction.atomic
def answer(*, walk: Walk, node: str, key: str, by: User, words: str = "") -> Walk:
    """Answer the question that stands; `node` is the one that the page showed.

    Raises StepTaken when somebody has answered it meanwhile, NoSuchAnswer.
    """
    walk = _locked(walk)
    if walk.node != node or walk.ended_at is not None:
        raise StepTaken(_("A colleague has answered this question meanwhile: look at the next one."))
    tree = walk.version.read()
    asked, words = tree.nodes[node], " ".join(words.split())
    chosen = asked.answer(key)
    if chosen is None:
        raise NoSuchAnswer(_("Choose one of the answers."))
    _check_words(asked, words)
    _step(walk, asked, key, by=by, words=words)
    history.record(walk, events.walk_answered, by=by, node=node, answer=key)
    _know(walk, tree)
    _settle(walk, tree, by=by)
    return walk


def _check_words(asked: Node, words: str) -> None:
    if asked.input and not words:
        raise NoSuchAnswer(_("Write the answer down."), fields={"words": _("Required.")})
    if len(words) > MOST_WORDS:
        text = _("At most %(most)d characters.") % {"most": MOST_WORDS}
        raise NoSuchAnswer(text, fields={"words": text})
    if asked.input == "number" and not words.replace(",", ".").replace(".", "", 1).removeprefix("-").isdecimal():
        text = _("Write a number, such as 12 or 12,5.")
        raise NoSuchAnswer(text, fields={"words": text})


@transaction.atomic
def take_back(*, walk: Walk, by: User) -> Walk:
    """Back to the last question that a person answered; what the house answered after it is asked of it again.

    Raises NotHere at the beginning.
    """
    walk = _locked(walk)
    steps = list(WalkStep.objects.filter(walk=walk, taken_back_at=None).order_by("-place"))
    own = next((one for one in steps if one.by_id is not None), None)
    if own is None:
        raise NotHere(_("This is the first question."))
    WalkStep.objects.filter(walk=walk, taken_back_at=None, place__gte=own.place).update(taken_back_at=clock.now())
    _stand(walk, own.node, ended=False)
    history.record(walk, events.walk_taken_back, by=by, node=own.node)
    return walk


@transaction.atomic
def resume(*, walk: Walk, by: User) -> Walk:
    """Go on where the first line ended. Raises NotHere where nothing follows."""
    walk = _locked(walk)
    tree = walk.version.read()
    following = tree.nodes[walk.node].next
    if walk.ended_at is None:
        return walk  # a colleague was faster: it is the same walk
    if not following:
        raise NotHere(_("Nothing follows here: the script ends."))
    _stand(walk, following, ended=False)
    history.record(walk, events.walk_resumed, by=by, node=following)
    _know(walk, tree)
    _settle(walk, tree, by=by)
    return walk


def _locked(walk: Walk) -> Walk:
    rows = Walk.objects.select_for_update(of=("self",)).select_related("version", "contact", "ticket", "script")
    return rows.get(pk=walk.pk)


def _step(walk: Walk, asked: Node, key: str, *, by: User | None, words: str = "", source: str = "") -> None:
    chosen = asked.answer(key)
    assert chosen is not None
    now = clock.now()
    place = WalkStep.objects.filter(walk=walk, taken_back_at=None).count() + 1
    WalkStep.objects.create(
        walk=walk,
        place=place,
        node=asked.key,
        answer=key,
        words=words,
        source=source,
        by=by,
        at=now,
        seconds=0 if source else max(0, round((now - walk.since).total_seconds())),
    )
    _stand(walk, chosen.to, ended=False)


def _stand(walk: Walk, node: str, *, ended: bool, leaf: str = "") -> None:
    now = clock.now()
    walk.node, walk.since, walk.ended_at, walk.leaf = node, now, now if ended else None, leaf
    walk.save(update_fields=["node", "since", "ended_at", "leaf"])


def _know(walk: Walk, tree: Tree) -> None:
    """Answer by itself what the house knows, until somebody has to be asked."""
    of = walk.contact or walk.ticket
    assert of is not None
    while True:
        asked = tree.nodes[walk.node]
        knower = facts.KNOWN.get(asked.fact)
        known = knower.answer(of) if knower else None
        if known is None or asked.answer(known) is None:
            return
        _step(walk, asked, known, by=None, source=asked.fact)


def _settle(walk: Walk, tree: Tree, *, by: User | System) -> None:
    node = tree.nodes[walk.node]
    if node.leaf:
        _stand(walk, node.key, ended=True, leaf=node.leaf)
        history.record(walk, events.walk_ended, by=by, leaf=node.leaf)
