"""The separator is killed while its song is sung in another key: the room hears music all the time."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, sync_playwright

from pipeline.audio.sound import RATE
from tests.bench import songs, warm
from tests.browser import chrome
from tests.browser import tape as recorder
from tests.server import Server

SUNG_SECONDS = 16.0


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = chrome.launch(playwright, chromium, chrome.MAY_PLAY)
        yield browser
        browser.close()


def test_killing_the_separator_silences_nobody(browser: Browser, tmp_path: Path, weights_dir: Path) -> None:
    data = tmp_path / "data"
    settings = {"engine": "htdemucs", "precision": "fp32", "models": weights_dir, "log_level": "info"}
    with (
        Server(data, whole=True, **settings) as server,
        server.host() as host,
        server.phone("Maria") as maria,
    ):
        song = warm.bring(host, songs.save(tmp_path / "Sung while it is made.mp3", 50, seed=8))
        page = browser.new_page(viewport={"width": 640, "height": 360})
        page.goto(f"{server.base_url}/stage")
        page.wait_for_function("window.encore && encore.state().armed && encore.state().said")
        host.post(
            "/api/v1/stages", json={"code": page.evaluate("encore.state().said.stage.code")}
        ).raise_for_status()
        page.wait_for_function("encore.state().said.stage.leading")
        recorder.start(page)
        maria.post("/api/v1/turns", json={"song_id": song["id"]}).raise_for_status()
        warm.until(lambda: warm.readiness(host, song) in ("startable", "ready"), 240, every=0.2)
        host.post("/api/v1/player/play").raise_for_status()
        host.patch("/api/v1/player", json={"key": 2, "tempo": 0.95}).raise_for_status()
        page.wait_for_function("encore.state().position > 1", timeout=60_000)
        os.kill(server.child("separate"), signal.SIGKILL)
        recorder.rewind(page)
        recorder.run(page, SUNG_SECONDS)
        heard = recorder.read(page)
        page.wait_for_function("encore.state().key === 2 && encore.state().tempo === 0.95")
    loud = np.flatnonzero(np.abs(heard).max(axis=0) > 1e-3)
    assert np.diff(loud).max() < 0.15 * RATE, "music all the time"
