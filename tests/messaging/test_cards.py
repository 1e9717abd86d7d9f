import time

import pytest

from common.cards import mask


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


@pytest.mark.parametrize("piece", ["4", "4 ", "4111 1111 1111 111", "4-", "1." * 3])
def test_a_hostile_megabyte_is_quick(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    mask(text)
    assert time.process_time() - started < 2
