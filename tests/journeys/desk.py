import itertools
import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import requests
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, expect

from tests.architecture.test_structure import ROOT
from tests.faults.invariants import rows
from tests.faults.product import Product

PATIENCE_MS = 15_000
OFFICE = {"accountant", "supervisor_kirill"}  # who works at the finance process's pages
DRAWN = """(what) => new Promise((done) => {
    const region = document.querySelector(what).closest("[data-live]");
    addEventListener("htmx:after:swap", (event) => { if (event.detail.ctx.target === region) done(); });
    region.dispatchEvent(new CustomEvent("live-ask", { bubbles: true }));
})"""
AXE = (ROOT / "static/vendor/axe.min.js").read_text()
_cookies: dict[tuple[int, str], Any] = {}
_numbers = itertools.count(1)


class Desk:
    """A person at a page. Everything the browser complained about fails the test when he leaves."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context, self.base = context, base
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.presses = 0
        self.complaints: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type in {"error", "warning"} else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path: str) -> None:
        """Open a page and wait until it lives."""
        self.page.goto(self.base + path)
        self.settles()
        # A reload would lose this mark: pages must change by themselves.
        self.page.evaluate("window.stillHere = true")

    def settles(self) -> None:
        """Wait until the page hears what happens elsewhere, and with that its keys."""
        if self.page.locator("[data-live]").count():
            expect(self.page.locator("html")).to_have_attribute("data-live", "up", timeout=PATIENCE_MS)

    def was_not_reloaded(self) -> bool:
        return bool(self.page.evaluate("window.stillHere === true"))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.presses += 1

    def sees(self, text: str, inside: str = "body") -> Locator:
        found = self.page.locator(inside).get_by_text(text).first
        expect(found).to_be_visible(timeout=PATIENCE_MS)
        return found

    def misses(self, text: str, inside: str = "body") -> None:
        expect(self.page.locator(inside).get_by_text(text)).to_have_count(0, timeout=PATIENCE_MS)

    def push(self, name: str, inside: str = "main") -> None:
        self.page.locator(inside).get_by_role("button", name=name).first.click()

    def draws_anew(self, what: str) -> None:
        """A region of the page asks for itself, as when somebody else changed something; until the answer is drawn."""
        self.page.evaluate(DRAWN, what)

    def barriers(self) -> list[str]:
        """What stands in the way of people with disabilities, as axe finds it."""
        self.page.evaluate(AXE)
        found = self.page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
        )
        return [f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in found["violations"]]

    def overflows(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))

    def leave(self) -> None:
        # A context that is closed while its page goes to another one sometimes waits for ever.
        with suppress(Error):
            self.page.wait_for_load_state("load")
            self.page.goto("about:blank")
        self.context.close()
        assert not self.complaints, self.complaints


def inside(product: Product, code: str) -> None:
    """Run a few lines in the product's own shell: for deeds that have no page."""
    environment = json.loads((product.data_dir / "environment.json").read_text())
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment, "DATA_DIR": str(product.data_dir)},
        check=True,
        timeout=60,
    )


def role_of(product: Product, username: str) -> str:
    """The name under which demo.json keeps this person."""
    demo = json.loads((product.data_dir / "demo.json").read_text())
    return next(role for role, who in demo["users"].items() if who["username"] == username)


def signed_out(product: Product, role: str) -> None:
    """Somebody of this role has signed out: the next one signs in anew."""
    del _cookies[product.port, role]


def sign_in(
    browser: Browser,
    product: Product,
    role: str,
    *,
    width: int = 1440,
    height: int = 900,
    theme: Any = "light",
    language: str = "ru-RU",
) -> Desk:
    """Sign in through the form, once a role; later pages of the same role come with its cookies."""
    demo = json.loads((product.data_dir / "demo.json").read_text())
    base = demo["finance_url"] if role in OFFICE else demo["base_url"]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=language,
        color_scheme=theme,
        reduced_motion="reduce",
        storage_state=_cookies.get((product.port, role)),
    )
    desk = Desk(context, base)
    if (product.port, role) not in _cookies:
        who = demo["users"][role]
        desk.page.goto(base + "/login/")
        desk.page.locator("[name=login]").fill(who["username"])
        desk.page.locator("[name=password]").fill(who["password"])
        desk.page.locator("main button").click()
        if who["totp_secret"]:
            code = format_hotp_value(hotp_value(who["totp_secret"], int(time.time() // 30)))
            desk.page.locator("[name=code]").fill(code)
            desk.page.locator("main button").click()
        expect(desk.page.locator("header .avatar")).to_be_visible(timeout=PATIENCE_MS)
        _cookies[product.port, role] = context.storage_state()
    return desk


class Line:
    """One call of the demo's PBX, told as it goes."""

    def __init__(self, url: str, phone: str) -> None:
        self.url, self.phone, self.call_id = url, phone, f"journey-{next(_numbers)}"

    def _tell(self, event: str, **more: str) -> dict[str, Any]:
        body = {"event": event, "callId": self.call_id, "from": self.phone, "to": "100", "direction": "in"}
        reply = requests.post(self.url, json={**body, "ts": datetime.now(UTC).isoformat(), **more}, timeout=10)
        reply.raise_for_status()
        told: dict[str, Any] = reply.json()
        return told

    def ring(self) -> "Line":
        self.told = self._tell("newCall")
        return self

    def answer(self, user: str = "olga") -> "Line":
        self._tell("answer", user=user)
        return self

    def hang_up(self) -> "Line":
        self._tell("hangup", cause="normalClearing")
        return self

    def contact(self, pbx: "Pbx") -> int:
        sql = "SELECT contact_id FROM calls_call WHERE call_id = %s AND contact_id IS NOT NULL"
        return int(pbx.until(sql, self.call_id)[0][0])


class Pbx:
    def __init__(self, product: Product) -> None:
        self.product = product

    def line(self, phone: str) -> Line:
        return Line(self.product.url, phone)

    def lonely_phone(self) -> str:
        """The number of one subscriber alone, not used before."""
        return str(self._phone("HAVING count(*) = 1", next(_numbers)))

    def shared_phone(self) -> str:
        return str(self._phone("HAVING count(*) = 2", next(_numbers)))

    def _phone(self, having: str, skip: int) -> Any:
        sql = "SELECT number FROM customers_phone GROUP BY number " + having + " ORDER BY md5(number) OFFSET %s LIMIT 1"
        return self.ask(sql, skip)[0][0]

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return rows(self.product.owner, sql, *values)

    def until(self, sql: str, *values: Any, seconds: float = 20) -> list[tuple[Any, ...]]:
        """What the database says as soon as it says anything."""
        deadline = time.monotonic() + seconds
        while not (found := self.ask(sql, *values)):
            assert time.monotonic() < deadline, f"still nothing: {sql}"
            time.sleep(0.05)
        return found
