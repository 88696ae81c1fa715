"""What the host's panel does by itself in a real browser: files dropped, presses held, rows dragged, the clock."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests import sound
from tests.browser import chrome
from tests.server import Server, Tv

LRC = "[00:00.50]Daisy, Daisy\n[00:30.00]give me your answer, do\n[00:38.00]I'm half crazy\n"
SECONDS = 60
PREPARED = 60_000.0


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = chrome.launch(playwright, chromium)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("host") / "data", whole=True) as started:
        yield started


@pytest.fixture(scope="module")
def host(server: Server) -> Iterator[httpx.Client]:
    with server.host() as client:
        yield client


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("files")
    daisy = sound.save(folder / "Daisy Bell.wav", sound.song(SECONDS, seed=1))
    other = sound.save(folder / "Greensleeves.wav", sound.song(12, seed=2))
    words, menu = folder / "Daisy Bell.lrc", folder / "Menu.mp3"
    words.write_text(LRC, encoding="utf-8")
    menu.write_bytes(b"%PDF-1.4\nSoup of the day\n" * 40)
    return [words, daisy, menu, other]


@pytest.fixture(scope="module")
def panel(browser: Browser, server: Server, host: httpx.Client) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1180, "height": 820}, has_touch=True)
    token = host.cookies["encore_host"]
    context.add_cookies([{"name": "encore_host", "value": token, "url": server.base_url}])
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{server.base_url}/host")
    expect(page.locator(".panel")).to_be_visible()
    yield page
    context.close()
    assert wrong == []


@pytest.fixture(scope="module")
def songs(panel: Page, host: httpx.Client, files: list[Path]) -> dict[str, str]:
    """Title → id, once all of them can be sung."""
    panel.get_by_role("tab", name="Library").click()
    panel.locator("input[type=file]").set_input_files(files)
    for title in ("Daisy Bell", "Greensleeves"):
        row = panel.locator(".item.song", has_text=title)
        expect(row.get_by_text("✓ ready")).to_be_visible(timeout=PREPARED)
    found = host.get("/api/v1/songs").json()["items"]
    return {song["title"]: song["id"] for song in found}


@pytest.fixture(scope="module")
def tv(server: Server) -> Iterator[Tv]:
    with server.paired_tv() as opened:
        yield opened


@pytest.fixture
def singing(panel: Page, host: httpx.Client, songs: dict[str, str], tv: Tv) -> Iterator[Page]:
    """Maria sings Daisy Bell, and the TV has begun a moment ago."""
    turn = ask(host, "Maria", songs["Daisy Bell"])
    panel.get_by_role("button", name="Start", exact=True).click()
    begin(tv, turn)
    expect(panel.locator(".now-song")).to_contain_text("Maria")
    yield panel
    host.post("/api/v1/player/skip")


def ask(host: httpx.Client, name: str, song_id: str) -> str:
    singer = host.post("/api/v1/singers", json={"name": name}).raise_for_status().json()
    body = {"song_id": song_id, "singer_id": singer["id"]}
    return str(host.post("/api/v1/turns", json=body).raise_for_status().json()["id"])


def begin(tv: Tv, turn: str) -> None:
    """Answer the start of a turn as a TV does: the sound is heard from now on."""

    def stands(state: str) -> Callable[[dict[str, Any]], bool]:
        # What is heard first may be of a song before this one.
        return lambda said: (said["playback"] or {}).items() >= {"turn": turn, "state": state}.items()

    state = tv.until(stands("starting"))["playback"]
    tv.say("anchor", cue=state["cue"], position=state["position"], at=time.time())
    tv.until(stands("playing"))


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


def player(host: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = host.get("/api/v1/player").json()
    return found


@contextmanager
def held(page: Page, target: Locator, share: float = 0.5) -> Iterator[None]:
    """Pressed, and let go at the end: a hold lasts until it is seen to be one, and with nothing between it is a tap."""
    box = target.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
    page.mouse.down()
    try:
        yield
    finally:
        page.mouse.up()


@contextmanager
def held_key(page: Page, key: str) -> Iterator[None]:
    page.keyboard.down(key)
    try:
        yield
    finally:
        page.keyboard.up(key)


def test_every_file_gets_its_own_answer(panel: Page, songs: dict[str, str]) -> None:
    listed = panel.locator(".drop-item")
    assert len(songs) == 2
    expect(listed.filter(has_text="Menu.mp3")).to_contain_text("“Menu.mp3” is not a song")
    expect(listed.filter(has_text="Daisy Bell.lrc")).to_contain_text("words for “Daisy Bell”")
    # Nobody sings in this song: the words are there, and their times are doubted.
    expect(panel.locator(".item.song", has_text="Daisy Bell").get_by_text("▲ check words")).to_be_visible()
    panel.get_by_role("button", name="Clear list").click()
    expect(listed).to_have_count(0)


def test_files_may_be_dropped_anywhere(panel: Page, songs: dict[str, str]) -> None:
    data = panel.evaluate_handle(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["nothing to hear"], "Notes.mp3"));
            return data;
        }"""
    )
    now = panel.locator(".now")
    now.dispatch_event("dragenter", {"dataTransfer": data})
    expect(panel.get_by_text("Let go: the songs go into the library")).to_be_visible()
    now.dispatch_event("drop", {"dataTransfer": data})
    notes = panel.locator(".drop-item", has_text="Notes.mp3")
    expect(notes).to_contain_text("“Notes.mp3” is not a song")
    panel.get_by_role("button", name="Clear list").click()


