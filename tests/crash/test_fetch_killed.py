"""A worker that is killed while it fetches a video: the song comes all the same, and what was there is not asked again."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests import sound
from tests.server import Server
from tests.services.youtube import serve, video

RECOVERY = 3 * 30.0
CANCEL = 3 * 2.0


def until(what: Callable[[], Any], seconds: float = RECOVERY) -> Any:
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "that did not come in time"
        time.sleep(0.1)
    return found


def job_of(host: httpx.Client, song: dict[str, Any]) -> dict[str, Any]:
    listed = host.get("/api/v1/jobs").json()["items"]
    found: dict[str, Any] = next(job for job in listed if job["song_id"] == song["id"])
    return found


def test_killed_in_the_middle_and_cancelled_in_the_middle(tmp_path: Path) -> None:
    heard = sound.save(tmp_path / "sound.webm", sound.song(6), rate=48_000).read_bytes()
    with (
        serve(sound=heard, picture=b"picture" * 1000, drip=0.3) as tube,
        Server(tmp_path / "data", whole=True, **tube.world) as server,
        server.host() as host,
    ):
        song = host.post("/api/v1/youtube", json={"id": video("ok")}).json()["items"][0]
        folder = server.data / "library" / song["track_id"]
        part = until(lambda: next(folder.glob("fetching/*.part"), None))
        until(lambda: part.stat().st_size > 8000)
        os.kill(server.child("prepare"), signal.SIGKILL)
        before = part.stat().st_size
        tube.drip = 0.0
        until(lambda: job_of(host, song)["state"] == "done")
        assert next(folder.glob("original.*")).read_bytes() == heard
        ranges = [start for start in tube.starts if start]
        assert ranges, "it began anew"
        assert max(ranges) >= before - 4096
        tube.drip = 0.3
        other = host.post("/api/v1/youtube", json={"id": video("ok", 2)}).json()["items"][0]
        until(lambda: next((server.data / "library" / other["track_id"]).glob("fetching/*.part"), None))
        host.post(f"/api/v1/jobs/{job_of(host, other)['id']}/cancel").raise_for_status()
        until(lambda: job_of(host, other)["state"] == "cancelled", CANCEL)
