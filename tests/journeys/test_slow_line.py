"""Answers that come late, on a slow line or to a slow machine: what is drawn never goes back under somebody's hands."""

import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.faults.product import Product
from tests.journeys.desk import PATIENCE_MS, Desk, Pbx, inside
from tests.journeys.test_ticket import field, opened

OWNER = "SELECT u.username FROM firstline_callback c JOIN staff_user u ON u.id = c.owner_id WHERE c.id = %s"


URGENT = """
from datetime import timedelta
from common import clock
from contacts.models import Contact
from firstline import actions
from staff.models import User
by = User.objects.filter(role="operator").first()
actions.ask_call_back(contact=Contact.objects.get(pk=%d), by=by, due_at=clock.now() + timedelta(minutes=5))
"""
WATCH = """() => {
    window.titles = [];
    const look = () => window.titles.push(document.querySelector('#contact h1').textContent);
    new MutationObserver(look).observe(document.body, {childList: true, characterData: true, subtree: true});
}"""


class Late:
    """Answers (or, with `answered=False`, questions) of an address that wait until they are let through."""

    def __init__(self, page: Page, address: str, *, method: str = "GET", answered: bool = True) -> None:
        self.page, self.address, self.method, self.answered = page, re.compile(address), method, answered
        self.held: list[tuple[Route, Any]] = []
        self.is_open = False
        page.route(self.address, self._hold)

    def _hold(self, route: Route) -> None:
        if self.is_open or route.request.method != self.method:
            route.continue_()
            return
        answer = route.fetch() if self.answered else None
        if self.is_open:  # let through while it was asked
            self._release(route, answer)
        else:
            self.held.append((route, answer))

    @staticmethod
    def _release(route: Route, answer: Any) -> None:
        if answer:
            route.fulfill(response=answer)
        else:
            route.continue_()

    def waits(self) -> None:
        """Until something is held."""
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while not self.held:
            assert time.monotonic() < deadline, f"nobody asked for {self.address.pattern}"
            self.page.wait_for_timeout(20)

    def let_through(self) -> None:
        self.is_open = True
        for route, answer in self.held:
            self._release(route, answer)

    def let_through_until_asked_anew(self) -> None:
        """Until the page has heard the answer to a question that it asked after these."""
        old = [route.request for route, _ in self.held]
        with self.page.expect_response(lambda reply: self.address.search(reply.url) and reply.request not in old):
            self.let_through()


def test_a_panel_that_comes_late_takes_the_caret_from_no_field(desk: Callable[..., Desk], pbx: Pbx) -> None:
    call = pbx.line("+79995550191").ring().answer()
    contact = call.contact(pbx)
    olga = desk("operator", "/security/")
    late = Late(olga.page, rf"/knowledge/contacts/{contact}/$")
    olga.go(f"/calls/{contact}/")
    late.waits()
    olga.press("F6")
    late.let_through()
    expect(olga.page.locator("#answers-q")).to_be_visible(timeout=PATIENCE_MS)
    olga.page.keyboard.type("Лен")
    expect(olga.page.locator("#house")).to_have_value("Лен")
    call.hang_up()


def test_what_was_asked_before_a_deed_is_not_drawn_after_it(desk: Callable[..., Desk], pbx: Pbx) -> None:
    call = pbx.line(pbx.lonely_phone()).ring().answer()
    contact = call.contact(pbx)
    olga = desk("operator", f"/calls/{contact}/")
    expect(olga.page.locator("#answers-q")).to_be_focused(timeout=PATIENCE_MS)
    late = Late(olga.page, rf"/calls/{contact}/\?.*part=contact")
    other = pbx.line(pbx.lonely_phone()).ring()  # everybody's screen asks for itself
    late.waits()
    olga.press("Alt+2", "Alt+1")
    expect(olga.page.get_by_role("heading", name="Где оплатить")).to_be_visible(timeout=PATIENCE_MS)
    olga.page.evaluate(WATCH)
    late.let_through_until_asked_anew()
    expect(olga.page.locator("[data-wrap-up]")).to_be_visible(timeout=PATIENCE_MS)
    assert set(olga.page.evaluate("window.titles")) <= {"Где оплатить"}
    other.hang_up()
    call.hang_up()


def test_enter_gives_what_was_found_for_the_words_though_an_older_list_came_after_it(
    desk: Callable[..., Desk], pbx: Pbx
) -> None:
    call = pbx.line(pbx.lonely_phone()).ring().answer()
    contact = call.contact(pbx)
    olga = desk("operator", f"/calls/{contact}/")
    expect(olga.page.locator("#answers-q")).to_be_focused(timeout=PATIENCE_MS)
    late = Late(olga.page, rf"/knowledge/contacts/{contact}/(\?q=[^&]*)?$")
    olga.page.locator("#answers").dispatch_event("live-ask")
    late.waits()
    olga.page.keyboard.type("терм")
    expect(olga.page.locator("#hits")).to_have_attribute("data-q", "терм", timeout=PATIENCE_MS)
    late.let_through_until_asked_anew()
    olga.press("Enter")
    expect(olga.page.locator("#answer .say")).to_contain_text("Терминал", timeout=PATIENCE_MS)
    call.hang_up()


