"""The finance desk in a real browser: questions settled while the caller waits."""

from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect

from tests.faults.invariants import rows
from tests.faults.product import Product
from tests.journeys.desk import PATIENCE_MS, Desk, inside

WRONG = """SELECT s.account, (array_agg(e.id ORDER BY e.amount, e.id))[1] FROM billing_entry e
JOIN billing_account a ON a.id = e.account_id JOIN customers_subscriber s ON s.id = a.subscriber_id
WHERE e.kind = 'charge' GROUP BY s.account ORDER BY min(e.amount), s.account LIMIT %s"""
STATE = """SELECT d.state, c.outcome, d.amount = e.amount FROM billing_dispute d
JOIN contacts_contact c ON c.id = d.contact_id LEFT JOIN billing_entry e ON e.id = d.entry_id
JOIN billing_account a ON a.id = d.account_id JOIN customers_subscriber s ON s.id = a.subscriber_id
WHERE s.account = %s"""


def charged(product: Product, place: int) -> tuple[str, int]:
    """An account of the demo and its largest charge."""
    account, entry = rows(product.owner, WRONG, place)[place - 1]
    return str(account), int(entry)


def test_settled_in_one_contact_with_the_keyboard(desk: Callable[..., Desk], product: Product) -> None:
    account, _entry = charged(product, 1)
    anna = desk("accountant", f"/accounts/{account}/")
    anna.press("q")
    anna.page.wait_for_url("**/question/")
    anna.settles()
    anna.press("4")  # goodwill: a fixed sum
    expect(anna.page.locator("#id_amount")).to_have_value("100,00", timeout=PATIENCE_MS)
    assert not anna.barriers()
    anna.press("F4")
    anna.sees("Проведено")
    assert rows(product.owner, STATE, account) == [("posted", "solved", True)]
    anna.press("Escape")
    anna.sees("Жест доброй воли", "#timeline")


def test_the_sum_follows_the_hours_while_they_are_typed(desk: Callable[..., Desk], product: Product) -> None:
    account, _entry = charged(product, 5)
    anna = desk("accountant", f"/accounts/{account}/question/")
    anna.press("2")  # no service
    anna.page.locator("#id_hours").wait_for()
    assert not anna.barriers()
    anna.press("h")
    anna.page.keyboard.type("24")
    expect(anna.page.locator("#id_amount")).not_to_have_value("", timeout=PATIENCE_MS)
    expect(anna.page.locator("#id_hours")).to_be_focused()
    anna.press("F4")  # the cursor still stands in the hours
    anna.sees("Проведено")
    assert rows(product.owner, STATE, account) == [("posted", "solved", True)]


def test_a_supervisor_confirms_while_the_subscriber_waits(desk: Callable[..., Desk], product: Product) -> None:
    account, entry = charged(product, 2)
    anna = desk("accountant", f"/accounts/{account}/question/?about={entry}")
    anna.page.get_by_text("Претензия к начислениям").wait_for()
    anna.press("5")
    # The question began with a charge: without one the new sum is there, and nothing moves under the pointer any more.
    expect(anna.page.locator("#id_about")).to_have_value("", timeout=PATIENCE_MS)
    anna.sees("до 1 000 ₽", "#sum")
    anna.page.locator("#id_amount").fill("1 000,01")
    anna.push("Решить сейчас")
    anna.sees("Запрос у супервизора")
    anna.settles()
    anna.page.evaluate("window.stillHere = true")
    kirill = desk("supervisor_kirill", "/notices/")
    kirill.page.get_by_text("ждёт вашего подтверждения").first.click()
    kirill.sees("Подтвердить")
    kirill.sees("Баланс")
    kirill.sees(account)
    assert not kirill.barriers()
    kirill.press("F4")
    kirill.sees("Проведено")
    anna.sees("Проведено")
    assert anna.was_not_reloaded()
    assert rows(product.owner, STATE, account) == [("posted", "solved", True)]


def test_an_application_is_signed_and_photographed_with_a_phone(
    desk: Callable[..., Desk], browser: Browser, product: Product, tmp_path: Path
) -> None:
    account, _entry = charged(product, 3)
    anna = desk("accountant", f"/accounts/{account}/question/")
    anna.press("7")  # a claim: the law asks for paper
    anna.sees("Закон требует", "#sum")
    anna.page.locator("#id_amount").fill("150")
    anna.press("F4")
    anna.page.get_by_role("link", name="№ ").click()
    anna.sees("Страниц пока нет")
    assert not anna.barriers()
    anna.page.evaluate("window.stillHere = true")
    anna.settles()
    anna.press("c")
    link = anna.page.locator("#code .wrap").inner_text()
    photo = tmp_path / "page.jpg"
    Image.new("RGB", (600, 800), "white").save(photo)
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="ru-RU")
    phone = Desk(context, "")
    phone.page.goto(link)
    phone.page.locator("#pages").set_input_files(photo)
    assert not phone.barriers()
    phone.push("Отправить")
    phone.sees("Страница 1")
    assert not phone.barriers()
    phone.push("Готово")
    phone.sees("Принято")
    phone.leave()
    anna.page.locator("#paper img").wait_for()
    assert anna.was_not_reloaded()
    anna.press("F4")
    anna.sees("Проведено по подписанному заявлению")
    assert rows(product.owner, STATE, account) == [("posted", "solved", True)]


