"""The host's panel at a tablet's two shapes, on a laptop and on a phone: no serious barrier on any tab, and nothing out of sight."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import sound
from tests.browser import chrome
from tests.browser.axe import barriers
from tests.browser.rest import RIPPLES, comes_to_rest
from tests.server import Server, Tv

TABS = ("queue", "requests", "singers", "library", "jobs", "night", "settings")
LANDSCAPE, PORTRAIT, LAPTOP, PHONE = (1180, 820), (820, 1180), (1440, 900), (390, 844)
# The longest name there can be, an emoji, and letters that run from right to left.
NAMES = ("Maria", "W" * 24, "🦄 Zoë 🦄", "محمد عبد الرحمن", *(f"Guest {n}" for n in range(8)))
SMALL = """
    () => [...document.querySelectorAll("button, a, input:not([type=file]), [role=tab], [role=slider]")]
        .filter((each) => each.offsetParent && getComputedStyle(each).visibility === "visible")
        .map((each) => [each, (each.closest(".q-field") || each.closest(".fader") || each).getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.width < 43.5 || box.height < 43.5))
        .map(([each, box]) => `${each.className} ${each.textContent} ${box.width}×${box.height}`)
"""
# The script takes the veil behind a dialog for what lies on top of it.
VEILED = "color-contrast"
WIDE = "() => [...document.querySelectorAll('html, .now, .pane-body')].some((each) => each.scrollWidth > each.clientWidth)"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("barriers") / "data", whole=True) as started:
        yield started


@pytest.fixture(scope="module")
def tv(server: Server) -> Iterator[Tv]:
    with server.paired_tv() as opened:
        yield opened


@pytest.fixture(scope="module")
def panel(chromium: str, server: Server, tv: Tv, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A song sung, a full queue, a request and a line that wait."""
    folder = tmp_path_factory.mktemp("songs")
    with server.host() as host, sync_playwright() as playwright:
        files = [sound.save(folder / f"{n}.wav", sound.song(8, seed=n)) for n in range(2)]
        for path in files:
            host.post("/api/v1/songs", files={"files": (path.name, path.read_bytes())}).raise_for_status()
        browser = chrome.launch(playwright, chromium)
        page = _open(browser, server, host.cookies["encore_host"])
        page.get_by_role("tab", name="Library").click()
        expect(page.locator(".item.song .pill", has_text="✓ ready")).to_have_count(2, timeout=60_000)
        songs = [song["id"] for song in host.get("/api/v1/songs").json()["items"]]
        for n, name in enumerate(NAMES):
            singer = host.post("/api/v1/singers", json={"name": name}).raise_for_status().json()
            body = {"song_id": songs[n % 2], "singer_id": singer["id"]}
            host.post("/api/v1/turns", json=body).raise_for_status()
        host.post("/api/v1/player/play").raise_for_status()
        expect(page.locator(".clock-left")).to_be_visible()
        yield page
        browser.close()


def _open(browser: Browser, server: Server, token: str) -> Page:
    context = browser.new_context(viewport={"width": LANDSCAPE[0], "height": LANDSCAPE[1]})
    context.add_cookies([{"name": "encore_host", "value": token, "url": server.base_url}])
    page = context.new_page()
    page.goto(f"{server.base_url}/host")
    expect(page.locator(".panel")).to_be_visible()
    return page


@pytest.mark.parametrize("tab", TABS)
def test_no_tab_has_a_serious_barrier(panel: Page, tab: str) -> None:
    panel.set_viewport_size({"width": LANDSCAPE[0], "height": LANDSCAPE[1]})
    show(panel, tab)
    assert barriers(panel) == []


@pytest.mark.parametrize(
    "size", [LANDSCAPE, PORTRAIT, LAPTOP, PHONE], ids=["landscape", "portrait", "laptop", "phone"]
)
def test_everything_can_be_reached_and_hit(panel: Page, size: tuple[int, int]) -> None:
    panel.set_viewport_size({"width": size[0], "height": size[1]})
    for tab in TABS:
        show(panel, tab)
        assert panel.evaluate(SMALL) == [], tab
        assert not panel.evaluate(WIDE), tab
    for name in ("Hold show", "Message", "Mute", "Rescue: hold for the voice on the record"):
        expect(panel.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)


def test_dialogs_have_no_serious_barrier(panel: Page) -> None:
    panel.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
    show(panel, "queue")
    panel.locator(".turn").nth(1).get_by_role("button", name="More").click()
    expect(panel.get_by_role("button", name="Take out")).to_be_visible()
    assert barriers(panel, VEILED) == []
    panel.get_by_role("button", name="Change …").click()
    expect(panel.get_by_role("button", name="Another song")).to_be_visible()
    expect(panel.locator(".q-dialog__backdrop")).to_have_count(1)
    panel.mouse.move(5, 5)
    assert barriers(panel, VEILED) == []
    panel.keyboard.press("Escape")
    expect(panel.locator(".q-dialog")).to_have_count(0)
    show(panel, "night")
    for name in ("Rules", "Figures"):
        panel.get_by_role("button", name=name, exact=True).click()
        expect(panel.locator(".q-dialog .sheet-title")).to_be_visible()
        assert barriers(panel, VEILED) == [], name
        panel.keyboard.press("Escape")
        expect(panel.locator(".q-dialog")).to_have_count(0)


def test_a_laptops_keys(panel: Page, server: Server) -> None:
    panel.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
    show(panel, "queue")
    with server.host() as host:
        panel.keyboard.press("k")
        # With Caps Lock on, which is no Shift.
        panel.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'K', bubbles: true}))")
        panel.keyboard.press("Shift+T")
        expect(panel.locator(".step-now").nth(0)).to_have_text("+2")
        expect(panel.locator(".step-now").nth(1)).to_have_text("95%")
        panel.keyboard.press("m")
        expect(panel.get_by_role("button", name="Mute")).to_have_attribute("aria-pressed", "true")
        panel.keyboard.press("m")
        before = host.get("/api/v1/player").json()["position"]
        panel.keyboard.press("ArrowRight")
        panel.wait_for_timeout(300)
        assert host.get("/api/v1/player").json()["position"] <= before + 2, "a tap on the key moved the song"
        panel.keyboard.press("?")
        expect(panel.get_by_text("Keys of a laptop").last).to_be_visible()
        panel.keyboard.press("Escape")
        expect(panel.locator(".q-dialog")).to_have_count(0)
        panel.keyboard.press("4")
        expect(panel.get_by_role("tab", name="Library")).to_have_attribute("aria-selected", "true")
        panel.keyboard.press("/")
        expect(panel.get_by_role("searchbox").first).to_be_focused()
        panel.keyboard.type("k")
        expect(panel.get_by_role("searchbox").first).to_have_value("k")
        expect(panel.locator(".step-now").nth(0)).to_have_text("+2")


def show(page: Page, tab: str) -> None:
    if tab == "jobs":
        show(page, "library")
        page.get_by_role("button", name="Preparation").first.click()
    else:
        page.locator(f".btn.tab.{tab}").click()
    expect(page.locator(f"#pane-{tab}")).to_be_visible()
    page.mouse.move(5, 5)
    comes_to_rest(page, RIPPLES)