def test_a_note_keeps_its_last_letters_when_an_older_one_is_drawn(desk: Callable[..., Desk], pbx: Pbx) -> None:
    call = pbx.line("+79995550192").ring().answer()
    contact = call.contact(pbx)
    olga = desk("operator", f"/calls/{contact}/")
    expect(olga.page.locator("#answers-q")).to_be_focused(timeout=PATIENCE_MS)
    olga.press("Alt+m")
    olga.page.keyboard.type("Кот")
    pbx.until("SELECT 1 FROM firstline_notedraft WHERE contact_id = %s AND text = 'Кот'", contact)
    late = Late(olga.page, rf"/calls/{contact}/\?.*part=contact")
    olga.page.locator("#note").dispatch_event("live-ask")
    late.waits()
    olga.page.keyboard.type("!")
    olga.press("F6")
    olga.page.evaluate("""addEventListener('htmx:after:swap', (event) => {
        if (event.detail.ctx.target.id === 'contact') document.documentElement.dataset.drawn = 'yes';
    })""")
    late.let_through()
    expect(olga.page.locator("html")).to_have_attribute("data-drawn", "yes", timeout=PATIENCE_MS)
    expect(olga.page.locator("#note")).to_have_value("Кот!")
    call.hang_up()


def test_a_promise_under_the_hand_stays_there_when_a_more_urgent_one_comes(
    desk: Callable[..., Desk], pbx: Pbx, product: Product
) -> None:
    phone, urgent = pbx.lonely_phone(), pbx.lonely_phone()
    call = pbx.line(phone).ring().answer().hang_up()
    olga = desk("operator", f"/calls/{call.contact(pbx)}/")
    olga.press("Alt+2", "Alt+1")
    expect(olga.page.get_by_role("heading", name="Где оплатить")).to_be_visible(timeout=PATIENCE_MS)
    olga.press("Alt+b")
    olga.page.wait_for_url("**/calls/")
    sql = "SELECT id FROM firstline_callback WHERE phone = %s"
    ((promise,),) = pbx.until(sql, phone)
    second = pbx.line(urgent).ring().answer().hang_up().contact(pbx)
    olga.go("/calls/call-backs/")
    olga.page.locator(f"[action$='/{promise}/take/'] button").focus()
    inside(product, URGENT % second)
    ((other,),) = pbx.until(sql, urgent)
    expect(olga.page.locator(f"[action$='/{other}/take/']")).to_be_visible(timeout=PATIENCE_MS)
    olga.press("Enter")
    assert pbx.until(OWNER, promise)
    assert not pbx.ask(OWNER, other)


def test_a_note_sent_twice_by_an_impatient_hand_is_one_and_what_is_typed_on_stays(
    desk: Callable[..., Desk], pbx: Pbx, product: Product
) -> None:
    number = opened(product, pbx, pbx.lonely_phone(), "Медленная линия")
    sergey = desk("support", f"/tickets/{number}/")
    late = Late(sergey.page, f"/tickets/{number}/comment/$", method="POST", answered=False)
    sergey.press("n")
    expect(field(sergey)).to_be_focused()
    sergey.page.keyboard.type("Порт поменял")
    sergey.press("F4", "F4")
    late.waits()
    sergey.page.keyboard.type(", проверю")
    late.let_through()
    sergey.sees("Порт поменял", ".talk .entry.note")
    expect(field(sergey)).to_have_value(", проверю")
    sergey.press("F4")
    sergey.sees(", проверю", ".talk .entry.note")
    expect(field(sergey)).to_have_value("", timeout=PATIENCE_MS)
    expect(sergey.page.locator(".talk .entry.note")).to_have_count(2, timeout=PATIENCE_MS)
    ((drafts,),) = pbx.ask(
        "SELECT count(*) FROM tickets_draft d JOIN tickets_ticket t ON t.id = d.ticket_id WHERE t.number = %s", number
    )
    assert drafts == 0


def test_a_file_on_its_way_goes_along_with_the_words(desk: Callable[..., Desk], pbx: Pbx, product: Product) -> None:
    number = opened(product, pbx, pbx.lonely_phone(), "Файл в пути")
    sergey = desk("support", f"/tickets/{number}/")
    late = Late(sergey.page, f"/tickets/{number}/files/$", method="POST")
    sergey.press("n")
    sergey.page.keyboard.type("Смотрите снимок")
    for name in ("first.txt", "second.txt"):
        sergey.page.locator("#note-files").set_input_files(
            {"name": name, "mimeType": "text/plain", "buffer": name.encode()}
        )
    sergey.press("F4")
    late.waits()
    late.let_through()
    note = sergey.page.locator(".talk .entry.note", has_text="Смотрите снимок")
    expect(note).to_contain_text("first.txt", timeout=PATIENCE_MS)
    expect(note).to_contain_text("second.txt")
    expect(sergey.page.locator("#note-list li")).to_have_count(0, timeout=PATIENCE_MS)
