"""Three calls by the stop-watch: how many keys lie between the pop and the next caller."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.faults.product import Product
from tests.journeys.desk import PATIENCE_MS, Desk, Pbx, inside

ENDED = """SELECT c.outcome, t.code FROM contacts_contact c LEFT JOIN contacts_topic t ON t.id = c.topic_id
WHERE c.id = %s"""

OPENED = """
from django.db import transaction
from common import clock
from common.history import System
from incidents.actions import confirm, edit
from incidents.actions.lifecycle import suspect
scope = {"scope_kind": "building", "building_id": %d}
with transaction.atomic():
    made = suspect(scope=scope, seen={"reporters": 4}, started_at=clock.now(), by=System.DETECTOR)
confirm(incident=made, by=System.DETECTOR)
edit(incident=made, by=System.DETECTOR, public_text="Чиним кабель, к вечеру заработает.")
"""


def test_where_is_a_terminal_takes_at_most_six_keys_besides_the_word(desk: Callable[..., Desk], pbx: Pbx) -> None:
    call = pbx.line(pbx.lonely_phone()).ring().answer("irina")
    contact = call.contact(pbx)
    irina = desk("operator_irina", f"/calls/{contact}/")
    expect(irina.page.locator("#answers-q")).to_be_focused(timeout=PATIENCE_MS)
    irina.page.keyboard.type("терм")
    irina.sees("м, ", "#hits")  # metres on foot from the caller's house
    irina.press("Enter")
    expect(irina.page.locator("#answer .say")).to_contain_text("Терминал", timeout=PATIENCE_MS)
    expect(irina.page.locator("[data-wrap-up]")).to_be_visible(timeout=PATIENCE_MS)
    expect(irina.page.locator("#answers-q")).to_be_focused()  # a letter that is typed now is text, not a deed
    irina.press("Enter")
    pbx.until("SELECT 1 FROM contacts_contact WHERE id = %s AND outcome <> ''", contact)
    assert pbx.ask(ENDED, contact) == [("answered", "payment_terminal")]
    assert pbx.ask("SELECT count(*) FROM tickets_ticket WHERE contact_id = %s", contact) == [(0,)]
    assert irina.presses == 2 <= 6
    call.hang_up()


def test_a_known_incident_takes_at_most_three_keys(desk: Callable[..., Desk], pbx: Pbx, product: Product) -> None:
    phone = pbx.lonely_phone()
    ((building,),) = pbx.ask(
        """SELECT h.building_id FROM customers_phone p JOIN customers_subscriber s ON s.id = p.subscriber_id
        JOIN network_premise h ON h.id = s.premise_id WHERE p.number = %s""",
        phone,
    )
    inside(product, OPENED % building)
    call = pbx.line(phone).ring().answer("irina")
    contact = call.contact(pbx)
    irina = desk("operator_irina", f"/calls/{contact}/")
    irina.sees("к вечеру заработает", "#contact .banner")
    irina.press("Alt+l")
    pbx.until("SELECT 1 FROM contacts_contact WHERE id = %s AND outcome = 'incident'", contact)
    assert irina.presses == 1 <= 3
    call.hang_up()


def test_no_internet_is_asked_through_and_handed_over_in_at_most_twelve_keys(
    desk: Callable[..., Desk], pbx: Pbx
) -> None:
    call = pbx.line(pbx.lonely_phone()).ring().answer("irina")
    contact = call.contact(pbx)
    irina = desk("operator_irina", f"/calls/{contact}/")
    expect(irina.page.locator("#answers-q")).to_be_focused(timeout=PATIENCE_MS)
    irina.press("Alt+1", "Alt+1")
    irina.sees("Вопросы: Нет интернета", "#guide")
    expect(irina.page.get_by_role("button", name="Вопросы: Нет интернета")).to_be_focused(timeout=PATIENCE_MS)
    assert irina.page.locator("[data-wrap-up]").count() == 0, "a fault is not answered by a reflex"
    irina.press("Enter")
    for asked, key in (("Телевидение работает?", "1"), ("Какие лампочки", "1"), ("После перезагрузки", "2")):
        irina.sees(asked, "#guide .ask")
        irina.press(key)
    expect(irina.page.get_by_role("button", name="Передать в техподдержку")).to_be_focused(timeout=PATIENCE_MS)
    assert not irina.barriers()
    irina.press("Enter")
    pbx.until("SELECT 1 FROM tickets_ticket WHERE contact_id = %s", contact)
    assert irina.presses == 7 <= 12
    ((number,),) = pbx.ask("SELECT number FROM tickets_ticket WHERE contact_id = %s", contact)
    sergey = desk("support", f"/tickets/{number}/")
    sergey.sees("Какие лампочки горят на роутере?", "#guide")
    sergey.press("q")
    sergey.sees("Есть ли линк на порту коммутатора?", "#guide .ask")
    assert not sergey.barriers()
    call.hang_up()
