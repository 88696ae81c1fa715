"""Browsers that cannot have the sound as FLAC, at a real box: AAC for the one, a stream that the box mixes for the other."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from pipeline.audio.sound import RATE
from pipeline.box import Box
from pipeline.settings import Settings
from tests import sound
from tests.browser import chrome
from tests.browser import tape as recorder
from tests.server import Server
from tests.workers import work_off

SECONDS = 40.0
# A decoder that does not know files which begin like these.
DEAF = """
  const decode = AudioContext.prototype.decodeAudioData;
  AudioContext.prototype.decodeAudioData = function (bytes, ...rest) {
    const head = String.fromCharCode(...new Uint8Array(bytes, 0, 8));
    if (%s.some((kind) => head.includes(kind))) return Promise.reject(new DOMException("no", "EncodingError"));
    return decode.call(this, bytes, ...rest);
  };
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("old") / "data") as started:
        yield started


def bring(server: Server, host: httpx.Client, folder: Path, left: float) -> dict[str, Any]:
    """A song of a steady tone on each side, ready to be sung."""
    path = sound.save(folder / "tone.wav", sound.tone(SECONDS, left, 660.0, 0.3))
    with path.open("rb") as file:
        answer = host.post("/api/v1/songs", files={"files": (f"Tone {left}.wav", file)}).raise_for_status()
    box = Box.open(Settings(data=server.data, engine="center", online=False))
    work_off(box)
    box.close()
    found: dict[str, Any] = answer.json()["items"][0]["song"]
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = chrome.launch(playwright, chromium, chrome.MAY_PLAY)
        yield browser
        browser.close()


@contextmanager
def open_stage(browser: Browser, server: Server, host: httpx.Client, deaf_to: list[str]) -> Iterator[Page]:
    """A stage that leads as long as it is open, with a tape behind its output."""
    page = browser.new_page(viewport={"width": 640, "height": 360})
    page.add_init_script(DEAF % deaf_to)
    page.goto(f"{server.base_url}/stage")
    page.wait_for_function("window.encore && encore.state().armed && encore.state().said")
    code = page.evaluate("encore.state().said.stage.code")
    stage = host.post("/api/v1/stages", json={"code": code}).raise_for_status().json()
    try:
        page.wait_for_function("encore.state().said.stage.leading")
        recorder.start(page)
        yield page
    finally:
        host.delete(f"/api/v1/stages/{stage['id']}")
        page.close()


def newest(page: Page) -> np.ndarray:
    """The newest second of what was heard on the left."""
    left: np.ndarray = recorder.read(page, RATE)[0].astype(np.float64)
    return left


def cents(heard: np.ndarray, wanted: float) -> float:
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard)), 16 * len(heard)))
    return float(1200 * np.log2(np.argmax(spectrum) * RATE / (16 * len(heard)) / wanted))


def in_key(page: Page, wanted: float) -> bool:
    """On a slow box it is in the song's own key, or still, for a while."""
    heard = newest(page)
    return bool(np.abs(heard).max() > 0.01) and abs(cents(heard, wanted)) < 10


def is_known(page: Page, host: httpx.Client) -> bool:
    """The box believes the song to be where it is heard."""
    before = page.evaluate("encore.state().position")
    believed = host.get("/api/v1/player").json()["position"]
    after = page.evaluate("encore.state().position")
    return None not in (before, after) and bool(before - 0.25 < believed < after + 0.25)


def until(holds: Callable[[], bool], otherwise: str) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end, otherwise
        time.sleep(0.2)


@pytest.mark.parametrize(
    ("deaf_to", "left"), [(["fLaC"], 440.0), (["fLaC", "ftyp"], 494.0)], ids=["AAC", "one stream"]
)
def test_the_song_is_heard_in_its_key_and_ends(
    browser: Browser, server: Server, tmp_path: Path, deaf_to: list[str], left: float
) -> None:
    with (
        server.host() as host,
        server.phone("Maria") as maria,
        open_stage(browser, server, host, deaf_to) as page,
    ):
        song = bring(server, host, tmp_path, left)
        maria.post("/api/v1/turns", json={"song_id": song["id"]}).raise_for_status()
        host.patch("/api/v1/player", json={"guide": 1.0, "volume": 1.0})
        host.post("/api/v1/player/play").raise_for_status()
        page.wait_for_function("encore.state().position > 4.7")
        plain = newest(page)
        host.patch("/api/v1/player", json={"key": 2})
        page.wait_for_function("encore.state().key === 2")
        until(lambda: in_key(page, left * 2 ** (2 / 12)), "it is not heard in its key")
        until(lambda: is_known(page, host), "the box does not know where the song is")
        assert abs(cents(plain, left)) < 10
        assert np.abs(np.diff(plain, 2)).max() < 0.02, "no seam is heard"
        host.post("/api/v1/player/seek", json={"position": SECONDS - 3}).raise_for_status()
        until(lambda: host.get("/api/v1/player").json()["turn"] is None, "it never ended")
