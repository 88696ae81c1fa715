"""The stage's sound in a real Chromium: how soon a press is heard, what a playing stage costs, and whether it starves.

The whole box runs with the real model. Presses go over the REST API; the clock stops when the page's audio graph goes
over to what was asked for (its own clock, put on the wall's). Where a song is counted in, the count's beginning counts:
its silence is meant. The processor time is that of the web process and its ffmpeg children. Starved chunks are counted
while another song is separated on the same processors and the key and tempo are changed all the time.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from playwright.sync_api import Page, sync_playwright

from tests import places
from tests.bench import songs, warm
from tests.bench.figures import Figure, seconds
from tests.browser import chrome
from tests.server import Server

KEY_LIMIT = 1.0
# Where the sound that plays now begins, on the wall's clock; null while there is none.
BEGINS = """() => {
  const { context, state } = window.encore;
  const { since } = state();
  return since === null ? null : Date.now() / 1000 + since - context.currentTime;
}"""


def measure(rounds: int = 5, length: float = 90.0, watched: float = 40.0) -> list[Figure]:
    with TemporaryDirectory() as folder, warm.server() as server, server.host() as host:
        files = [
            songs.save(Path(folder) / f"Sung {n}.mp3", long, seed=20 + n)
            for n, long in enumerate((length, length, 4 * length))
        ]
        ready = [warm.bring(host, file) for file in files[:2]]
        for song in ready:
            warm.wait_until_ready(host, song)
        with _stage(server, host) as page, server.phone("Maria") as phone:
            return _measure(Room(server, host, phone, page), ready, files[2], rounds, watched)


def _measure(
    room: "Room", ready: list[dict[str, Any]], other: Path, rounds: int, watched: float
) -> list[Figure]:
    plays, skips, keys, tempos = [], [], [], []
    for number in range(rounds):
        room.ask(ready[number % 2])
        plays.append(room.heard(room.play))
        room.wait_for_sound()
        keys.append(room.heard(lambda: room.press(key=2)))
        tempos.append(room.heard(lambda: room.press(tempo=0.9)))
        room.ask(ready[(number + 1) % 2])
        skips.append(room.heard(room.skip_to_next))
        room.skip()
    room.ask(ready[0])
    room.heard(room.play)
    room.wait_for_sound()
    plain = room.cost(watched / 2)
    room.heard(lambda: room.press(key=2))
    sung = room.cost(watched / 2)
    song = warm.bring(room.host, other)
    starved, looks = room.starved(watched)
    warm.stop_work(room.server, room.host, song)
    note = f"median of {rounds}"
    return [
        seconds("press of play → heard", median(plays), note=note),
        seconds("skip → next song heard", median(skips), note=note),
        seconds("press of key +2 → heard", median(keys), KEY_LIMIT, f"{note}, worst {max(keys):.2f} s"),
        seconds(
            "press of tempo 90 % → heard", median(tempos), KEY_LIMIT, f"{note}, worst {max(tempos):.2f} s"
        ),
        Figure("server's processor for a playing stage", 100 * plain, "%", note="of one core"),
        Figure("the same in another key", 100 * sung, "%", note="of one core, 30 s ahead are rendered first"),
        Figure("starved looks while another song is separated", starved, "", 0, f"of {looks}, ten a second"),
    ]


class Room:
    """The host, a guest, the box and its stage."""

    def __init__(self, server: Server, host: httpx.Client, phone: httpx.Client, page: Page) -> None:
        self.server, self.host, self.phone, self.page = server, host, phone, page

    def ask(self, song: dict[str, Any]) -> None:
        self.phone.post("/api/v1/turns", json={"song_id": song["id"]}).raise_for_status()

    def play(self) -> None:
        self.host.post("/api/v1/player/play").raise_for_status()

    def skip(self) -> None:
        self.host.post("/api/v1/player/skip").raise_for_status()

    def skip_to_next(self) -> None:
        self.skip()
        self.play()

    def press(self, **desk: float) -> None:
        self.host.patch("/api/v1/player", json=desk).raise_for_status()

    def heard(self, press: Callable[[], None]) -> float:
        """Seconds from a press until the sound it asks for begins."""
        before = self.page.evaluate("encore.state().since")
        pressed = time.time()
        press()
        self.page.wait_for_function(
            "before => ![null, before].includes(encore.state().since)", arg=before, timeout=20_000, polling=10
        )
        begins = self.page.evaluate(BEGINS) - pressed
        time.sleep(1.5)  # the take before has faded out, the clock has settled
        return float(begins)

    def wait_for_sound(self) -> None:
        """Until the count is over."""
        self.page.wait_for_function("encore.state().position > 0.5", timeout=20_000)

    def cost(self, seconds: float) -> float:
        """The share of one core that the web process takes, with what it started."""
        before, began = self._worked(), time.monotonic()
        time.sleep(seconds)
        return (self._worked() - before) / (time.monotonic() - began)

    def _worked(self) -> float:
        """Seconds of processor time, of the web process and its children, those that have ended included."""
        web = self.server.children()["web"]
        found = [_times(web)]
        for task in Path(f"/proc/{web}/task").iterdir():
            found += [_times(int(child)) for child in (task / "children").read_text().split()]
        return sum(found) / os.sysconf("SC_CLK_TCK")

    def starved(self, seconds: float) -> tuple[int, int]:
        """How often the sung stems were not there in time, whatever covered them."""
        until, bad, looks, key = time.monotonic() + seconds, 0, 0, 2
        turn = time.monotonic() + 5
        while time.monotonic() < until:
            state = self.page.evaluate("encore.state()")
            looks += 1
            bad += state["covered"] or state["trouble"] is not None
            if time.monotonic() > turn:
                turn, key = time.monotonic() + 5, -key
                self.press(key=key, tempo=1.0 if key > 0 else 0.95)
            time.sleep(0.1)
        return bad, looks


def _times(process: int) -> int:
    """Ticks of a process and of those children of it that have ended."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15]))


@contextmanager
def _stage(server: Server, host: httpx.Client) -> Iterator[Page]:
    """The stage's page, let in and armed."""
    with sync_playwright() as playwright:
        browser = chrome.launch(playwright, places.chromium(), chrome.MAY_PLAY)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(f"{server.base_url}/stage")
        page.wait_for_function("window.encore && encore.state().armed && encore.state().said")
        host.post(
            "/api/v1/stages", json={"code": page.evaluate("encore.state().said.stage.code")}
        ).raise_for_status()
        page.wait_for_function("encore.state().said.stage.paired")
        yield page
        browser.close()
