"""What rules may say and when it is so: no database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.rules.conditions import FACTS, SIGNS, BadRule, Condition, Form, Snapshot, holds, parse, says
from tickets.rules.plan import DEEDS, missing, read
from tickets.rules.replay import Row, as_of, quiet_min, reopened

DO = {"do": "note", "value": "", "text": "Раз"}
AT = datetime(2026, 3, 4, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("Совсем нет интернета!", "нет интернета", True),
        ("Нет, интернета нет", "нет интернета", True),
        ("Интернет есть, а нет телевизора", "нет интернета", False),
        ("ещё не работает", "Еще не", True),
        ("обрывы кабеля", "обрыв*", True),
        ("прообрыв", "обрыв*", False),
        ("обрыв", "обрывы", False),
        ("", "нет", False),
        ("нет", "", False),
        ("нет", "*", False),
        ("(.*)+$", "(a+)+", False),
    ],
)
def test_words_are_found_whole_or_by_their_beginning(text: str, phrase: str, found: bool) -> None:
    assert says(text, phrase) is found


@given(st.text(max_size=200), st.text(max_size=30))
def test_any_text_and_any_phrase_get_an_answer(text: str, phrase: str) -> None:
    assert says(text, phrase) in {True, False}
    if any(sign.isalnum() for sign in phrase) and "*" not in phrase:
        assert says(f"- {phrase} -", phrase)


values = st.sampled_from(["a", "b", "c", "d"])


@given(values, st.lists(values, min_size=1, max_size=3))
def test_is_and_is_not_are_each_others_opposite(value: str, some: list[str]) -> None:
    snapshot = Snapshot({"desk": value, "hours": frozenset({value})})
    for fact in ("desk", "hours"):
        yes = holds(Condition(fact, "in", tuple(some)), snapshot)
        assert yes == (value in some)
        assert holds(Condition(fact, "not_in", tuple(some)), snapshot) != yes


@given(st.integers(0, 100), st.integers(0, 100))
def test_at_least_and_less(value: int, limit: int) -> None:
    snapshot = Snapshot({"age": value})
    assert holds(Condition("age", "at_least", number=limit), snapshot) == (value >= limit)
    assert holds(Condition("age", "less", number=limit), snapshot) == (value < limit)


def test_a_number_that_is_not_known_is_neither() -> None:
    assert not holds(Condition("percent", "at_least", number=0), Snapshot())
    assert not holds(Condition("percent", "less", number=100), Snapshot())
    assert holds(Condition("topic", "not_in", ("tv",)), Snapshot({"topic": None}))


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    fact = draw(st.sampled_from(sorted(FACTS)))
    form = FACTS[fact][0]
    value = draw(st.integers(0, 1000)) if form == Form.NUMBER else draw(st.lists(values, min_size=1, max_size=3))
    return {"fact": fact, "is": draw(st.sampled_from(SIGNS[form])), "value": value}


@given(st.lists(conditions(), max_size=4), st.lists(conditions(), max_size=4))
def test_what_is_read_is_written_and_read_again(every: list[Any], some: list[Any]) -> None:
    spec = read({"all": every, "any": some, "do": [DO]})
    assert read(spec.json) == spec
    snapshot = Snapshot({"desk": "a", "age": 5})
    expected = all(holds(parse(one, ""), snapshot) for one in every)
    expected = expected and (not some or any(holds(parse(one, ""), snapshot) for one in some))
    assert spec.matches(snapshot) == expected


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["fact", "is", "value", "do"]), inner),
    max_leaves=8,
)


@given(json, json, json)
def test_nonsense_is_refused_and_breaks_nothing(every: object, some: object, do: object) -> None:
    for raw in (every, {"all": every, "any": some, "do": do}, {"all": [every], "any": [], "do": [do]}):
        with pytest.raises(BadRule):
            read(raw)


@pytest.mark.parametrize(
    ("change", "where", "code"),
    [
        ({"more": 1}, "", "keys"),
        ({"do": []}, "do-0", "nothing"),
        ({"all": [{"fact": "age", "is": "at_least", "value": True}]}, "all-0", "number"),
        ({"all": [{"fact": "age", "is": "in", "value": 5}]}, "all-0", "sign"),
        ({"any": [{"fact": "desk", "is": "in", "value": [" "]}]}, "any-0", "empty"),
        ({"any": [{"fact": "desk", "is": "in", "value": ["x" * 101]}]}, "any-0", "long"),
        ({"all": [{"fact": "desk", "is": "in", "value": ["a"]}] * 21}, "", "many"),
        ({"do": [{**DO, "text": ""}]}, "do-0", "text"),
        ({"do": [DO, {**DO, "value": "x"}]}, "do-1", "value"),
        ({"do": [{"do": "postpone", "value": "0", "text": ""}]}, "do-0", "number"),
        ({"do": [{"do": "postpone", "value": "٣", "text": ""}]}, "do-0", "number"),
        ({"do": [{**DO, "text": "x" * 4001}]}, "do-0", "long"),
    ],
)
def test_each_refusal_names_its_row(change: dict[str, Any], where: str, code: str) -> None:
    with pytest.raises(BadRule) as refused:
        read({"all": [], "any": [], "do": [DO], **change})
    assert (refused.value.where, refused.value.code) == (where, code)


def test_what_is_no_more_is_named() -> None:
    spec = read(
        {
            "all": [{"fact": "topic", "is": "in", "value": ["tv", "old"]}],
            "any": [],
            "do": [{"do": "give", "value": "7", "text": ""}, {"do": "postpone", "value": "60", "text": ""}],
        }
    )
    gone = missing(spec, {"topics": {"tv"}, "workers": {"8"}})
    named = [(one.where, one.source, one.value) for one in gone]
    assert named == [("all-0", "topics", "old"), ("do-0", "workers", "7")]
    assert set(DEEDS) > {"give", "postpone"}


@given(st.lists(st.tuples(st.sampled_from(["desk", "priority"]), st.integers(0, 9)), max_size=12), st.data())
def test_the_past_is_what_it_was(steps: list[tuple[str, int]], data: st.DataObject) -> None:
    """Play changes forwards, keeping each state; taking them back from the last one gives the same states."""
    state: dict[str, Any] = {"desk": 0, "priority": 0, "subject": "x"}
    rows, states = [Row(1, AT, "opened", {})], [dict(state)]
    for n, (name, value) in enumerate(steps, 2):
        rows.append(Row(n, AT + timedelta(minutes=n), "edited", {name: [state[name], value]}))
        state[name] = value
        states.append(dict(state))
    at = data.draw(st.integers(0, len(steps)))
    assert as_of(state, data.draw(st.permutations(rows)), at + 1) == states[at]


def test_quiet_and_reopened_count_to_their_row() -> None:
    rows = [
        Row(n, AT + timedelta(minutes=10 * n), kind, {}) for n, kind in enumerate(["opened", "reopened", "reopened"])
    ]
    assert [reopened(rows, n) for n in (0, 1, 2)] == [0, 1, 2]
    assert quiet_min(rows, 2, AT + timedelta(minutes=20)) == 10
    assert quiet_min(rows, 0, AT) == 0
