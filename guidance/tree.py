"""A script's tree: questions that lead to one another until something is known. Pure.

As JSON:

    {"start": "debt", "nodes": {
        "debt": {"ask": "Услуга приостановлена?", "say": "…", "why": "…", "who": "first_line", "fact": "suspended",
                 "critical": false, "answers": [{"key": "yes", "title": "Да", "to": "pay"}, …]},
        "pay":  {"leaf": "solved", "say": "…"},
        "pass": {"leaf": "hand_over", "desk": "support", "say": "…", "next": "port"}}}

A node asks and has two to nine answers, or one answer whose words are typed ("input"). A leaf ends the walk for whoever
walks it; where its `next` names a node, the desk that receives the contact goes on there.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MOST_NODES, MOST_ANSWERS, LONGEST, LONGEST_KEY = 200, 9, 600, 40
WHO = ("first_line", "support")
LEAVES = ("solved", "hand_over", "visit", "incident", "call_back")
INPUTS = ("", "text", "number")
_KEY = re.compile(rf"[a-z0-9][a-z0-9_-]{{0,{LONGEST_KEY - 1}}}")
_TEXTS = ("ask", "say", "why", "ask_en", "say_en", "why_en")


@dataclass(frozen=True)
class Problem:
    """What is wrong, as a code for words, and at which node; `part` says about what."""

    node: str
    code: str
    part: str = ""


@dataclass(frozen=True)
class Answer:
    key: str
    to: str
    title: str
    title_en: str = ""


@dataclass(frozen=True)
class Node:
    """A question or, with `leaf`, an end."""

    key: str
    ask: str = ""
    say: str = ""
    why: str = ""
    ask_en: str = ""
    say_en: str = ""
    why_en: str = ""
    who: str = "first_line"
    fact: str = ""
    critical: bool = False
    input: str = ""
    answers: tuple[Answer, ...] = ()
    leaf: str = ""
    desk: str = ""
    next: str = ""

    def answer(self, key: str) -> Answer | None:
        return next((one for one in self.answers if one.key == key), None)

    @property
    def leads_to(self) -> tuple[str, ...]:
        return tuple(one.to for one in self.answers) + ((self.next,) if self.next else ())


@dataclass(frozen=True)
class Tree:
    start: str
    nodes: Mapping[str, Node]

    def order(self) -> list[Node]:
        """Nodes as they are met from the start, each once; what nothing leads to comes last."""
        seen = dict.fromkeys(_reached(self))
        return [self.nodes[key] for key in seen] + [node for key, node in self.nodes.items() if key not in seen]


def read(raw: Any) -> Tree:
    """The tree of checked JSON; what is missing is empty. Never raises for what `check` lets through."""
    nodes = {key: _node(key, node) for key, node in raw["nodes"].items()}
    return Tree(raw["start"], nodes)


def _node(key: str, raw: Mapping[str, Any]) -> Node:
    answers = tuple(
        Answer(one["key"], one["to"], one["title"], one.get("title_en", "")) for one in raw.get("answers", ())
    )
    plain = {name: raw[name] for name in Node.__dataclass_fields__ if name in raw and name not in {"key", "answers"}}
    return Node(key=key, answers=answers, **plain)


def write(tree: Tree) -> dict[str, Any]:
    """The JSON of a tree, without what is empty."""
    nodes: dict[str, Any] = {}
    for node in tree.order():
        plain = {
            name: value
            for name in Node.__dataclass_fields__
            if name not in {"key", "answers"} and (value := getattr(node, name))
        }
        answers = [
            {name: value for name in ("key", "to", "title", "title_en") if (value := getattr(one, name))}
            for one in node.answers
        ]
        nodes[node.key] = plain | ({"answers": answers} if answers else {})
    return {"start": tree.start, "nodes": nodes}


def shape(raw: Any) -> list[Problem]:
    """Is this JSON a tree at all, of known words and bounded lengths? What it names first is what to mend first."""
    if not isinstance(raw, dict) or not isinstance(raw.get("nodes"), dict) or not isinstance(raw.get("start"), str):
        return [Problem("", "no_tree")]
    if not 1 <= len(raw["nodes"]) <= MOST_NODES:
        return [Problem("", "size", str(MOST_NODES))]
    return [problem for key, node in raw["nodes"].items() for problem in _shape_of(str(key), node)]


def _shape_of(key: str, raw: Any) -> Iterator[Problem]:
    if not _KEY.fullmatch(key):
        yield Problem(key[:LONGEST_KEY], "bad_key")
    if not isinstance(raw, dict):
        yield Problem(key, "no_node")
        return
    known = {*Node.__dataclass_fields__} - {"key"}
    for name in raw.keys() - known:
        yield Problem(key, "unknown_word", str(name)[:LONGEST_KEY])
    for name in (*_TEXTS, "who", "fact", "input", "leaf", "desk", "next"):
        value = raw.get(name, "")
        if not isinstance(value, str) or len(value) > LONGEST or "\x00" in value:
            yield Problem(key, "bad_text", name)
    if not isinstance(raw.get("critical", False), bool):
        yield Problem(key, "bad_text", "critical")
    for name, allowed in (("who", WHO), ("input", INPUTS), ("leaf", ("", *LEAVES))):
        if raw.get(name, allowed[0]) not in allowed:
            yield Problem(key, "bad_choice", name)
    answers = raw.get("answers", [])
    if not isinstance(answers, list) or len(answers) > MOST_ANSWERS:
        yield Problem(key, "many_answers", str(MOST_ANSWERS))
        return
    for one in answers:
        said = [one.get(name, "") for name in ("key", "to", "title", "title_en")] if isinstance(one, dict) else [None]
        texts = [text for text in said if isinstance(text, str) and len(text) <= LONGEST and "\x00" not in text]
        if len(texts) < len(said):
            yield Problem(key, "bad_answer")
        elif not (_KEY.fullmatch(texts[0]) and texts[1] and texts[2].strip()):
            yield Problem(key, "bad_answer", texts[2][:LONGEST_KEY])


def check(raw: Any, *, facts: Mapping[str, tuple[str, ...]] | None = None) -> list[Problem]:
    """Can everybody who walks this tree get to an end, whatever is answered?

    `facts`: what the house knows by itself, with the answers it gives. An empty list means yes: each question leads
    somewhere, nothing leads back, everything is reached, every end says what comes of it.
    """
    if problems := shape(raw):
        return problems
    tree = read(raw)
    found: list[Problem] = []
    if tree.start not in tree.nodes:
        return [Problem("", "no_start", tree.start[:LONGEST_KEY])]
    for node in tree.nodes.values():
        found += _sound(node, tree, facts or {})
    if found:
        return found
    reached = set(_reached(tree))
    found = [Problem(key, "not_reached") for key in tree.nodes if key not in reached]
    return found or [Problem(key, "loop") for key in _loop(tree)]


def _sound(node: Node, tree: Tree, facts: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
    for to in node.leads_to:
        if to not in tree.nodes:
            yield Problem(node.key, "leads_nowhere", to[:LONGEST_KEY])
    if node.leaf:
        if node.answers or node.input or node.fact:
            yield Problem(node.key, "leaf_asks")
        if not node.say.strip():
            yield Problem(node.key, "silent")
        if node.leaf == "hand_over" and not node.desk:
            yield Problem(node.key, "no_desk")
        return
    if not node.ask.strip():
        yield Problem(node.key, "asks_nothing")
    if node.next:
        yield Problem(node.key, "next_of_question")
    if len({one.key for one in node.answers}) < len(node.answers):
        yield Problem(node.key, "twice")
    if len(node.answers) < (1 if node.input else 2):
        yield Problem(node.key, "few_answers")
    elif node.input and len(node.answers) > 1:
        yield Problem(node.key, "typed_and_chosen")
    if node.fact and node.fact not in facts:
        yield Problem(node.key, "unknown_fact", node.fact[:LONGEST_KEY])
    elif node.fact and not {one.key for one in node.answers} <= {*facts[node.fact], "unknown"}:
        yield Problem(node.key, "other_answers", ", ".join(facts[node.fact]))


def _reached(tree: Tree) -> Iterator[str]:
    """Keys in the order of a walk in depth, the first answer first."""
    seen: set[str] = set()
    waiting = [tree.start]
    while waiting:
        key = waiting.pop()
        if key in seen or key not in tree.nodes:
            continue
        seen.add(key)
        yield key
        waiting += reversed(tree.nodes[key].leads_to)


def _loop(tree: Tree) -> list[str]:
    """Keys that lead back to themselves; none in a tree that ends (Kahn's topological sorting)."""
    comes_from = dict.fromkeys(tree.nodes, 0)
    for node in tree.nodes.values():
        for to in node.leads_to:
            comes_from[to] += 1
    free = [key for key, number in comes_from.items() if not number]
    while free:
        for to in tree.nodes[free.pop()].leads_to:
            comes_from[to] -= 1
            if not comes_from[to]:
                free.append(to)
    return [key for key, number in comes_from.items() if number]
