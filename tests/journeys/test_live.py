"""What a live stream tells, and to whom."""

import threading
from collections.abc import Callable
from contextlib import suppress

import requests

from tests.faults.product import Product
from tests.journeys.desk import Desk, Pbx, signed_out


def cookies_of(one: Desk) -> dict[str, str]:
    return {str(cookie["name"]): str(cookie["value"]) for cookie in one.context.cookies()}


class Ear:
    """Listens in a thread, as an open page does."""

    def __init__(self, base: str, cookies: dict[str, str], *topics: str, headers: dict[str, str] | None = None) -> None:
        asked = [("topic", topic) for topic in topics]
        self.reply = requests.get(
            f"{base}/live/", params=asked, cookies=cookies, headers=headers, stream=True, timeout=30
        )
        self.lines: list[str] = []
        self.heard = threading.Event()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        with suppress(requests.RequestException, AttributeError):  # closed under its reader
            for line in self.reply.iter_lines(chunk_size=1, decode_unicode=True):
                self.lines.append(line)
                if line.startswith("data:"):
                    self.heard.set()
        self.ended.set()


def test_a_stream_tells_what_its_listener_may_hear_and_nothing_else(desk: Callable[..., Desk], pbx: Pbx) -> None:
    olga = desk("operator", "/tickets/")
    ear = Ear(olga.base, cookies_of(olga), "calls:all", "desk:dispatch", "user:1", "nonsense", "presence:all")
    assert ear.reply.status_code == 200
    assert ear.reply.headers["Content-Type"] == "text/event-stream"
    pbx.line(pbx.lonely_phone()).ring().hang_up()
    assert ear.heard.wait(15)
    assert {line for line in ear.lines if line.startswith("data:")} <= {'data: {"topic": "calls:all"}'}
    ear.reply.close()


def test_strangers_and_foreign_pages_hear_nothing(desk: Callable[..., Desk]) -> None:
    olga = desk("operator", "/tickets/")
    assert Ear(olga.base, {}, "calls:all").reply.status_code == 403
    assert Ear(olga.base, {"sessionid": "made-up"}, "calls:all").reply.status_code == 403
    foreign = Ear(olga.base, cookies_of(olga), "calls:all", headers={"Origin": "https://elsewhere.example"})
    assert foreign.reply.status_code == 403


def test_a_stream_ends_with_its_session(desk: Callable[..., Desk], product: Product) -> None:
    larisa = desk("lead", "/tickets/")
    ear = Ear(larisa.base, cookies_of(larisa), "calls:all")
    assert ear.reply.status_code == 200
    larisa.page.locator("header summary", has_text="Меню").click()
    larisa.push("Выйти", "header")
    larisa.page.wait_for_url("**/login/**")
    signed_out(product, "lead")
    assert ear.ended.wait(15)
    # What a page asked for by itself in the moment of leaving was refused, as it should be.
    larisa.complaints = [words for words in larisa.complaints if "401" not in words]
