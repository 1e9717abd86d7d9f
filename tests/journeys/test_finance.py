"""The finance desk in a real browser: questions settled while the caller waits."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.faults.invariants import rows
from tests.faults.product import Product
from tests.journeys.desk import PATIENCE_MS, Desk

WRONG = """SELECT s.account, e.id FROM billing_entry e JOIN billing_account a ON a.id = e.account_id
JOIN customers_subscriber s ON s.id = a.subscriber_id WHERE e.kind = 'charge' ORDER BY e.amount, e.id LIMIT %s"""
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


def test_a_supervisor_confirms_while_the_subscriber_waits(desk: Callable[..., Desk], product: Product) -> None:
    account, entry = charged(product, 2)
    anna = desk("accountant", f"/accounts/{account}/question/?about={entry}")
    anna.page.get_by_text("Претензия к начислениям").wait_for()
    anna.press("5")
    anna.sees("До 1 000 ₽", "#sum")
    anna.page.locator("#id_amount").fill("1 000,01")
    anna.push("Решить сейчас")
    anna.sees("Запрос у супервизора")
    anna.settles()
    anna.page.evaluate("window.stillHere = true")
    kirill = desk("supervisor_kirill", "/questions/")
    kirill.page.get_by_text(account).first.click()
    kirill.sees("Подтвердить")
    assert not kirill.barriers()
    kirill.press("F4")
    kirill.sees("Проведено")
    anna.sees("Проведено")
    assert anna.was_not_reloaded()
    assert rows(product.owner, STATE, account) == [("posted", "solved", True)]
