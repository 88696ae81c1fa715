"""The whole box as it stands in the evening: its processes run, the model is loaded, a song went through it."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from tests import places
from tests.bench import songs
from tests.server import Server

PREPARED_SECONDS = 300.0
STOPPED_SECONDS = 20.0


@contextmanager
def server() -> Iterator[Server]:
    """A running box with the real model, warm and idle."""
    with TemporaryDirectory() as name:
        data = Path(name) / "data"
        real = {"engine": "htdemucs", "models": places.model_folder(), "log_level": "info"}
        with Server(data, whole=True, **real) as started, started.host() as host:
            song = bring(host, songs.save(Path(name) / "To get warm.mp3", 12))
            wait_until_ready(host, song)
            (engine,) = look(started, "SELECT engine FROM track")
            assert engine == "htdemucs", started.log()[-4000:]
            yield started


def bring(host: httpx.Client, file: Path) -> dict[str, Any]:
    """Drop a song on the box; the song as the answer tells it."""
    with file.open("rb") as content:
        answer = host.post("/api/v1/songs", files={"files": (file.name, content)})
    answer.raise_for_status()
    song: dict[str, Any] = answer.json()["items"][0]["song"]
    return song


def readiness(host: httpx.Client, song: dict[str, Any]) -> str:
    found = host.get(f"/api/v1/songs/{song['id']}").raise_for_status()
    return str(found.json()["readiness"]["state"])


def wait_until_ready(host: httpx.Client, song: dict[str, Any]) -> None:
    def is_ready() -> bool:
        state = readiness(host, song)
        assert state != "failed", song
        return state == "ready"

    until(is_ready, PREPARED_SECONDS, every=0.1)


def stop_work(server: Server, host: httpx.Client, song: dict[str, Any]) -> None:
    """End a song's preparation, so that the next measurement finds an idle box."""
    (job,) = look(server, "SELECT id FROM job WHERE track_id = ?", song["track_id"])
    host.post(f"/api/v1/jobs/{job}/cancel")  # refused when it has ended already, which is as good

    def has_ended() -> bool:
        return host.get(f"/api/v1/jobs/{job}").json()["state"] in ("done", "cancelled", "failed")

    until(has_ended, STOPPED_SECONDS, every=0.1)


def look(server: Server, query: str, *values: object) -> Any:
    """One row of the box's database, read beside it: a look costs the box nothing."""
    with closing(sqlite3.connect(f"{(server.data / 'encore.db').as_uri()}?mode=ro", uri=True)) as raw:
        return raw.execute(query, values).fetchone()


def until(holds: Callable[[], bool], seconds: float, every: float = 0.01) -> float:
    """Wait for something; the moment it was seen, on the clock `perf_counter`."""
    end = time.perf_counter() + seconds
    while not holds():
        if time.perf_counter() > end:
            raise TimeoutError(f"not within {seconds:.0f} s")
        time.sleep(every)
    return time.perf_counter()
