"""Numbers that are hidden from whoever works outside the house."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.private import hide, hide_in_html, hide_in_json, numbers_in

PHONE = "+7 921 555-01-43"


@pytest.mark.parametrize(
    "written",
    ["+79215550143", "89215550143", "8 (921) 555-01-43", "+7(921)555 01 43", "7 921 5550143", "9215550143", PHONE],
)
def test_a_telephone_is_hidden_however_it_is_written(written: str) -> None:
    assert hide(f"Перезвонить на {written}, спросить Анну") == "Перезвонить на *** ***-01-43, спросить Анну"


@pytest.mark.parametrize("written", ["1 234,50 ₽", "1234.5руб.", "300 рублей", "-15 руб", "12 000 000 р.", "5\u00a0₽"])
def test_a_sum_is_hidden(written: str) -> None:
    assert hide(f"Долг {written} за март") == "Долг ••• ₽ за март"


@pytest.mark.parametrize("written", ["4012 345678", "40 12 345678", "4012 № 345678", "123-456-789 00"])
def test_a_document_is_hidden(written: str) -> None:
    assert "345" not in hide(f"Паспорт {written}.") and "789" not in hide(f"Паспорт {written}.")


@pytest.mark.parametrize(
    "left",
    [
        "№ 020014 от 12.03.2026 09:00, л/с 506000, Оранжерейная 21, кв. 14",
        "2026-11-24T00:00:00+03:00",
        "+7 *** ***-01-43",
        "*7123456",
        "1712345678901",
        "3 Мбит/с, порт 8080, 192.168.1.1",
        "5 рублёвских улиц 12",
        "",
    ],
)
def test_what_else_has_digits_stays(left: str) -> None:
    assert hide(left) == left


def test_our_own_numbers_stay_where_they_are_known() -> None:
    assert hide("Офис 8 (812) 000-00-01", is_public=lambda number: number == "8120000001") == "Офис 8 (812) 000-00-01"


def test_a_page_hides_them_in_its_words_its_tags_and_its_fields() -> None:
    masked = "*** ***-01-43"
    page = f'<a title="{PHONE}" href="/x/">{PHONE}</a><textarea name="n">{PHONE}</textarea><b>1 200 ₽</b>'
    said = f'<a title="{masked}" href="/x/">{masked}</a><textarea name="n">{masked}</textarea><b>••• ₽</b>'
    assert hide_in_html(page) == said
    assert hide_in_html(f"<input value='{PHONE}' maxlength=40>") == f"<input value='{masked}' maxlength=40>"


def test_what_the_reader_typed_and_what_is_only_his_comes_back_as_it_was() -> None:
    own = f"<textarea data-own>{PHONE}</textarea>"
    page = f'<input value="&quot;{PHONE}&quot;"><textarea>\nДолг 5 ₽\nи всё</textarea>{own}'
    assert hide_in_html(page, typed={f'"{PHONE}"', "Долг 5 ₽\nи всё"}) == page
    assert PHONE in hide_in_html(page) and "Долг 5" not in hide_in_html(page)


def test_json_keeps_its_shape() -> None:
    value = {"text": PHONE, "n": 9215550143, "list": [None, True, {"x": "500 ₽"}]}
    assert hide_in_json(value) == {"text": "*** ***-01-43", "n": 9215550143, "list": [None, True, {"x": "••• ₽"}]}


@given(st.text(alphabet="0123456789 +-()₽руб.,<>/a", max_size=300))
def test_nothing_hidden_is_found_again(text: str) -> None:
    once = hide(text)
    assert hide(once) == once
    assert not numbers_in(once)