CAME = """SELECT c.channel, c.outcome FROM billing_dispute d JOIN contacts_contact c ON c.id = d.contact_id
JOIN billing_account a ON a.id = d.account_id JOIN customers_subscriber s ON s.id = a.subscriber_id
WHERE s.account = %s"""
OVER = """
from datetime import timedelta
from customers.models import Subscriber
from common import clock
from incidents.models import Incident
home = Subscriber.objects.get(account="{account}").premise.building
start = clock.now() - timedelta(hours=9)
Incident.objects.create(state="closed", resolution="restored", scope_kind="building", building=home,
    started_at=start, opened_at=start, restored_at=start + timedelta(hours=8), closed_at=clock.now())
"""
NEWEST = "SELECT max(id) FROM incidents_incident"
GIVEN = """SELECT count(*), count(l.id) FILTER (WHERE l.entry_id IS NOT NULL) FROM billing_compensationline l
JOIN billing_compensationsheet s ON s.id = l.sheet_id WHERE s.state = 'posted'"""


def test_a_closed_incident_becomes_money_in_one_step(desk: Callable[..., Desk], product: Product) -> None:
    account, _entry = charged(product, 4)
    anna = desk("accountant", "/compensation/")
    sheets = anna.page.locator("#list .rows a")
    expect(sheets).to_have_count(1, timeout=60_000)  # of last night
    inside(product, OVER.format(account=account))
    expect(sheets).to_have_count(2, timeout=60_000)
    assert anna.was_not_reloaded()
    sheets.filter(has_text=f"№ {rows(product.owner, NEWEST)[0][0]} ").click()
    anna.sees("Утвердить и провести")
    assert not anna.barriers()
    anna.page.get_by_role("button", name="Включён").first.click()
    anna.page.locator("[aria-pressed=false]").wait_for()
    anna.settles()
    anna.press("F4")
    anna.sees("Проведено на")
    ((lines, posted),) = rows(product.owner, GIVEN)
    assert posted == lines - 1 > 0


def test_the_balance_of_a_day_is_shown_and_handed_over(desk: Callable[..., Desk], product: Product) -> None:
    account, _entry = charged(product, 4)
    anna = desk("accountant", f"/accounts/{account}/")
    anna.press("F6")
    expect(anna.page.locator("#id_payment-amount")).to_be_focused(timeout=PATIENCE_MS)
    anna.press("Escape")
    anna.page.evaluate("window.stillHere = true")
    anna.settles()
    anna.push("Показать")
    anna.sees("Остаток на конец", "#turnover")
    assert anna.was_not_reloaded()
    anna.press("p")
    anna.sees("Выписка по лицевому счёту с")
    for path in (f"/accounts/{account}/", f"/accounts/{account}/extract/"):
        for width, height, theme in ((1440, 900, "light"), (1280, 720, "dark"), (360, 740, "light")):
            one = desk("accountant", path, width=width, height=height, theme=theme)
            assert not one.barriers(), (path, width, one.barriers())
            assert not one.overflows(), (path, width)


def test_a_visitor_is_called_to_the_desk_and_settled_there(desk: Callable[..., Desk], product: Product) -> None:
    account, _entry = charged(product, 6)
    anna = desk("accountant", "/front-desk/")
    form = anna.page.locator("aside form").first
    form.get_by_label("Лицевой счёт").fill(account)
    form.get_by_label("О чём").fill("Спорное начисление")
    anna.push("Выдать номер")
    anna.sees("Номер ")
    anna.settles()
    here, called = anna.page.locator("#queue .card").first, anna.page.locator("[name=at_desk]")
    while "Спорное начисление" not in here.inner_text():  # who came earlier goes first
        before = called.input_value()
        anna.press("F4")
        expect(called).not_to_have_value(before, timeout=PATIENCE_MS)
        anna.settles()
    assert not anna.barriers()
    here.get_by_role("link", name="Вопрос по начислению").click()
    anna.page.wait_for_url("**/question/**")
    anna.settles()
    expect(anna.page.get_by_label("Визит в офис")).to_have_count(0)  # it is known how he came
    anna.press("4")
    expect(anna.page.locator("#id_amount")).to_have_value("100,00", timeout=PATIENCE_MS)
    anna.press("F4")
    anna.sees("Проведено")
    assert rows(product.owner, CAME, account) == [("walk_in", "solved")]
    anna.go("/front-desk/")
    anna.push("Обслужен")
    anna.sees("У вас сейчас никого нет", "#queue")
