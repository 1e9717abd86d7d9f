"""Every page in both themes and both languages, on a desk and on a phone: no barriers, nothing cut off."""

from collections.abc import Callable

import pytest

from tests.journeys.desk import Desk

PAGES = {
    "/calls/": "operator",
    "/visits/": "dispatcher",
    "/visits/today/": "master",
    "/incidents/": "support",
    "/incidents/works/": "support",
    "/tickets/": "support",
    "/visits/shifts/": "dispatcher",
    "/security/": "operator",
    "/people/1/reset/": "admin",
    "/overview/": "supervisor",
    "/overview/detector/": "supervisor",
    "/accounts/": "accountant",
    "/questions/": "accountant",
    "/questions/reasons/": "accountant",
    "/questions/readings/": "supervisor_kirill",
    "/applications/": "accountant",
    "/front-desk/": "accountant",
    "/statements/": "accountant",
    "/statements/reports/": "accountant",
    "/compensation/": "accountant",
    # What the demo's day has put on the desk.
    "/questions/1/": "accountant",
    "/applications/1/": "accountant",
    "/statements/1/": "accountant",
    "/letters/": "accountant",
    "/handed/": "accountant",
}
LOOKS = [(1440, 900, "light", "ru-RU"), (1280, 720, "dark", "en-GB"), (360, 740, "light", "ru-RU")]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_barriers_and_fits(desk: Callable[..., Desk], path: str) -> None:
    for width, height, theme, language in LOOKS:
        one = desk(PAGES[path], path, width=width, height=height, theme=theme, language=language)
        assert not one.barriers(), (path, width, theme, one.barriers())
        assert not one.overflows(), (path, width)


def test_the_language_and_the_theme_are_the_persons_own(desk: Callable[..., Desk]) -> None:
    vera = desk("supervisor", "/overview/")
    vera.page.locator("header summary", has_text="Меню").click()
    vera.push("Тёмное", "header")
    assert vera.page.evaluate("document.documentElement.dataset.theme") == "dark"
    vera.push("English", "header")
    vera.sees("People")
    assert vera.page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_question_mark_tells_the_keys(desk: Callable[..., Desk]) -> None:
    sergey = desk("support", "/tickets/")
    sergey.press("?")
    sergey.sees("Клавиши этой страницы", "dialog[open]")
    sergey.sees("Ctrl+K", "dialog[open]")
    sergey.press("Escape")
    sergey.press("Control+k")
    sergey.page.keyboard.type("000001")
    sergey.press("Enter")
    sergey.sees("Найдено по запросу", "main")
