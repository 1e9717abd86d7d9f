"""What the first line looks at, in every size and both themes: no barriers, nothing cut off."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import PATIENCE_MS, Desk, Pbx

SIZES = [(1440, 900), (1280, 720), (360, 740)]
SCRIPT = "SELECT id FROM guidance_script ORDER BY id LIMIT 1"
PAGES = {
    "/calls/call-backs/": "operator",
    "/calls/people/": "supervisor",
    "/knowledge/": "operator",
    "/settings/topics/": "supervisor",
    "/settings/scripts/": "supervisor",
    "/settings/scripts/%s/": "supervisor",
    "/settings/scripts/%s/try/": "supervisor",
    "/settings/scripts/%s/heat/": "supervisor",
    "/settings/scripts/phrases/": "supervisor",
    "/settings/personal-data/readings/": "supervisor",
    "/settings/knowledge/": "supervisor",
    "/settings/knowledge/new/": "supervisor",
    "/settings/knowledge/places/": "supervisor",
    "/settings/knowledge/missing/": "supervisor",
    "/settings/knowledge/synonyms/": "supervisor",
    "/settings/knowledge/files/": "supervisor",
    "/visits/connections/": "dispatcher",
    "/visits/connections/demand/": "dispatcher",
    "/visits/connections/houses/": "dispatcher",
}


def fits_everywhere(one: Desk, name: str, album: Path) -> None:
    """Look at the page as it stands in each size and theme, and keep a picture of each pair."""
    for width, height in SIZES:
        one.page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            one.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            one.page.screenshot(path=album / f"{name}-{width}-{theme}.png")
            if (theme == "dark") == (width == 1280):  # each size and each theme is walked with axe, not each pair
                assert not one.barriers(), (name, width, theme, one.barriers())
        assert not one.overflows(), (name, width)
    one.page.set_viewport_size({"width": 1440, "height": 900})


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("looks")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_the_first_line_has_no_barriers_and_fits(
    desk: Callable[..., Desk], pbx: Pbx, album: Path, path: str
) -> None:
    one = desk(PAGES[path], path.replace("%s", str(pbx.ask(SCRIPT)[0][0])))
    fits_everywhere(one, path.strip("/").replace("/", "-").replace("%s", "one"), album)


def test_the_call_screen_fits_from_the_first_ring_to_the_wrap_up(
    desk: Callable[..., Desk], pbx: Pbx, album: Path
) -> None:
    line = pbx.line(pbx.lonely_phone()).ring()
    contact = line.contact(pbx)
    olga = desk("operator", f"/calls/{contact}/")
    olga.sees("Звонит", "#contact")
    expect(olga.page.locator("#answers-q")).to_be_visible(timeout=PATIENCE_MS)
    fits_everywhere(olga, "call-ringing", album)
    line.answer()
    olga.sees("Разговор", "#contact")
    olga.press("Alt+1", "Alt+1")
    olga.sees("Вопросы: Нет интернета", "#guide")
    fits_everywhere(olga, "call-answered-fault", album)
    olga.press("Alt+t")
    expect(olga.page.get_by_role("button", name="Техподдержка")).to_be_visible(timeout=PATIENCE_MS)
    fits_everywhere(olga, "call-hand-over", album)
    line.hang_up()
    olga.sees("Завершён", "#contact")
    fits_everywhere(olga, "call-ended", album)


def test_the_call_screen_fits_for_a_stranger_who_wants_to_be_connected(
    desk: Callable[..., Desk], pbx: Pbx, album: Path
) -> None:
    line = pbx.line("+79995550190").ring().answer()
    olga = desk("operator", f"/calls/{line.contact(pbx)}/")
    expect(olga.page.locator("#answers-q")).to_be_focused(timeout=PATIENCE_MS)
    olga.press("F6")
    olga.page.keyboard.type("оран", delay=20)
    expect(olga.page.locator("#who-found button").first).to_be_visible(timeout=PATIENCE_MS)
    fits_everywhere(olga, "call-stranger", album)
    olga.press("Enter")
    olga.press("Alt+5", "Alt+1")
    expect(olga.page.locator("#connect-flat")).to_be_visible(timeout=PATIENCE_MS)
    fits_everywhere(olga, "call-connection", album)
    line.hang_up()


def test_the_call_screen_fits_for_a_lost_call_and_a_shared_number(
    desk: Callable[..., Desk], pbx: Pbx, album: Path
) -> None:
    lost = pbx.line(pbx.shared_phone()).ring()
    contact = lost.contact(pbx)
    lost.hang_up()
    olga = desk("operator", f"/calls/{contact}/")
    olga.sees("уточните, кто звонит", "#contact")
    fits_everywhere(olga, "call-lost-shared", album)


def test_the_list_of_promised_calls_fits_with_one_in_hand(desk: Callable[..., Desk], pbx: Pbx, album: Path) -> None:
    line = pbx.line(pbx.lonely_phone()).ring().answer()
    contact = line.contact(pbx)
    olga = desk("operator", f"/calls/{contact}/")
    expect(olga.page.locator("#answers-q")).to_be_focused(timeout=PATIENCE_MS)
    olga.press("Alt+2", "Alt+1")
    expect(olga.page.get_by_role("heading", name="Где оплатить")).to_be_visible(timeout=PATIENCE_MS)
    olga.press("Alt+b")
    pbx.until("SELECT 1 FROM firstline_callback WHERE contact_id = %s", contact)
    olga.page.wait_for_url("**/calls/")
    olga.go("/calls/call-backs/")
    olga.press("F2")
    olga.sees("Наберите", "#rows")
    fits_everywhere(olga, "call-backs-in-hand", album)
    line.hang_up()