def test_the_clock_runs_and_the_words_follow(singing: Page) -> None:
    left = singing.locator(".clock-left")
    expect(left).to_have_text(re.compile(r"−0:(5[0-8]|[34]\d)"))
    expect(singing.locator(".stage-words-now")).to_have_text("Daisy, Daisy")
    expect(singing.locator(".stage-words-next")).to_have_text("give me your answer, do")


def test_seeking_wants_a_held_press(singing: Page, host: httpx.Client, tv: Tv) -> None:
    before, bar = tv.state["playback"], singing.locator(".seek")
    with held(singing, bar, share=0.5):
        pass
    with held(singing, bar, share=0.55):
        expect(singing.locator(".seek.armed")).to_have_count(1)
    begin(tv, before["turn"])
    assert tv.state["playback"]["cue"] == before["cue"] + 1, "a tap moved the song"
    assert 32 <= tv.state["playback"]["position"] <= 34
    host.post("/api/v1/player/pause").raise_for_status()
    expect(singing.locator(".stage-words-now")).to_have_text("give me your answer, do")


def test_skipping_wants_a_held_press_and_can_be_undone(singing: Page, host: httpx.Client) -> None:
    skip = singing.get_by_role("button", name="Skip this song")
    with held(singing, skip):
        pass
    singing.wait_for_timeout(300)
    assert player(host)["state"] == "playing", "a tap skipped the song"
    with held(singing, skip):
        expect(singing.get_by_text(re.compile("Skipped Maria"))).to_be_visible()
    singing.locator(".toast", has_text="Skipped").get_by_role("button", name="Undo").click()
    expect(singing.locator(".turn").first).to_contain_text("Maria")
    singing.get_by_role("button", name="Start", exact=True).click()
    until(lambda: player(host)["state"] == "starting")


@pytest.mark.parametrize("by", ["finger", "key"])
def test_a_rescue_is_held_through_a_blink_of_the_network(singing: Page, tv: Tv, by: str) -> None:
    def is_told(rescue: bool) -> None:
        tv.until(lambda state: state["playback"]["rescue"] is rescue)

    with held(singing, singing.locator(".rescue")) if by == "finger" else held_key(singing, "r"):
        is_told(True)
        singing.evaluate("window.socket.io.engine.close()")
        is_told(False)
        is_told(True)
    is_told(False)


def test_faders_send_while_they_move_and_follow_others(singing: Page, host: httpx.Client) -> None:
    guide = singing.get_by_role("slider", name="Guide")
    guide.fill("40")
    until(lambda: player(host)["guide"] == 0.4)
    host.patch("/api/v1/player", json={"guide": 0.15}).raise_for_status()
    expect(guide).to_have_value("15")


Drag = Callable[[Page, list[tuple[float, float]], Callable[[], None]], None]


def by_mouse(page: Page, way: list[tuple[float, float]], arrives: Callable[[], None]) -> None:
    page.mouse.move(*way[0])
    page.mouse.down()
    for x, y in way[1:]:
        page.mouse.move(x, y)
        page.wait_for_timeout(20)
    arrives()
    page.mouse.up()


def by_finger(page: Page, way: list[tuple[float, float]], arrives: Callable[[], None]) -> None:
    glass = page.context.new_cdp_session(page)

    def touch(kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in at]
        glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_timeout(20)

    touch("touchStart", way[0])
    page.wait_for_selector(".sortable-chosen")  # one that moves at once scrolls the list
    for place in way[1:]:
        touch("touchMove", place)
    arrives()
    touch("touchEnd")


@pytest.mark.parametrize(
    ("drag", "names"), [(by_mouse, ("Ada", "Ben", "Cem")), (by_finger, ("Dana", "Emil", "Fay"))]
)
def test_a_row_is_dragged_by_its_grip(
    panel: Page, host: httpx.Client, songs: dict[str, str], drag: Drag, names: tuple[str, str, str]
) -> None:
    panel.get_by_role("tab", name=re.compile("Queue")).click()
    turns = [ask(host, name, songs["Greensleeves"]) for name in names]
    rows = panel.locator(".turn")
    expect(rows).to_have_count(3)
    start, end = rows.nth(2).locator(".grip").bounding_box(), rows.nth(0).locator(".grip").bounding_box()
    assert start is not None
    assert end is not None
    far = end["y"] - start["y"] - 8
    way = [(start["x"] + 20, start["y"] + 20 + far * step / 12) for step in range(13)]
    drag(panel, way, lambda: expect(rows.nth(0)).to_contain_text(names[2]))
    expect(panel.get_by_text(f"Moved {names[2]}")).to_be_visible()
    expect(rows.nth(0)).to_contain_text(names[2])
    expect(rows.nth(0).locator(".place")).to_have_text("1")
    queue = host.get("/api/v1/turns").json()
    assert [turn["singer"] for turn in queue["items"]] == [names[2], *names[:2]]
    for turn in turns:
        host.delete(f"/api/v1/turns/{turn}").raise_for_status()
    expect(rows).to_have_count(0)
