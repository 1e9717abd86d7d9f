"""Trees without a database: what is refused, and that whatever is accepted ends."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guidance import tree
from guidance.compare import differences

FACTS = {"suspended": ("yes", "no")}
SEEDS = sorted((Path(__file__).resolve().parents[2] / "guidance" / "scripts").glob("*.json"))


def asks(*to: str, **more: Any) -> dict[str, Any]:
    return {"ask": "?", "answers": [{"key": f"a{n}", "title": "Да", "to": one} for n, one in enumerate(to)], **more}


def ends(**more: Any) -> dict[str, Any]:
    return {"leaf": "solved", "say": "Готово", **more}


def small(**nodes: Any) -> dict[str, Any]:
    return {"start": "q", "nodes": {"q": asks("yes", "no"), "yes": ends(), "no": ends(), **nodes}}


def codes(raw: Any) -> set[tuple[str, str]]:
    return {(one.node, one.code) for one in tree.check(raw, facts=FACTS)}


def test_a_small_tree_is_sound() -> None:
    assert not codes(small())


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (None, ("", "no_tree")),
        ([], ("", "no_tree")),
        ({"start": "q", "nodes": {}}, ("", "size")),
        ({"start": "q", "nodes": {f"n{n}": ends() for n in range(201)}}, ("", "size")),
        ({"start": "x", "nodes": {"q": ends()}}, ("", "no_start")),
        (small(q=asks("yes")), ("q", "few_answers")),
        (small(q=asks("yes", "gone")), ("q", "leads_nowhere")),
        (small(q=asks("yes", "no", ask=" ")), ("q", "asks_nothing")),
        (small(q=asks("yes", "no", who="boss")), ("q", "bad_choice")),
        (small(q=asks("yes", "no", colour="red")), ("q", "unknown_word")),
        (small(q=asks("yes", "no", say="а" * 601)), ("q", "bad_text")),
        (small(q=asks("yes", "no", say=7)), ("q", "bad_text")),
        (small(q=asks("yes", "no", say="\x00")), ("q", "bad_text")),
        (small(q=asks("yes", "no", critical="да")), ("q", "bad_text")),
        (small(q=asks("yes", "no", fact="weather")), ("q", "unknown_fact")),
        (small(q=asks("yes", "no", fact="suspended")), ("q", "other_answers")),
        (small(q=asks("yes", "no", input="text")), ("q", "typed_and_chosen")),
        (small(q=asks("yes", "no", next="yes")), ("q", "next_of_question")),
        (small(q=asks(*["yes", "no"] * 5)), ("q", "many_answers")),
        (small(q={"ask": "?", "answers": [{"key": "a", "title": "", "to": "yes"}, 5]}), ("q", "bad_answer")),
        (small(q={"ask": "?", "answers": [{"key": "a", "title": "x", "to": "yes"}] * 2}), ("q", "twice")),
        (small(yes=ends(say="")), ("yes", "silent")),
        (small(yes=ends(leaf="hand_over")), ("yes", "no_desk")),
        (small(yes={**asks("no", "no"), "leaf": "solved", "say": "x"}), ("yes", "leaf_asks")),
        (small(alone=ends()), ("alone", "not_reached")),
        (small(yes=asks("q", "no")), ("q", "loop")),
        (small(yes=ends(next="q")), ("yes", "loop")),
        ({"start": "q", "nodes": {"Плохо": ends()}}, ("Плохо", "bad_key")),
        ({"start": "q", "nodes": {"q": "?"}}, ("q", "no_node")),
    ],
)
def test_what_cannot_be_walked_is_named(raw: Any, problem: tuple[str, str]) -> None:
    assert problem in codes(raw)


def test_all_that_is_wrong_is_named_at_once() -> None:
    assert len(codes(small(q=asks("gone"), yes=ends(say="")))) == 3


def test_a_typed_answer_has_one_way_on() -> None:
    assert not codes(small(q=asks("yes", input="number"), yes=ends(), no=asks("yes", "yes")) | {"start": "no"}) - {
        ("q", "not_reached")
    }


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_the_first_scripts_are_sound_and_short(path: Path) -> None:
    raw = json.loads(path.read_text())
    facts = dict.fromkeys(("suspended", "incident", "has_tv"), ("yes", "no"))
    assert tree.check(raw, facts=facts) == []
    read = tree.read(raw)
    assert tree.read(tree.write(read)) == read
    assert all(node.say_en or not node.say for node in read.nodes.values()), "every sentence has its English"
    first = [node for node in read.nodes.values() if node.who == "first_line" and not node.leaf and not node.fact]
    assert len(first) <= 6


keys = st.sampled_from(["q", "a", "b", "c", "d"])
answers = st.lists(st.fixed_dictionaries({"key": keys, "title": st.just("x"), "to": keys}), max_size=3)
questions = st.fixed_dictionaries({"ask": st.just("?"), "answers": answers})
leaves = st.fixed_dictionaries(
    {"leaf": st.just("solved"), "say": st.just("x"), "next": st.sampled_from(["", "a", "d"])}
)
trees = st.fixed_dictionaries({"start": st.just("q"), "nodes": st.dictionaries(keys, questions | leaves, min_size=1)})


@given(trees, st.lists(st.integers(0, 8), min_size=20, max_size=20))
def test_whatever_is_accepted_comes_to_an_end_whatever_is_answered(raw: Any, choices: list[int]) -> None:
    if tree.check(raw):
        return
    read = tree.read(raw)
    node = read.nodes[read.start]
    for choice in choices:
        if node.leaf and not node.next:
            return
        node = read.nodes[node.leads_to[choice % len(node.leads_to)]]
    raise AssertionError("it goes on for ever")


words = st.sampled_from(["start", "nodes", "q", "answers", "key", "to", "leaf"])
anything = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(words, inner),
)


@given(anything)
def test_no_json_is_strange_enough_to_fail(raw: Any) -> None:
    tree.check(raw)


def test_versions_differ_by_their_nodes() -> None:
    assert differences(small(), small(yes=ends(say="Иначе"), new=ends())) == [("yes", "changed"), ("new", "added")]
    assert differences(small(), {"nodes": {}})[0] == ("q", "removed")
