"""The host's evening in a real browser: long names, the end of the night as it is typed, many nights, and paper."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from pipeline.db import Database
from tests import sound
from tests.browser import chrome
from tests.server import Server
from tests.ui.panel import add_past_nights

LANDSCAPE = (1180, 820)
LONG_TITLE = "The Ballad of the Forty-Seven Letters of a Name"
LONG_ARTIST = "Somebody with a long name, featuring somebody else and the orchestra of somewhere"
LONG_NIGHT = "The great summer karaoke festival of the singing club 1888"
LONG_LIST = "All the songs that the whole house has known by heart so far"
LONG_WIFI = "The network of the guests, below"
# What does not fit into a card or slip.
CUT = """
    cards => cards.flatMap((card) => [...card.querySelectorAll("p, div")]
        .filter((each) => each.getBoundingClientRect().bottom > card.getBoundingClientRect().bottom)
        .map((each) => each.className))
"""
PAGE = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("evening") / "data", whole=True) as started:
        yield started


@pytest.fixture(scope="module")
def song_id(server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = sound.save(tmp_path_factory.mktemp("songs") / "1.wav", sound.song(5))
    with server.host() as host:
        host.post("/api/v1/songs", files={"files": (path.name, path.read_bytes())}).raise_for_status()
        (song,) = host.get("/api/v1/songs").json()["items"]
        named = {"title": LONG_TITLE, "artist": LONG_ARTIST}
        host.patch(f"/api/v1/songs/{song['id']}", json=named).raise_for_status()
        return str(song["id"])


@pytest.fixture(scope="module")
def panel(chromium: str, server: Server) -> Iterator[Page]:
    with server.host() as host, sync_playwright() as playwright:
        browser = chrome.launch(playwright, chromium)
        context = browser.new_context(viewport={"width": LANDSCAPE[0], "height": LANDSCAPE[1]})
        token = host.cookies["encore_host"]
        context.add_cookies([{"name": "encore_host", "value": token, "url": server.base_url}])
        page = context.new_page()
        page.goto(f"{server.base_url}/host")
        expect(page.locator(".panel")).to_be_visible()
        yield page
        browser.close()


def close(panel: Page) -> None:
    panel.keyboard.press("Escape")
    expect(panel.locator(".q-dialog")).to_have_count(0)


def test_a_long_title_leaves_the_rest_of_its_row_in_sight(panel: Page, song_id: str) -> None:
    panel.locator(".btn.tab.queue").click()
    panel.get_by_role("button", name="+ Song").click()
    expect(panel.locator(".found-song")).to_have_count(1)
    expect(panel.locator(".found-song .pill")).to_be_in_viewport()
    fits = "each => each.scrollWidth <= each.clientWidth"
    assert panel.locator(".found").evaluate(fits)
    close(panel)


def test_a_long_name_leaves_the_buttons_of_a_dialog_in_sight(
    panel: Page, server: Server, song_id: str
) -> None:
    with server.host() as host:
        host.patch("/api/v1/night", json={"name": LONG_NIGHT}).raise_for_status()
        body = {"name": LONG_LIST, "song_ids": [song_id]}
        host.post("/api/v1/lists", json=body).raise_for_status()
    panel.locator(".btn.tab.night").click()
    panel.get_by_role("button", name="Figures", exact=True).click()
    expect(panel.locator(".q-dialog .sheet-title")).to_contain_text(LONG_NIGHT)
    expect(panel.get_by_role("button", name="Close").last).to_be_in_viewport(ratio=1)
    assert panel.locator(".figures-sheet").evaluate("each => each.scrollWidth <= each.clientWidth")
    close(panel)
    panel.get_by_role("button", name="House lists").click()
    panel.locator(".lists-sheet .found-song", has_text=LONG_LIST).click()
    for name in ("Close", "Delete the list", "Another name", f"Take {LONG_TITLE} off the list"):
        expect(panel.get_by_role("button", name=name).last).to_be_in_viewport(ratio=1)
    assert panel.locator(".lists-sheet").evaluate("each => each.scrollWidth <= each.clientWidth")
    close(panel)


def test_a_problem_stands_clear_of_the_buttons_at_the_foot(panel: Page, server: Server, song_id: str) -> None:
    with server.host() as host:
        singer = (
            host.post("/api/v1/singers", json={"name": "Maria Magdalena of B."}).raise_for_status().json()
        )
        turn = host.post("/api/v1/turns", json={"song_id": song_id, "singer_id": singer["id"]})
        server.paired_tv().close()
        expect(panel.locator(".problem")).to_contain_text("The TV has gone")
        problem, room = (panel.locator(each).bounding_box() for each in (".problem", ".room"))
        assert problem
        assert room
        assert problem["y"] + problem["height"] <= room["y"]
        host.delete(f"/api/v1/turns/{turn.raise_for_status().json()['id']}").raise_for_status()


def deeds(server: Server) -> int:
    with server.host() as host:
        return len(host.get("/api/v1/deeds").raise_for_status().json()["items"])


def test_the_end_of_the_night_is_set_once(panel: Page, server: Server) -> None:
    panel.locator(".btn.tab.night").click()
    before = deeds(server)
    field = panel.locator("input[type=time]")
    field.click(position={"x": 20, "y": 20})
    for key in ("0", "1", "3", "0", "a"):
        panel.keyboard.press(key)
        panel.wait_for_timeout(100)
    panel.wait_for_timeout(1500)
    assert deeds(server) == before, "somebody types"
    panel.keyboard.press("Enter")
    expect(panel.get_by_text("The rules were changed")).to_be_visible()
    assert deeds(server) == before + 1
    # A picker sets it in one go, and no key is pressed; the field keeps the focus.
    field.fill("02:15")
    end = time.monotonic() + 20
    while deeds(server) == before + 1 and time.monotonic() < end:
        time.sleep(0.1)
    assert deeds(server) == before + 2


def test_an_earlier_night_is_seen_from_its_top(panel: Page, server: Server, song_id: str) -> None:
    base = Database(server.data / "encore.db")
    with base.write() as s:
        add_past_nights(s, song_id, 40)
    base.close()
    panel.locator(".btn.tab.night").click()
    panel.get_by_role("button", name="Figures", exact=True).click()
    panel.get_by_role("button", name="Show more").click()
    panel.locator(".figures-sheet .found-song", has_text="Night no. 0.").click()
    expect(panel.locator(".figures-sheet .sheet-title")).to_contain_text("Night no. 0.")
    expect(panel.locator(".figures-sheet .sheet-title")).to_be_in_viewport(ratio=1)
    close(panel)


PAPERS = [("Karaoke", ""), ("Karaoke", "Guests"), (LONG_NIGHT, LONG_WIFI), ("W" * 60, "W" * 32)]


@pytest.mark.parametrize(("name", "wifi"), PAPERS, ids=["short", "Wi-Fi", "long", "wide"])
def test_cards_and_slips_fill_one_sheet(panel: Page, server: Server, name: str, wifi: str) -> None:
    with server.host() as host:
        host.patch("/api/v1/night", json={"name": name}).raise_for_status()
        host.put("/api/v1/night/wifi", json={"name": wifi, "password": "a long password"}).raise_for_status()
    page = panel.context.new_page()
    for kind, sections in (("cards", 6), ("slips", 8)):
        page.goto(f"{server.base_url}/host/print/{kind}")
        expect(page.locator("section")).to_have_count(sections)
        sheets = [len(PAGE.findall(page.pdf(format=paper))) for paper in ("A4", "Letter")]
        assert sheets == [1, 1], kind
        page.emulate_media(media="print")
        cut = page.locator("section").evaluate_all(CUT)
        assert cut == [], kind
        page.emulate_media(media="null")
    page.close()
