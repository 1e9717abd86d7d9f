"""An operator with a caller on the line: few keys, no guesses, nothing lost."""

from collections.abc import Callable
from datetime import datetime

from playwright.sync_api import expect

from tests.faults.product import Product
from tests.journeys.desk import PATIENCE_MS, Desk, Pbx

OUTCOME = "SELECT c.outcome, t.code FROM contacts_contact c JOIN contacts_topic t ON t.id = c.topic_id WHERE c.id = %s"
ENDED = "SELECT 1 FROM contacts_contact WHERE id = %s AND outcome <> ''"
ACCOUNT = """SELECT account FROM customers_phone p JOIN customers_subscriber s ON s.id = p.subscriber_id
WHERE number = %s"""


def test_a_topic_and_its_usual_outcome_take_three_keys(desk: Callable[..., Desk], pbx: Pbx) -> None:
    call = pbx.line(pbx.lonely_phone()).ring().answer()
    contact = call.contact(pbx)
    olga = desk("operator", f"/calls/{contact}/")
    olga.press("Alt+2", "Alt+1")
    expect(olga.page.get_by_role("heading", name="Где оплатить")).to_be_visible(timeout=PATIENCE_MS)
    expect(olga.page.locator("[data-wrap-up]")).to_be_visible(timeout=PATIENCE_MS)
    expect(olga.page.locator("#answers-q")).to_be_focused(timeout=PATIENCE_MS)
    olga.press("Enter")
    olga.page.wait_for_url("**/calls/")
    assert pbx.ask(OUTCOME, contact) == [("answered", "payment_terminal")]
    assert olga.presses == 3
    call.hang_up()


def test_a_call_pops_up_by_itself_and_follows_its_operator(desk: Callable[..., Desk], pbx: Pbx) -> None:
    irina = desk("operator_irina", "/calls/")
    call = pbx.line(pbx.lonely_phone()).ring().answer("irina")
    irina.sees("Разговор", "#contact")
    assert irina.was_not_reloaded()
    irina.go("/tickets/")
    irina.sees("Разговор", "#callbar")
    irina.press("F2")
    irina.page.wait_for_url(f"**/calls/{call.contact(pbx)}/")
    call.hang_up()
    irina.sees("Завершён", "#contact")
    irina.press("Alt+2", "Alt+1")
    expect(irina.page.get_by_role("heading", name="Где оплатить")).to_be_visible(timeout=PATIENCE_MS)
    irina.press("Alt+a")
    pbx.until(ENDED, call.contact(pbx))


def test_a_call_that_comes_while_another_is_written_up_waits_for_a_key(desk: Callable[..., Desk], pbx: Pbx) -> None:
    old = pbx.line(pbx.lonely_phone()).ring().answer("irina").hang_up()
    irina = desk("operator_irina", f"/calls/{old.contact(pbx)}/")
    expect(irina.page.locator("[data-first]")).to_be_focused(timeout=PATIENCE_MS)
    irina.press("Alt+m")
    irina.page.keyboard.type("Ещё пишу")
    new = pbx.line(pbx.lonely_phone()).ring().answer("irina")
    irina.sees("Открыть звонок", "#contact")
    expect(irina.page.locator("#note")).to_have_value("Ещё пишу")
    irina.press("Escape", "Alt+2", "Alt+1")
    expect(irina.page.get_by_role("heading", name="Где оплатить")).to_be_visible(timeout=PATIENCE_MS)
    irina.press("Alt+r")
    irina.page.wait_for_url("**/calls/")
    irina.sees("Разговор", "#contact .line-card")
    new.hang_up()
    irina.sees("Завершён", "#contact")
    irina.press("Alt+2", "Alt+1")
    expect(irina.page.get_by_role("heading", name="Где оплатить")).to_be_visible(timeout=PATIENCE_MS)
    irina.press("Alt+a")
    pbx.until(ENDED, new.contact(pbx))


