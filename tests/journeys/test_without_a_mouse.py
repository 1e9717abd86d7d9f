"""Whole conversations with the hands on the keys: no story here touches a mouse."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import PATIENCE_MS, Desk, Pbx

ENDED = "SELECT outcome, note FROM contacts_contact WHERE id = %s AND outcome <> ''"
HOME = """SELECT s.name, b.house, h.number, c.account FROM network_premise h
JOIN network_building b ON b.id = h.building_id JOIN network_street s ON s.id = b.street_id
JOIN customers_subscriber c ON c.premise_id = h.id
WHERE h.number <> '' AND c.active ORDER BY c.id OFFSET 7 LIMIT 1"""
CALLED = "SELECT id FROM contacts_contact WHERE phone = %s ORDER BY id DESC LIMIT 1"
NO_CLICKS = "addEventListener('pointerdown', () => console.error('a mouse'), true)"


@pytest.fixture
def keys(desk: Callable[..., Desk]) -> Callable[[str, str], Desk]:
    """Somebody at a page where a press of the mouse is a complaint."""

    def sit_down(role: str, path: str) -> Desk:
        one = desk(role, "/security/")
        one.page.add_init_script(NO_CLICKS)
        one.go(path)
        return one

    return sit_down


def test_a_call_is_written_down_the_caller_found_verified_and_answered(
    keys: Callable[[str, str], Desk], pbx: Pbx
) -> None:
    street, house, flat, account = pbx.ask(HOME)[0]
    olga = keys("operator", "/calls/")
    olga.press("Alt+n")
    expect(olga.page.locator("#by-hand [name=phone]")).to_be_focused(timeout=PATIENCE_MS)
    olga.page.keyboard.type("8 999 555-01-42")
    olga.press("Enter")
    ((contact,),) = pbx.until(CALLED, "+79995550142")
    olga.page.wait_for_url(f"**/calls/{contact}/")
    olga.settles()
    olga.press("F6")
    olga.page.keyboard.type(f"{street[:6]} {house}", delay=20)
    olga.sees(f", {house}", "#who-found")
    for _ in olga.page.locator("#who-found button").all():
        olga.press("ArrowDown")
        if street in (chosen := olga.page.locator("#who-found [data-current]").inner_text()) and chosen.endswith(house):
            break
    olga.press("Enter")
    expect(olga.page.locator("#flat")).to_be_focused(timeout=PATIENCE_MS)
    olga.page.keyboard.type(flat, delay=20)
    olga.press("Enter")
    olga.sees("Не подтверждён", "#contact aside")
    olga.press("Alt+k")
    olga.page.keyboard.type(f"{flat} {account[-4:]}")
    olga.press("Enter")
    olga.sees(account, "#contact aside")
    olga.press("F3")
    olga.page.keyboard.type("терм")
    olga.sees("м, ", "#hits")
    olga.press("Enter")
    expect(olga.page.locator("#answer .say")).to_contain_text("Терминал", timeout=PATIENCE_MS)
    expect(olga.page.locator("[data-wrap-up]")).to_be_visible(timeout=PATIENCE_MS)
    expect(olga.page.locator("#answers-q")).to_be_focused(timeout=PATIENCE_MS)
    olga.press("Enter")
    assert pbx.until(ENDED, contact) == [("answered", "")]


def test_the_operator_stays_until_support_takes_the_caller_and_lets_him_go_with_her_note(
    keys: Callable[[str, str], Desk], pbx: Pbx
) -> None:
    call = pbx.line(pbx.lonely_phone()).ring().answer()
    contact = call.contact(pbx)
    olga = keys("operator", f"/calls/{contact}/")
    olga.press("Alt+1", "Alt+2")
    expect(olga.page.get_by_role("heading", name="Медленный интернет")).to_be_visible(timeout=PATIENCE_MS)
    olga.press("Alt+t")
    expect(olga.page.get_by_label("Что не работает")).to_be_focused(timeout=PATIENCE_MS)
    olga.page.keyboard.type("Всё медленно")
    olga.page.locator("#warm").focus()
    olga.press(" ", "Enter")  # in a field of the hand-over Enter hands over
    olga.sees("ещё не взяли", "#contact")
    ((number,),) = pbx.until("SELECT number FROM tickets_ticket WHERE contact_id = %s", contact)
    sergey = keys("support", f"/tickets/{number}/")
    sergey.press("F2")
    olga.sees("заявка взята", "#contact")
    olga.press("Alt+m")
    olga.page.keyboard.type("Соединила")
    olga.press("F4")
    assert pbx.until(ENDED, contact) == [("ticket", "Соединила")]
    call.hang_up()


def test_a_promised_call_is_taken_made_and_written_up(keys: Callable[[str, str], Desk], pbx: Pbx) -> None:
    phone = pbx.lonely_phone()
    call = pbx.line(phone).ring().answer("irina").hang_up()
    irina = keys("operator_irina", f"/calls/{call.contact(pbx)}/")
    expect(irina.page.locator("#answers-q")).to_be_focused(timeout=PATIENCE_MS)
    irina.press("Alt+2", "Alt+1")
    expect(irina.page.get_by_role("heading", name="Где оплатить")).to_be_visible(timeout=PATIENCE_MS)
    irina.press("Alt+b")
    ((promise,),) = pbx.until("SELECT id FROM firstline_callback WHERE phone = %s AND done_at IS NULL", phone)
    irina.page.wait_for_url("**/calls/")
    irina.settles()
    irina.press("Alt+q")
    irina.page.wait_for_url("**/calls/call-backs/")
    irina.settles()
    row = irina.page.locator(f"[action$='/call-backs/{promise}/take/'] button")
    row.focus()
    irina.press("Enter")
    irina.sees("Наберите", "#rows")
    expect(irina.page.locator(f"[action$='/call-backs/{promise}/reached/'] [data-key=F4]")).to_be_visible()
    irina.press("F4")
    irina.page.wait_for_url(re.compile(r"/calls/\d+/$"))
    ((talk,),) = pbx.until(CALLED, phone)
    assert talk != call.contact(pbx)
    irina.settles()
    irina.press("Alt+2", "Alt+1")
    expect(irina.page.locator("[data-wrap-up]")).to_be_visible(timeout=PATIENCE_MS)
    expect(irina.page.locator("#answers-q")).to_be_focused(timeout=PATIENCE_MS)
    irina.press("Enter")
    pbx.until(
        "SELECT 1 FROM firstline_callback WHERE id = %s AND result = 'reached' AND ended_by_id = %s", promise, talk
    )


def test_support_opens_a_card_with_a_reason(keys: Callable[[str, str], Desk], pbx: Pbx) -> None:
    phone = pbx.lonely_phone()
    ((account,),) = pbx.ask(
        "SELECT account FROM customers_phone p JOIN customers_subscriber s ON s.id = p.subscriber_id WHERE number = %s",
        phone,
    )
    call = pbx.line(phone).ring().answer("sergey")
    sergey = keys("support", f"/calls/{call.contact(pbx)}/")
    sergey.misses(account, "#contact aside")
    sergey.press("Alt+o")
    expect(sergey.page.locator("#open-reason")).to_be_focused(timeout=PATIENCE_MS)
    sergey.page.keyboard.type("Звонит с работы, голос знаком")
    sergey.press("Enter")
    sergey.sees(account, "#contact aside")
    pbx.until("SELECT 1 FROM customers_cardreading WHERE reason = 'Звонит с работы, голос знаком'")
    call.hang_up()
