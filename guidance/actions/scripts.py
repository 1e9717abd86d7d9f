"""The supervisor writes a script: node by node into a draft, which becomes a version when it is sound."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from common import cards, clock, history
from common.errors import DomainError
from common.history import System
from common.setting import save_setting
from contacts.models import Topic
from guidance import events, facts, tree
from guidance.models import Script, ScriptVersion
from guidance.problems import said
from staff.models import User

Actor = User | System


class ScriptTaken(DomainError):
    code = "script_taken"
    status = 422


class BadTree(DomainError):
    """`problems`: all of them, each at its node."""

    code = "bad_tree"
    status = 422

    def __init__(self, problems: list[tree.Problem], *, fields: dict[str, str] | None = None) -> None:
        self.problems = problems
        super().__init__(said(problems[0]), fields=fields or {})


class NothingToPublish(DomainError):
    code = "nothing_to_publish"


class DraftChanged(DomainError):
    code = "draft_changed"


class NodeTaken(DomainError):
    code = "node_taken"
    status = 422


@transaction.atomic
def save_script(
    *, by: Actor, script: Script | None = None, topics: Iterable[Topic] | None = None, **values: Any
) -> Script:
    """Write a script's name, topics, and whether it is in use. Its key stays. Raises ScriptTaken."""
    assert values.keys() <= {"key", "title_ru", "title_en", "is_active"}
    kept = Script.objects.select_for_update().get(pk=script.pk) if script else Script()
    if script:
        values.pop("key", None)
    text = _("Another script has this key.")
    save_setting(kept, events.script_saved, ScriptTaken(text, fields={"key": text}), by=by, topics=topics, **values)
    return kept


def draft_of(script: Script) -> dict[str, Any]:
    """What is being written: the draft, else what is published, else an empty tree."""
    raw = script.draft or (script.published.tree if script.published else {})
    return raw if raw else {"start": "", "nodes": {}}


def mark(node: dict[str, Any] | None) -> str:
    """What tells one wording of a node from another; "" for none."""
    return hashlib.sha256(json.dumps(node, sort_keys=True).encode()).hexdigest()[:16] if node else ""


def _refuse_other(nodes: dict[str, Any], key: str, seen: str | None) -> None:
    """Raises DraftChanged where the node is not what the page showed any more."""
    if seen is None or seen == mark(nodes.get(key)):
        return
    if key in nodes:
        raise DraftChanged(_("Somebody changed this node while you wrote. Yours is kept: save again to put it in."))
    raise DraftChanged(_("Somebody removed this node while you wrote. Yours is kept: save again to put it back."))


@transaction.atomic
def save_node(
    *, script: Script, key: str, node: dict[str, Any], by: User, was: str = "", seen: str | None = None
) -> Script:
    """Write one node of the draft; the first one is where the script starts. `was`: its key before, for a new name.

    `seen`: the `mark` of the node that the page showed. A draft may lead nowhere yet; words and lengths must be sound.
    Raises DraftChanged where a colleague was faster, NodeTaken where another node has the name, BadTree.
    """
    kept = _locked(script)
    raw = draft_of(kept)
    nodes = dict(raw["nodes"])
    _refuse_other(nodes, was, seen)
    if key != was and key in nodes:
        text = _("Another node has this name.")
        raise NodeTaken(text, fields={"key": text})
    if was and was != key and was in nodes:
        nodes = {key if name == was else name: _renamed(one, was, key) for name, one in nodes.items()}
    nodes[key] = cards.masked(node)
    start = key if not raw["start"] or raw["start"] == was or raw["start"] not in nodes else raw["start"]
    return _draft(kept, {"start": start, "nodes": nodes}, by=by, node=key)


def _renamed(node: dict[str, Any], was: str, key: str) -> dict[str, Any]:
    answers = [one | {"to": key} if one.get("to") == was else one for one in node.get("answers", ())]
    node = node | {"answers": answers} if answers else node
    return node | {"next": key} if node.get("next") == was else node


@transaction.atomic
def remove_node(*, script: Script, key: str, by: User, seen: str | None = None) -> Script:
    """Take a node out of the draft; what led to it leads nowhere until it is mended. Raises DraftChanged."""
    kept = _locked(script)
    raw = draft_of(kept)
    _refuse_other(raw["nodes"], key, seen)
    nodes = {name: one for name, one in raw["nodes"].items() if name != key}
    start = next(iter(nodes), "") if raw["start"] == key else raw["start"]
    return _draft(kept, {"start": start, "nodes": nodes}, by=by, node=key)


@transaction.atomic
def load_draft(*, script: Script, raw: Any, by: Actor, **why: Any) -> Script:
    """Put a whole tree into the draft. Raises BadTree with everything that is wrong with it."""
    if problems := tree.check(raw, facts=facts.answers()):
        raise BadTree(problems)
    return _draft(_locked(script), cards.masked(raw), by=by, **why)


@transaction.atomic
def restore(*, script: Script, version: ScriptVersion, by: User) -> Script:
    """An earlier version becomes the draft; it is walked again once it is published."""
    return load_draft(script=script, raw=version.tree, by=by, version=version.number)


@transaction.atomic
def drop_draft(*, script: Script, by: User) -> Script:
    """The draft is thrown away; what is published stays."""
    kept = _locked(script)
    if kept.draft:
        kept.draft, kept.drafted_at = {}, None
        kept.save(update_fields=["draft", "drafted_at"])
        history.record(kept, events.draft_changed, by=by)
    return kept


@transaction.atomic
def publish(*, script: Script, by: Actor, seen: str | None = None) -> ScriptVersion:
    """The draft becomes what is walked. `seen`: when the draft that the page showed was written.

    Walks under way go on with the version they began with. Raises NothingToPublish, DraftChanged, BadTree.
    """
    kept = _locked(script)
    if not kept.draft:
        raise NothingToPublish(_("The draft is what is published: change something first."))
    if seen is not None and seen != stamp(kept):
        raise DraftChanged(_("Somebody changed the draft meanwhile: look at it again."))
    if problems := tree.check(kept.draft, facts=facts.answers()):
        raise BadTree(problems)
    number = (kept.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = ScriptVersion.objects.create(
        script=kept, number=number, tree=kept.draft, by=by if isinstance(by, User) else None
    )
    kept.published, kept.draft, kept.drafted_at = version, {}, None
    kept.save(update_fields=["published", "draft", "drafted_at"])
    history.record(kept, events.script_published, by=by, version=number)
    return version


def stamp(script: Script) -> str:
    return script.drafted_at.isoformat() if script.drafted_at else ""


def _locked(script: Script) -> Script:
    return Script.objects.select_for_update(of=("self",)).select_related("published").get(pk=script.pk)


def _draft(kept: Script, raw: dict[str, Any], *, by: Actor, **why: Any) -> Script:
    if raw["nodes"] and (problems := tree.shape(raw)):
        raise BadTree(problems)
    kept.draft, kept.drafted_at = raw, clock.now()
    kept.save(update_fields=["draft", "drafted_at"])
    history.record(kept, events.draft_changed, by=by, **why)
    return kept