def test_who_shares_a_phone_is_asked_never_guessed(desk: Callable[..., Desk], pbx: Pbx) -> None:
    call = pbx.line(pbx.shared_phone()).ring().answer()
    contact = call.contact(pbx)
    olga = desk("operator", f"/calls/{contact}/")
    olga.sees("уточните, кто звонит", "#contact")
    assert pbx.ask("SELECT subscriber_id FROM contacts_contact WHERE id = %s", contact) == [(None,)]
    expect(olga.page.locator("[data-people]")).to_be_focused(timeout=PATIENCE_MS)
    olga.press("Alt+2")  # a topic's key, whoever calls
    expect(olga.page.locator(".topic-menu[open]")).to_contain_text("Где оплатить", timeout=PATIENCE_MS)
    olga.press("Escape")
    olga.page.locator("[data-people]").focus()
    olga.press("2")
    olga.sees("Не подтверждён", "#contact aside")
    olga.press("Alt+s")
    olga.sees("уточните, кто звонит", "#contact")
    call.hang_up()


def test_a_stranger_is_found_by_house_and_flat(desk: Callable[..., Desk], pbx: Pbx) -> None:
    sql = """SELECT s.name, b.house, h.number, c.account FROM network_premise h
             JOIN network_building b ON b.id = h.building_id JOIN network_street s ON s.id = b.street_id
             JOIN customers_subscriber c ON c.premise_id = h.id WHERE h.number <> '' ORDER BY c.id DESC LIMIT 1"""
    street, house, flat, account = pbx.ask(sql)[0]
    call = pbx.line("+79995550123").ring().answer()
    olga = desk("operator", f"/calls/{call.contact(pbx)}/")
    olga.press("F6")
    olga.page.keyboard.type(f"{street[:6]} {house}", delay=20)
    olga.sees(f", {house}", "#contact form.people")
    pbx.line(pbx.lonely_phone()).ring().hang_up()  # others go on calling: what was found stays
    olga.misses("Звонит", "#queue .tag")
    for _ in olga.page.locator("#who-found button").all():
        olga.press("ArrowDown")
        if street in (chosen := olga.page.locator("#who-found [data-current]").inner_text()) and chosen.endswith(house):
            break
    olga.press("Enter")
    expect(olga.page.locator("#flat")).to_be_focused(timeout=PATIENCE_MS)
    olga.page.keyboard.type(flat, delay=20)
    olga.press("Enter")
    olga.sees("Не подтверждён", "#contact aside")
    olga.misses(account, "#contact aside")
    olga.press("Alt+k")
    olga.page.keyboard.type(f"{flat} {account[-4:]}", delay=20)
    olga.press("Enter")
    olga.sees(account, "#contact aside")
    assert not olga.barriers()
    call.hang_up()


STRANGERS_HOUSE = """SELECT s.name, b.house FROM network_building b JOIN network_street s ON s.id = b.street_id
WHERE b.connection = 'green' AND EXISTS (SELECT 1 FROM network_premise h WHERE h.building_id = b.id AND h.number <> '')
ORDER BY b.id DESC LIMIT 1"""


def test_a_stranger_wants_to_be_connected_and_it_is_booked_without_a_mouse(desk: Callable[..., Desk], pbx: Pbx) -> None:
    street, house = pbx.ask(STRANGERS_HOUSE)[0]
    call = pbx.line("+79995550177").ring().answer()
    contact = call.contact(pbx)
    olga = desk("operator", f"/calls/{contact}/")
    olga.press("F6")
    olga.page.keyboard.type(f"{street[:6]} {house}", delay=20)
    olga.sees(f", {house}", "#who-found")
    olga.press("Enter")
    expect(olga.page.locator("#flat")).to_be_focused(timeout=PATIENCE_MS)
    olga.page.keyboard.type("9999", delay=20)
    olga.sees("Наших абонентов там нет", "#who-found")
    olga.press("Alt+5", "Alt+1")
    expect(olga.page.locator("#connect-flat")).to_be_visible(timeout=PATIENCE_MS)
    olga.press("Alt+c")
    expect(olga.page.locator("#connect-flat")).to_be_focused(timeout=PATIENCE_MS)
    olga.page.keyboard.type("17")
    olga.press("Enter")
    expect(olga.page.locator("[name=start]:checked")).to_be_focused()
    olga.press("2")
    expect(olga.page.locator("#connect-book")).to_be_focused()
    chosen = olga.page.locator("[name=start]").nth(1)
    window = chosen.input_value()
    olga.draws_anew(f"#connect-{contact}")
    expect(chosen).to_be_checked()
    expect(olga.page.locator("#connect-flat")).to_have_value("17")
    expect(olga.page.locator("#connect-book")).to_be_focused()
    olga.press("Enter")
    olga.sees("Мастер придёт", "#contact")
    ((number, start),) = pbx.until(
        """SELECT t.number, lower(v.window) FROM tickets_ticket t JOIN dispatch_visit v ON v.ticket_id = t.id
        WHERE t.contact_id = %s""",
        contact,
    )
    assert start == datetime.fromisoformat(window)
    olga.sees(number, "#contact")
    assert pbx.ask(OUTCOME, contact) == [("ticket", "new_connection")]
    call.hang_up()


