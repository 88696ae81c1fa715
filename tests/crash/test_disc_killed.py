"""A worker is killed while it makes a disc's picture: the next one makes it whole, and nothing half-done stays."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av

from tests import karaoke
from tests.server import Server

SECONDS = 90.0
# Long enough to be caught in the middle.
LENGTH = 120


def until(what: Callable[[], Any]) -> Any:
    end = time.monotonic() + SECONDS
    while not (found := what()):
        assert time.monotonic() < end, "that did not come in time"
        time.sleep(0.05)
    return found


def test_killed_while_the_picture_is_made(tmp_path: Path) -> None:
    with Server(tmp_path / "data", whole=True) as server, server.host() as host:
        both = [("files", ("a.cdg", karaoke.graphics(LENGTH))), ("files", ("a.mp3", karaoke.mp3()))]
        answer = host.post("/api/v1/songs", files=both).raise_for_status()
        song = answer.json()["items"][1]["song"]
        folder = server.data / "library" / song["track_id"]
        until(lambda: list(folder.glob("picture.*.part")))
        os.kill(server.child("prepare"), signal.SIGKILL)
        at = f"/api/v1/songs/{song['id']}"
        until(lambda: host.get(at).json()["readiness"]["state"] == "ready")
        assert not list(folder.rglob("*.part"))
        with av.open(str(folder / "picture.mp4")) as video:
            assert round((video.duration or 0) / av.time_base) == LENGTH
