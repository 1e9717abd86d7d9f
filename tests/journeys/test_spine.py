"""From a ringing phone to a master on the way: everybody's page changes by itself."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.faults.product import Product
from tests.journeys.desk import PATIENCE_MS, Desk, Pbx, role_of

TITLE = """SELECT s.name, b.house FROM network_building b JOIN network_street s ON s.id = b.street_id WHERE b.id = %s"""
VISIT = """
SELECT v.id, i.id, u.username FROM incidents_incident i
JOIN dispatch_visit v ON v.incident_id = i.id
JOIN dispatch_master m ON m.id = v.master_id JOIN staff_user u ON u.id = m.user_id
WHERE i.building_id = %s AND i.state = 'open'"""


def test_a_dark_house_calls_and_a_master_goes(desk: Callable[..., Desk], pbx: Pbx, product: Product) -> None:
    house, numbers = next(product.houses)
    street, _ = pbx.ask(TITLE, house)[0]
    dmitry, vera, sergey = (
        desk("dispatcher", "/visits/"),
        desk("supervisor", "/overview/"),
        desk("support", "/incidents/"),
    )
    irina = desk("operator_irina", "/calls/")

    first = pbx.line(numbers[0]).ring()
    irina.sees("Звонит", "#queue")
    first.answer("irina")
    irina.sees("Разговор", "#contact")
    irina.sees(street, "#contact")
    for number in numbers[1:]:
        pbx.line(number).ring()
    visit, incident, username = pbx.until(VISIT, house)[0]

    irina.sees(f"Авария № {incident}", "#contact")
    dmitry.sees(f"авария № {incident}", "#board")
    vera.sees(f"№ {incident}", "#incidents")
    sergey.sees(f"№ {incident}", "#list")
    assert pbx.line(numbers[0]).ring().told["action"] == "announce"

    maxim = desk(role_of(product, username), "/visits/today/", width=360, height=740)
    card = maxim.page.locator("article", has_text=street)
    expect(card.get_by_text("Авария: выезжайте сразу")).to_be_visible()
    for button, state in (("Принять", "Назначен"), ("Выезжаю", "В пути"), ("Я на месте", "На месте")):
        card.get_by_role("button", name=button).click()
        expect(card.locator(".tag", has_text=state)).to_be_visible(timeout=PATIENCE_MS)
        expect(dmitry.page.locator(f"#visit-{visit} .tag", has_text=state)).to_be_visible(timeout=PATIENCE_MS)
    card.get_by_label("Что сделано").fill("Заменил блок питания коммутатора")
    card.get_by_role("button", name="Работа выполнена").click()
    maxim.sees("Заменил блок питания", "#visits")
    expect(dmitry.page.locator(f"#visit-{visit}")).to_have_count(0, timeout=PATIENCE_MS)

    first.hang_up()
    for one in (irina, dmitry, vera, sergey, maxim):
        assert one.was_not_reloaded()


def test_a_suspicion_is_verified_and_told_and_ends(desk: Callable[..., Desk], pbx: Pbx, product: Product) -> None:
    house, numbers = next(product.houses)
    for number in numbers:
        pbx.line(number).ring()
    _, incident, _ = pbx.until(VISIT, house)[0]
    call = pbx.line(numbers[0]).ring().answer()
    olga = desk("operator", f"/calls/{call.contact(pbx)}/")
    sergey = desk("support", f"/incidents/{incident}/")
    sergey.page.get_by_label("Что говорим абонентам").fill("Обрыв кабеля на вводе, бригада работает")
    sergey.press("F4")
    olga.sees("Обрыв кабеля на вводе", "#contact")
    assert pbx.line(numbers[1]).ring().told["incident"]["text"] == "Обрыв кабеля на вводе, бригада работает"
    olga.press("Alt+l")
    olga.page.wait_for_url("**/calls/")
    closed = "SELECT 1 FROM contacts_contact c WHERE c.outcome = 'incident' AND c.key LIKE %s"
    pbx.until(closed, f"%:{call.call_id}")
    assert olga.presses == 1
    sergey.page.locator("h1", has_text="").first.click()
    sergey.press("r")
    sergey.sees("связь восстановлена", "#incident .feed")
    assert pbx.line(numbers[2]).ring().told == {}