def test_a_request_in_hand_stays_while_the_call_goes_on_and_ends(desk: Callable[..., Desk], pbx: Pbx) -> None:
    street, house = pbx.ask(STRANGERS_HOUSE)[0]
    call = pbx.line("+79995550179").ring().answer()
    contact = call.contact(pbx)
    olga = desk("operator", f"/calls/{contact}/")
    panel = olga.page.locator(f"#connect-{contact}")
    expect(panel).to_be_visible(timeout=PATIENCE_MS)
    olga.press("Alt+c")  # no topic yet: the offer is opened by hand
    expect(olga.page.locator("#connect-address")).to_be_focused(timeout=PATIENCE_MS)
    olga.page.keyboard.type(f"{street[:6]} {house}", delay=20)
    olga.sees(f", {house}", "#connect-found")
    olga.press("Enter")
    expect(olga.page.locator("#connect-flat")).to_be_focused(timeout=PATIENCE_MS)
    olga.page.keyboard.type("18")
    olga.press("Enter")
    expect(olga.page.locator("[name=start]:checked")).to_be_focused()
    olga.press("3")
    window = olga.page.locator("[name=start]").nth(2)
    call.hang_up()
    olga.sees("Завершён", "#contact")
    panel.dispatch_event("live-ask")
    olga.draws_anew("#answers-q")
    expect(panel).to_contain_text(f", {house}")
    expect(olga.page.locator("#connect-address")).to_have_value("")
    expect(olga.page.locator("#connect-flat")).to_have_value("18")
    expect(window).to_be_checked()
    expect(olga.page.locator("#connect-book")).to_be_focused()
    olga.press("Enter")
    olga.sees("Мастер придёт", "#contact")
    pbx.until("SELECT 1 FROM dispatch_connectionrequest WHERE contact_id = %s AND flat = '18'", contact)


def test_a_note_that_was_not_saved_waits_for_its_author(desk: Callable[..., Desk], pbx: Pbx) -> None:
    call = pbx.line("+79995550178").ring().answer()
    contact = call.contact(pbx)
    olga = desk("operator", f"/calls/{contact}/")
    expect(olga.page.locator("[data-first]")).to_be_focused(timeout=PATIENCE_MS)
    olga.press("Alt+m")
    olga.page.keyboard.type("Кот на проводе")
    olga.press("F6")
    olga.page.keyboard.type("ъъъ")
    olga.press("Enter", "Enter")  # nothing is found, nothing is sent
    expect(olga.page.locator("#note")).to_have_value("Кот на проводе")
    assert olga.was_not_reloaded()
    olga.press("Alt+m", "End")
    olga.page.keyboard.type("!")
    olga.go("/tickets/")  # at once
    pbx.until("SELECT 1 FROM firstline_notedraft WHERE contact_id = %s AND text = 'Кот на проводе!'", contact)
    irina = desk("operator_irina", f"/calls/{contact}/")
    expect(irina.page.locator("#note")).to_have_value("")
    olga.go(f"/calls/{contact}/")
    expect(olga.page.locator("#note")).to_have_value("Кот на проводе!")
    olga.press("Alt+d")
    pbx.until("SELECT 1 FROM contacts_contact WHERE id = %s AND note = 'Кот на проводе!'", contact)
    assert pbx.ask("SELECT count(*) FROM firstline_notedraft WHERE contact_id = %s", contact) == [(0,)]
    call.hang_up()


