"""An answer in forty seconds: found, said, sent and written up without a mouse."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.faults.product import Product
from tests.journeys.desk import PATIENCE_MS, Desk, Pbx, inside

OUTCOME = "SELECT c.outcome, t.code FROM contacts_contact c JOIN contacts_topic t ON t.id = c.topic_id WHERE c.id = %s"
SHELF = """
from common.history import System
from contacts.models import Topic
from knowledge import actions
by, topics = System.SETUP, list(Topic.objects.filter(code="payment_terminal"))
told = {"state": "published", "audience": "public", "by": by}
body = "- не кормить"
spoken = "Жираф уйдёт сам, окно закройте."
actions.save_article(title="Жираф на балконе", spoken=spoken, body=body, topics=topics, **told)
actions.save_article(title="Жираф в подъезде", spoken="Придержите дверь.", **told)
actions.save_article(title="Зебра на крыше", spoken="Зебра спустится по лестнице.", **told)
actions.save_place(title="Приют для жирафов", address="Парк", hours="круглосуточно", topic=topics[0], by=by)
"""


@pytest.fixture(scope="module", autouse=True)
def shelf(product: Product) -> None:
    inside(product, SHELF)


def test_an_answer_is_given_sent_and_written_up_in_four_keys(desk: Callable[..., Desk], pbx: Pbx) -> None:
    call = pbx.line(pbx.lonely_phone()).ring().answer()
    contact = call.contact(pbx)
    olga = desk("operator", f"/calls/{contact}/")
    expect(olga.page.locator("#answers-q")).to_be_focused(timeout=PATIENCE_MS)
    olga.page.keyboard.type("жираф балк")
    olga.press("Enter")
    olga.sees("Жираф уйдёт сам, окно закройте.", "#answer .say")
    wrap_up = olga.page.locator("[data-wrap-up]")
    expect(wrap_up).to_be_visible(timeout=PATIENCE_MS)
    assert not olga.barriers()
    olga.press("F9")
    olga.sees("1 часть", "#answer")
    olga.press("Enter")
    olga.sees("СМС: ", "#answer .tag")
    expect(olga.page.locator("#answers-q")).to_be_focused(timeout=PATIENCE_MS)
    olga.press("Enter")
    olga.page.wait_for_url("**/calls/")
    assert pbx.ask(OUTCOME, contact) == [("answered", "payment_terminal")]
    pbx.until("SELECT 1 FROM messaging_message WHERE text = 'Жираф уйдёт сам, окно закройте.'")
    assert olga.presses == 4
    call.hang_up()


def test_enter_never_gives_what_was_found_for_other_words(desk: Callable[..., Desk], pbx: Pbx) -> None:
    call = pbx.line(pbx.lonely_phone()).ring().answer()
    olga = desk("operator", f"/calls/{call.contact(pbx)}/")
    field = olga.page.locator("#answers-q")
    expect(field).to_be_focused(timeout=PATIENCE_MS)
    olga.press("Enter")  # nothing was asked: nothing is given
    olga.page.keyboard.type("жираф")
    olga.sees("Приют для жирафов", "#hits")
    field.fill("")
    olga.page.keyboard.type("зебра")
    olga.press("Enter")  # before the list has caught up
    olga.sees("Зебра спустится по лестнице.", "#answer .say")
    uses = "SELECT count(*) FROM knowledge_articleuse WHERE contact_id = %s"
    assert pbx.ask(uses, call.contact(pbx)) == [(1,)]
    call.hang_up()


def test_arrows_choose_and_a_live_page_does_not_take_the_choice_away(desk: Callable[..., Desk], pbx: Pbx) -> None:
    call = pbx.line(pbx.lonely_phone()).ring().answer()
    contact = call.contact(pbx)
    olga = desk("operator", f"/calls/{contact}/")
    expect(olga.page.locator("#answers-q")).to_be_focused(timeout=PATIENCE_MS)
    olga.page.keyboard.type("жираф")
    expect(olga.page.locator("#hits [data-hit]")).to_have_count(3, timeout=PATIENCE_MS)
    olga.press("ArrowDown", "ArrowDown")
    chosen = olga.page.locator("#hits [aria-selected=true] b").inner_text()
    call.hang_up()
    olga.sees("Завершён", "#contact")
    expect(olga.page.locator("#answers-q")).to_have_value("жираф")
    expect(olga.page.locator("#hits [aria-selected=true] b")).to_have_text(chosen, timeout=PATIENCE_MS)
    olga.press("F3", "Enter")
    expect(olga.page.locator("#answer .say")).to_be_visible(timeout=PATIENCE_MS)
    olga.sees(chosen, "#answer")


def test_what_is_missing_is_told_by_one_key(desk: Callable[..., Desk], pbx: Pbx) -> None:
    call = pbx.line(pbx.lonely_phone()).ring().answer()
    olga = desk("operator", f"/calls/{call.contact(pbx)}/")
    expect(olga.page.locator("#answers-q")).to_be_focused(timeout=PATIENCE_MS)
    olga.page.keyboard.type("щщыъ ъъщ", delay=20)
    olga.sees("Ничего не нашлось", "#hits")
    olga.press("F8")
    olga.sees("супервайзер это увидит", "#answer")
    assert pbx.ask("SELECT asked FROM knowledge_missinganswer WHERE phrase = 'щщыъ ъъщ'") == [(1,)]
    # A list that stays empty is noted once, for the whole phrase.
    pbx.until("SELECT 1 FROM knowledge_missinganswer WHERE phrase = 'щщыъ ъъщ' AND sought = 1")
    assert pbx.ask("SELECT count(*) FROM knowledge_missinganswer WHERE phrase LIKE 'щ%%'") == [(1,)]
    vera = desk("supervisor", "/settings/knowledge/missing/")
    vera.sees("щщыъ ъъщ", "main")
    call.hang_up()


def test_letters_go_to_the_field_and_enter_opens(desk: Callable[..., Desk]) -> None:
    dmitry = desk("dispatcher", "/knowledge/")
    dmitry.page.locator("main h1").click()
    dmitry.press("w", "i")  # keys, which Russian letters are not for a robot
    expect(dmitry.page.locator("#q")).to_have_value("wi")
    dmitry.page.locator("#q").fill("")
    dmitry.page.keyboard.type("жираф")
    expect(dmitry.page.locator("#hits [data-hit]")).to_have_count(3, timeout=PATIENCE_MS)
    dmitry.press("ArrowDown", "ArrowDown", "ArrowUp")
    title = dmitry.page.locator("#hits [aria-selected=true] b").inner_text()
    assert not dmitry.barriers()
    dmitry.press("Enter")
    expect(dmitry.page.locator("main h1")).to_have_text(title, timeout=PATIENCE_MS)
    dmitry.press("y")
    dmitry.sees("Записано, спасибо", "#said")
    dmitry.press("Escape")
    dmitry.page.wait_for_url("**/knowledge/")


def test_an_article_is_written_with_its_preview_beside(desk: Callable[..., Desk]) -> None:
    vera = desk("supervisor", "/settings/knowledge/new/")
    vera.page.get_by_label("Вопрос или название").fill("Бегемот в подвале")
    vera.page.get_by_label("Говорим сразу").fill("Бегемот спит до весны.")
    vera.page.get_by_label("Всё остальное").fill("**Не будить**")
    expect(vera.page.locator("#preview strong")).to_have_text("Не будить", timeout=PATIENCE_MS)
    vera.sees("По СМС: 1 часть", "#preview")
    vera.page.get_by_label("Состояние").select_option(label="Опубликована")
    vera.press("F4")
    vera.sees("Версия 1", "main")
    vera.page.get_by_label("Говорим сразу").fill("Бегемот спит до лета.")
    vera.press("F4")
    vera.sees("Версия 2", "main")
    vera.page.get_by_role("link", name="Версия 2").click()
    expect(vera.page.locator(".diff ins")).to_have_text("лета.", timeout=PATIENCE_MS)
    assert not vera.barriers()
    vera.push("Вернуть")
    vera.sees("Снова действует версия 1")


PAGES = {
    "/knowledge/?q=жираф": "operator",
    "/settings/knowledge/": "supervisor",
    "/settings/knowledge/new/": "supervisor",
    "/settings/knowledge/places/": "supervisor",
    "/settings/knowledge/missing/": "supervisor",
    "/settings/knowledge/synonyms/": "supervisor",
    "/settings/knowledge/files/": "supervisor",
    "/help/": "operator",
    "/help/places/": "operator",
}
LOOKS = [(1440, 900, "light", "ru-RU"), (1280, 720, "dark", "en-GB"), (360, 740, "dark", "ru-RU")]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_barriers_and_fits(desk: Callable[..., Desk], path: str) -> None:
    for width, height, theme, language in LOOKS:
        one = desk(PAGES[path], path, width=width, height=height, theme=theme, language=language)
        assert not one.barriers(), (path, width, theme, one.barriers())
        assert not one.overflows(), (path, width)
