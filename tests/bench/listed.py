"""A file is dropped on the host's page: when does its song stand on the screens?

The whole box runs warm, and two real browser pages are open: the host's library and a guest's phone. A song of three
minutes is put into the panel's own drop zone. In each page a MutationObserver notes when the song's row can be seen,
on the frame after; the clock starts with the `change` event of the file input, in the host's page. Told is the median
over several songs, for each page; the slower one of the two is held to the limit in each round.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests import places
from tests.bench import songs, warm
from tests.bench.figures import Figure, seconds
from tests.browser import chrome
from tests.server import Server

LIMIT = 1.0
HOST_ROW, PHONE_ROW = ".item.song .item-title", "li.song h3"
FILES = ".drop input[type=file]"
PATIENCE_MS = 30_000

NOTE_THE_DROP = (
    "input => input.addEventListener('change', () => { window.dropped = Date.now() }, { capture: true })"
)
NOTE_THE_ROW = """([rows, title]) => {
  window.seen = 0;
  const look = () => {
    const titles = [...document.querySelectorAll(rows)];
    if (!titles.some((each) => each.textContent === title && each.checkVisibility())) return;
    observer.disconnect();
    requestAnimationFrame(() => { window.seen = Date.now() });
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, { attributes: true, characterData: true, childList: true, subtree: true });
}"""


def measure(rounds: int = 5, length: float = 180.0) -> list[Figure]:
    with TemporaryDirectory() as folder, warm.server() as server, _pages(server) as (host, phone):
        host.eval_on_selector(FILES, NOTE_THE_DROP)
        found = []
        for number in range(rounds):
            title = f"Listed {'again ' * number}".strip()
            file = songs.save(Path(folder) / f"{title}.mp3", length, seed=number)
            found.append(_drop(host, phone, file))
            _end_its_preparation(server)
    on_host, on_phone = (median(times) for times in zip(*found, strict=True))
    note = f"MP3 of {length:.0f} s, median of {rounds}"
    return [
        seconds("dropped → listed on both", median(max(each) for each in found), LIMIT, note),
        seconds("dropped → on the host's page", on_host, note=note),
        seconds("dropped → on a phone", on_phone, note=note),
    ]


def _drop(host: Page, phone: Page, file: Path) -> tuple[float, float]:
    host.evaluate(NOTE_THE_ROW, [HOST_ROW, file.stem])
    phone.evaluate(NOTE_THE_ROW, [PHONE_ROW, file.stem])
    host.locator(FILES).set_input_files(file)
    seen = [_seen(page) for page in (host, phone)]
    dropped = host.evaluate("window.dropped")
    on_host, on_phone = ((moment - dropped) / 1000 for moment in seen)
    return on_host, on_phone


def _seen(page: Page) -> float:
    return float(page.wait_for_function("window.seen", timeout=PATIENCE_MS).json_value())


@contextmanager
def _pages(server: Server) -> Iterator[tuple[Page, Page]]:
    """The host's library and a phone that looks at the newest songs."""
    with sync_playwright() as playwright, server.host() as host, server.phone("Ada") as phone:
        browser = chrome.launch(playwright, places.chromium())
        try:
            pages = [
                _open(browser.new_context(), server, host, "/host?tab=library"),
                _open(browser.new_context(), server, phone, "/"),
            ]
            pages[0].locator(HOST_ROW).first.wait_for()
            pages[1].locator(PHONE_ROW).first.wait_for()
            yield pages[0], pages[1]
        finally:
            browser.close()


def _open(context: BrowserContext, server: Server, who: httpx.Client, path: str) -> Page:
    context.add_cookies(
        [{"name": name, "value": value, "url": server.base_url} for name, value in who.cookies.items()]
    )
    page = context.new_page()
    page.goto(server.base_url + path)
    return page


def _end_its_preparation(server: Server) -> None:
    newest, track = warm.look(server, "SELECT song_id, id FROM track ORDER BY created_at DESC")
    with server.host() as host:
        warm.stop_work(server, host, {"id": newest, "track_id": track})
