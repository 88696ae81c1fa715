"""What people drop on the host's panel in one heap, in a real browser: halves find each other, zips answer for their songs."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import karaoke, sound
from tests.browser import chrome
from tests.server import Server

PREPARED = 60_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("drops") / "data", whole=True) as started:
        yield started


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as started:
        opened = chrome.launch(started, chromium)
        yield opened
        opened.close()


@pytest.fixture
def panel(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1180, "height": 820})
    with server.host() as host:
        context.add_cookies(
            [
                {"name": each.name, "value": each.value or "", "url": server.base_url}
                for each in host.cookies.jar
            ]
        )
    page = context.new_page()
    page.goto(f"{server.base_url}/host")
    expect(page.locator(".panel")).to_be_visible()
    page.get_by_role("tab", name="Library").click()
    yield page
    context.close()


def test_a_heap_of_karaoke(panel: Page, tmp_path: Path) -> None:
    heap = tmp_path / "heap"
    heap.mkdir()
    (heap / "Daisy Bell.mp3").write_bytes(karaoke.mp3(1))
    (heap / "daisy bell.CDG").write_bytes(karaoke.graphics(6))
    (heap / "lonely.cdg").write_bytes(karaoke.graphics(6))
    (heap / "cover.jpg").write_bytes(b"\xff\xd8\xff")
    zipped = {"a/Greensleeves.mp3": karaoke.mp3(2), "a/other.cdg": karaoke.graphics(6)}
    (heap / "discs.zip").write_bytes(karaoke.zipped(zipped))
    (heap / "evil.zip").write_bytes(karaoke.zipped({"../x.mp3": b"x"}))
    panel.locator("input[type=file]").set_input_files(sorted(heap.iterdir()))
    listed = panel.locator(".drop-item")
    expect(listed.filter(has_text="evil.zip")).to_contain_text("a name in it leads outside")
    expect(listed.filter(has_text="lonely.cdg")).to_contain_text("the picture waits for its song")
    expect(listed.filter(has_text="discs.zip")).to_contain_text("One song of it is in the library.")
    expect(listed.filter(has_text="discs.zip")).to_contain_text("“other.cdg” is of no use alone")
    expect(listed.filter(has_text="cover.jpg")).to_have_count(0)
    row = panel.locator(".item.song", has_text="Daisy Bell")
    expect(row.get_by_text("✓ ready")).to_be_visible(timeout=PREPARED)
    expect(row.get_by_text("♪ words")).to_be_visible()
    expect(row.get_by_text("quick mix")).not_to_be_visible()


# A folder as a browser hands it over when it is dropped.
DROP = """([folder, files]) => {
  const entries = files.map(([name, type, base64]) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    return { isFile: true, fullPath: `/${folder}/${name}`, file: (done) => done(new File([bytes], name, { type })) };
  });
  const batches = [entries, []];
  const root = { isFile: false, createReader: () => ({ readEntries: (done) => done(batches.shift()) }) };
  const items = [{ webkitGetAsEntry: () => root }];
  const event = new Event("drop", { cancelable: true });
  Object.defineProperty(event, "dataTransfer", { value: { types: ["Files"], items, files: [] } });
  window.dispatchEvent(event);
}"""


def test_a_dropped_ultrastar_folder_is_one_song_with_its_film(
    panel: Page, server: Server, tmp_path: Path
) -> None:
    text = karaoke.ULTRASTAR.format(audio="tune.mp3").replace("Daisy Bell", "In A Folder")
    text = text.replace("#BPM", "#VIDEO:film.mp4\n#BPM")
    film = sound.save_silent_film(tmp_path / "film.mp4", 3).read_bytes()
    files = [
        ("notes.txt", "text/plain", text.encode()),
        ("tune.mp3", "audio/mpeg", karaoke.mp3(3)),
        ("film.mp4", "video/mp4", film),
    ]
    panel.evaluate(
        DROP, ["Harry", [(name, kind, base64.b64encode(data).decode()) for name, kind, data in files]]
    )
    expect(panel.locator(".drop-item", has_text="Harry")).to_contain_text("in the library")
    with server.host() as host:
        (song,) = host.get("/api/v1/songs", params={"q": "in a folder"}).json()["items"]
    assert (server.data / "library" / song["track_id"] / "video.mp4").is_file()
