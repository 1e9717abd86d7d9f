from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.money import LARGEST, BadSum, by_running_total, parse, rounded


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("350", "350"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234.5", "1234.50"),
        (" 1\u202f234\u202f567 ₽ ", "1234567"),
        ("0,01", "0.01"),
        ("300 руб.", "300"),
        ("300р", "300"),
        ("99999999.99", "99999999.99"),
    ],
)
def test_a_sum_is_read_as_people_type_it(text: str, value: str) -> None:
    assert parse(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("-5", "negative"),
        ("−5", "negative"),
        ("0", "zero"),
        ("0,00", "zero"),
        ("1,234", "kopecks"),
        ("1234567890123", "large"),
        ("100000000", "large"),
        ("сто", "letters"),
        ("1e3", "letters"),
        ("1,2,3", "letters"),
        ("12 34", "letters"),
        ("NaN", "letters"),
        ("٣", "letters"),
    ],
)
def test_what_is_no_sum_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(BadSum) as refusal:
        parse(text)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("value", "kopecks"), [("10.005", "10.01"), ("-10.005", "-10.01"), ("10.0049", "10.00"), ("2.5", "2.50")]
)
def test_a_half_goes_up_in_size(value: str, kopecks: str) -> None:
    assert rounded(Decimal(value)) == Decimal(kopecks) == rounded(Fraction(value))


@given(
    total=st.decimals(min_value=0, max_value=LARGEST, places=2),
    weights=st.lists(st.integers(min_value=0, max_value=31), max_size=31),
)
def test_the_parts_add_up_to_the_kopeck(total: Decimal, weights: list[int]) -> None:
    whole = max(1, sum(weights))
    parts = by_running_total([Fraction(total) * one / whole for one in weights])
    assert sum(parts) == rounded(Fraction(total) * sum(weights) / whole)
