import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.cards import mask

CARD, MASKED = "4111 1111 1111 1111", "**** **** **** 1111"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("4111111111111111", "************1111"),
        ("Карта 4111 1111 1111 1111, спасибо", "Карта **** **** **** 1111, спасибо"),
        ("5555-5555-5555-4444", "****-****-****-4444"),
        ("2200\u00a00000\u00a00000\u00a00004", "****\u00a0****\u00a0****\u00a00004"),
        ("378282246310005", "***********0005"),
        ("Две: 4111111111111111 и 5555555555554444", "Две: ************1111 и ************4444"),
    ],
)
def test_card_numbers_keep_their_last_four(text: str, masked: str) -> None:
    assert mask(text) == masked
    assert mask(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",  # a wrong check digit
        "40817810099910004312",  # an account has twenty digits
        "+7 912 555-14-52",
        "8 (812) 465-00-01",
        "1111111111111117",  # no network begins so
        "1.4111111111111111",
        "№ 000123, 04.03.2026 12:00",
        "",
    ],
)
def test_what_is_no_card_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("CVV 123", "CVV ***"),
        ("cvv2: 1 2 3", "cvv2: * * *"),
        ("CVC — 9876", "CVC — ****"),
        ("СVV это 123", "СVV это ***"),  # a Cyrillic letter first
        ("цвв 123", "цвв ***"),
        ("код на обороте 123", "код на обороте ***"),
        ("три цифры с обратной стороны карты: 321", "три цифры с обратной стороны карты: ***"),
        ("мой 123 (CVC)", "мой *** (CVC)"),
        ("security code 123", "security code ***"),
        (f"{CARD} 123", f"{MASKED} ***"),
        (f"{CARD}, 12/27, 123", f"{MASKED}, 12/27, ***"),
        (f"{CARD} 12 27 123", f"{MASKED} 12 27 ***"),
        (f"{CARD} до 12/27 код 123", f"{MASKED} до 12/27 код ***"),
        (f"{CARD}\n12.2027\n123", f"{MASKED}\n12.2027\n***"),
        ("4111111111111111/1227/123", "************1111/1227/***"),
        ("378282246310005 1234", "***********0005 ****"),
        (f"{MASKED} 123", f"{MASKED} ***"),  # the number was masked elsewhere
    ],
)
def test_a_security_code_is_hidden_whole(text: str, masked: str) -> None:
    assert mask(text) == masked
    assert mask(masked) == masked


@pytest.mark.parametrize(
    "rest",
    [
        "500 руб.",
        "1500 ₽",
        "1500,50",
        "8921 555-01-43",
        "+7 921 555-01-43",
        "кв. 123",
        "123 кв",
        "12.03.2026",
        "2026 год",
        "№ 000123",
    ],
)
def test_what_else_stands_behind_a_card_stays_and_the_card_is_hidden(rest: str) -> None:
    assert mask(f"{CARD} {rest}") == f"{MASKED} {rest}"
    assert mask(f"CVV не сказал, кв. 123, {rest}") == f"CVV не сказал, кв. 123, {rest}"


FLATS = st.integers(1, 9999).map(lambda n: f"кв. {n}")
SUMS = st.integers(1, 99_999).map(lambda n: f"{n} руб.")
PHONES = st.integers(0, 9_999_999).map(lambda n: f"8 921 {n // 10_000:03d}-{n // 100 % 100:02d}-{n % 100:02d}")
DATES = st.dates().map(lambda day: f"{day:%d.%m.%Y}")
WORDS = st.sampled_from(["код двери", "Оранжерейная 21,", "на обороте", "карта", "код", "этаж 12", "CVV не знает."])


@given(st.lists(st.one_of(FLATS, SUMS, PHONES, DATES, WORDS), max_size=8))
def test_flats_sums_telephones_and_dates_are_nobodys_code(said: list[str]) -> None:
    text = ", ".join(said)
    assert mask(text) == text


@given(st.text(alphabet="0123456789 -/.,*cvvкод", max_size=120))
def test_nothing_masked_is_masked_again(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@pytest.mark.parametrize(
    "piece",
    [
        "4",
        "4 ",
        "4111 1111 1111 111",
        "4-",
        "1." * 3,
        "cvv ",
        "cvv это ",
        "123 cvv ",
        "****1234 12/27 ",
        "код на обороте",
    ],
)
def test_a_hostile_megabyte_is_quick(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    mask(text)
    assert time.process_time() - started < 2