def test_a_typed_note_outlives_everything_that_happens_meanwhile(desk: Callable[..., Desk], pbx: Pbx) -> None:
    call = pbx.line(pbx.lonely_phone()).ring().answer()
    contact = call.contact(pbx)
    olga = desk("operator", f"/calls/{contact}/")
    expect(olga.page.locator("[data-first]:focus")).to_be_visible(timeout=PATIENCE_MS)
    olga.press("Alt+m")
    olga.page.keyboard.type("Просит перезвонить ")
    other = pbx.line(pbx.lonely_phone()).ring()
    olga.sees("Звонит", "#queue .tag")
    call.hang_up()
    olga.sees("Завершён", "#contact")
    olga.page.keyboard.type("после шести")
    expect(olga.page.locator("#note")).to_have_value("Просит перезвонить после шести")
    olga.press("Alt+1", "Alt+1")
    expect(olga.page.get_by_role("heading", name="Нет интернета")).to_be_visible(timeout=PATIENCE_MS)
    expect(olga.page.locator("#note")).to_have_value("Просит перезвонить после шести")
    olga.press("Alt+b")
    olga.page.wait_for_url("**/calls/")
    assert pbx.ask("SELECT note, outcome FROM contacts_contact WHERE id = %s", contact) == [
        ("Просит перезвонить после шести", "call_back")
    ]
    other.hang_up()


def test_handed_over_with_its_words_taken_and_resolved(desk: Callable[..., Desk], pbx: Pbx) -> None:
    call = pbx.line(pbx.lonely_phone()).ring().answer()
    contact = call.contact(pbx)
    sergey = desk("support", "/tickets/")
    olga = desk("operator", f"/calls/{contact}/")
    olga.press("Alt+1", "Alt+2")
    expect(olga.page.get_by_role("heading", name="Медленный интернет")).to_be_visible(timeout=PATIENCE_MS)
    expect(olga.page.locator("[data-leads-on]")).to_be_focused(timeout=PATIENCE_MS)
    olga.press("Alt+m")
    olga.page.keyboard.type("Роутер перезагружен, 3 Мбит/с")
    olga.press("Alt+t")
    expect(olga.page.get_by_label("Что не работает")).to_be_focused(timeout=PATIENCE_MS)
    olga.page.keyboard.type("Медленно вечером, неделю")
    olga.press("Alt+1")
    olga.page.wait_for_url("**/calls/")
    ((number,),) = pbx.ask("SELECT number FROM tickets_ticket WHERE contact_id = %s", contact)
    sergey.sees(number, "#rows")
    assert sergey.was_not_reloaded()
    sergey.page.get_by_role("link", name=number).click()
    sergey.sees("Роутер перезагружен", "#ticket")
    sergey.settles()
    sergey.press("F2")
    sergey.sees("заявка взята в работу", "#ticket .talk")
    sergey.sees("Роутер перезагружен, 3 Мбит/с", "#ticket .talk")
    sergey.press("n")
    expect(sergey.page.locator("[data-composer] [data-text]:visible")).to_be_focused(timeout=PATIENCE_MS)
    sergey.page.keyboard.type("Сменил порт")
    sergey.press("F4")
    sergey.sees("Сменил порт", "#ticket .talk")
    sergey.press("Escape", "r")
    sergey.page.get_by_role("group", name="Что сделать").get_by_label("Итог").select_option("Решено удалённо")
    sergey.press("Control+Enter")
    sergey.sees("заявка решена", "#ticket .talk")
    assert pbx.ask("SELECT status FROM tickets_ticket WHERE number = %s", number) == [("resolved",)]
    call.hang_up()


def test_money_stays_with_the_finance_desk_its_state_does_not(
    desk: Callable[..., Desk], pbx: Pbx, product: Product
) -> None:
    phone = pbx.lonely_phone()
    ((account,),) = pbx.ask(ACCOUNT, phone)
    anna = desk("accountant", f"/accounts/{account}/")
    anna.page.locator(".deed summary", has_text="Приостановить обслуживание").click()
    anna.page.get_by_label("Почему приостанавливаем").fill("Долг за два месяца")
    anna.push("Приостановить обслуживание", ".deed")
    anna.sees("услуга приостановлена", "#timeline")
    call = pbx.line(phone).ring().answer()
    olga = desk("operator", f"/calls/{call.contact(pbx)}/")
    olga.sees("Приостановлен", "#contact aside")
    olga.misses("Долг за два месяца")
    anna.push("Возобновить обслуживание")
    anna.sees("услуга возобновлена", "#timeline")
    call.hang_up()
