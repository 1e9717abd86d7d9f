"""Stories in a real browser against the whole running product: web, worker, sweep, Redis, PostgreSQL.

The cast is the demo's. One product serves all journeys, so each brings a house or a phone of its own.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from playwright.sync_api import Browser, sync_playwright

from scripts import browser as chromium
from tests.faults.product import Product
from tests.journeys.desk import Desk, Pbx, sign_in


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.xdist_group("journeys"))


# Journeys ring more in a minute than the town does in hours: only the plain rule of five callers may open an incident.
CALM = """INSERT INTO incidents_detectorsettings
(id, suspect_limit, open_limit, plain_rule, plain_callers, plain_minutes) VALUES (1, 999, 999, true, 5, 30)"""


@pytest.fixture(scope="package")
def product() -> Iterator[Product]:
    one = Product()
    try:
        one.begin()
        with psycopg2.connect(one.owner) as connection, connection.cursor() as cursor:
            cursor.execute(CALM)
        connection.close()
        yield one
    finally:
        one.discard()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium: the journeys are a part of the suite (scripts/browser.py)")
        pytest.skip("NO BROWSER: the journeys did not run. Install chromium, or run the tests as root on Debian.")
    with sync_playwright() as playwright:
        # The sandbox needs user namespaces, which containers lack; the pages are our own.
        one = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield one
        one.close()


@pytest.fixture
def desk(product: Product, browser: Browser) -> Iterator[Callable[..., Desk]]:
    """Somebody of the demo at his page: `desk("operator", "/calls/")`, by option `width=360`, `theme="dark"`."""
    opened: list[Desk] = []

    def sit_down(role: str, path: str, **look: Any) -> Desk:
        one = sign_in(browser, product, role, **look)
        opened.append(one)
        one.go(path)
        return one

    yield sit_down
    for one in opened:
        one.leave()


@pytest.fixture
def pbx(product: Product) -> Pbx:
    return Pbx(product)
