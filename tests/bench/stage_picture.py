"""The stage's picture: frames that come late for each thing that stands behind the words, and memory over a night.

Chromium draws with the processor alone here, as on a box without a graphics chip; an empty page in the same browser is
what it is compared with. A night of 30 minutes is pressed together: as many songs, each cut to its turns of the page.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests import places
from tests.bench import watched
from tests.bench.figures import Figure
from tests.browser import chrome, film
from tests.browser.stage_box import Box, State, open_box
from tests.browser.test_stage_screen import VERSE, words

FLAGS = (chrome.MAY_PLAY, "--disable-gpu")
SIZE: ViewportSize = {"width": 1920, "height": 1080}
SECONDS = 12.0
LATE_MS = 33.4
# Songs of a night of half an hour, and of how many the first ones only warm up.
SONGS, WARM_UP = 9, 3
# A page may hold on to a little that it did not hold before, until it is tidied away.
GROWTH_MB = 12.0
LATE_SHARE = 5.0
COVER = (
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='600' height='600'>"
    "<rect width='600' height='600' fill='teal'/><circle cx='400' cy='200' r='150' fill='orange'/></svg>"
)
FILM = {"url": "/stage/track/track-1/video", "from": 0.0}
BEHIND: dict[str, State] = {
    "the quiet light": {"backdrop": "scene"},
    "a cover": {"backdrop": "cover", "cover": COVER},
    "a video": {"backdrop": "video", "video": FILM},
    "a karaoke disc": {"backdrop": "cdg", "video": FILM},
}
# How long each frame took, in milliseconds, over some seconds.
FRAMES = """(seconds) => new Promise((done) => {
  const found = [];
  let last = performance.now();
  const end = last + seconds * 1000;
  const look = (now) => {
    found.push(now - last);
    last = now;
    if (now < end) requestAnimationFrame(look);
    else done(found.slice(1));
  };
  requestAnimationFrame(look);
})"""


def measure() -> list[Figure]:
    with TemporaryDirectory() as folder, open_box(seconds=40) as box, _browser() as browser:
        box.video = film.make(Path(folder) / "film.mp4", 40)
        return [*_late_frames(browser, box), *_memory(box)]


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = chrome.launch(playwright, places.chromium(), *FLAGS)
        yield browser
        browser.close()


def _late_frames(browser: Browser, box: Box) -> list[Figure]:
    empty = browser.new_page(viewport=SIZE)
    nothing = _late(empty)
    empty.close()
    figures = [Figure("frames over 33 ms, an empty page", nothing, "%")]
    for cue, (name, about) in enumerate(BEHIND.items(), start=1):
        box.reset()
        box.lyrics.update(words(VERSE))
        page = _stage(browser, box)
        box.start(cue, 5.0, lyrics={"version": "a"}, **about)
        page.wait_for_timeout(2500)
        note = f"an empty page: {nothing:.1f} %"
        figures.append(Figure(f"frames over 33 ms, {name}", _late(page), "%", nothing + LATE_SHARE, note))
        page.close()
    return figures


def _late(page: Page) -> float:
    found: list[float] = page.evaluate(FRAMES, SECONDS)
    return 100 * sum(one > LATE_MS for one in found) / len(found)


def _memory(box: Box) -> list[Figure]:
    box.reset()
    with watched.opened(box.url, [*chrome.FLAGS, *FLAGS]) as page:
        box.wait("hello", within=30)
        sizes = []
        for song in range(SONGS):
            _sing(box, song)
            sizes.append(page.size())
    most = [max(size[i] for size in sizes[WARM_UP:]) - sizes[WARM_UP - 1][i] for i in range(3)]
    note = f"{SONGS - WARM_UP} songs after the first {WARM_UP}"
    return [
        Figure("the stage page's scripts grow by", most[0], "MB", 2.0, note),
        Figure("its nodes grow by", most[1], "", 100, note),
        Figure(
            "its process grows by", most[2], "MB", GROWTH_MB, f"{note}, from {sizes[WARM_UP - 1][2]:.0f} MB"
        ),
    ]


def _sing(box: Box, song: int) -> None:
    """One turn from the call to the applause, heard in four places."""
    about = list(BEHIND.values())[song % len(BEHIND)]
    called = {
        "turn": "t",
        "singer": "Tom",
        "title": "Creep",
        "ready": True,
        "track": "track-1",
        "lyrics": None,
    }
    box.tell(playback=None, scene={"name": "called", "at": 0, "until": None, "called": called})
    time.sleep(0.6)
    box.lyrics.update(words(VERSE))
    box.tell(scene={"name": "playing", "at": 0, "until": None, "called": None})
    for place, second in enumerate((5.0, 13.0, 20.0, 30.0)):
        # Words of a version of their own: they are fetched and laid out anew.
        box.start(100 + song * 10 + place, second, lyrics={"version": f"{song}"}, **about)
        box.say({"type": "reaction", "emoji": "👏", "n": 3})
        time.sleep(2.0)
    box.tell(playback=None, scene={"name": "applause", "at": 0, "until": None, "called": None})
    time.sleep(0.8)


def _stage(browser: Browser, box: Box) -> Page:
    page = browser.new_page(viewport=SIZE)
    page.goto(box.url)
    page.wait_for_function("window.encore && encore.state().armed")
    return page
