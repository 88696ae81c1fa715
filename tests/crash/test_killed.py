"""Kill whatever runs, at any moment: the night goes on and nothing is lost.

Real processes, the real model, real signals. Promised deadlines are asserted at three times the promise.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import sound
from tests.server import Server, Tv

RECOVERY = 3 * 30.0
CANCEL = 3 * 2.0
# Long enough to be caught in the middle on any machine.
SECONDS = 28
CHUNKS = 7


@pytest.fixture
def server(tmp_path: Path, weights_dir: Path) -> Iterator[Server]:
    with Server(
        tmp_path / "data", whole=True, engine="htdemucs", precision="fp32", models=weights_dir
    ) as running:
        yield running


@pytest.fixture(scope="module")
def song_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sound.save(tmp_path_factory.mktemp("song") / "long.flac", sound.song(SECONDS), codec="flac")


def until(what: Callable[[], Any], seconds: float = RECOVERY) -> Any:
    """Wait for something true; what it was."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "that did not come in time"
        time.sleep(0.1)
    return found


def bring(host: httpx.Client, file: Path, name: str = "long.flac") -> dict[str, Any]:
    with file.open("rb") as stream:
        answer = host.post("/api/v1/songs", files={"files": (name, stream)})
    answer.raise_for_status()
    song: dict[str, Any] = answer.json()["items"][0]["song"]
    return song


def job_of(host: httpx.Client, song: dict[str, Any]) -> dict[str, Any]:
    """The newest job of a song; while the server is away, the last thing anybody knew: nothing."""
    try:
        listed = host.get("/api/v1/jobs").json()["items"]
        (found,) = [job for job in listed if job["song_id"] == song["id"]]
        job: dict[str, Any] = host.get(f"/api/v1/jobs/{found['id']}").json()
        return job
    except (httpx.TransportError, KeyError):
        return {"state": "unknown", "step": "", "progress": 0.0, "attempt": 0}


def is_separating(host: httpx.Client, song: dict[str, Any]) -> bool:
    job = job_of(host, song)
    return bool(job["step"] == "separate" and job["state"] == "running" and job["progress"] > 0)


def is_done(host: httpx.Client, song: dict[str, Any]) -> bool:
    return bool(job_of(host, song)["state"] == "done")


def finished_chunks(server: Server, song: dict[str, Any]) -> dict[str, float]:
    folder = server.data / "library" / song["track_id"] / "stems" / "htdemucs" / "vocals"
    return {path.name: path.stat().st_mtime for path in folder.glob("*.flac")}


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        # Still in the table until its new parent has looked: dead all the same.
        return b") Z " in Path(f"/proc/{pid}/stat").read_bytes() if Path("/proc").exists() else False
    except (ProcessLookupError, FileNotFoundError):
        return True


def test_killed_workers_go_on_where_they_were(server: Server, song_file: Path) -> None:
    with server.host() as host:
        os.kill(server.child("prepare"), signal.SIGKILL)
        song = bring(host, song_file)
        until(lambda: is_separating(host, song))
        before = finished_chunks(server, song)
        for worker in ("separate", "prepare"):
            os.kill(server.child(worker), signal.SIGKILL)
        until(lambda: job_of(host, song)["attempt"] >= 2)
        until(lambda: is_done(host, song), 3 * RECOVERY)
    after = finished_chunks(server, song)
    assert len(after) == CHUNKS
    assert before.items() <= after.items(), "a finished chunk was made again"


def test_the_end_of_the_supervisor_takes_its_children_along_and_the_next_start_goes_on(
    server: Server, song_file: Path
) -> None:
    with server.host() as host:
        song = bring(host, song_file)
        until(lambda: is_separating(host, song))
        children = server.children()
        assert set(children) == {"web", "prepare", "separate"}
        # Politely: that is no failure of what was at work.
        assert server.stop() == 0
        assert all(is_gone(pid) for pid in children.values())
        server.start()
        until(lambda: is_separating(host, song))
        assert job_of(host, song)["failures"] == 0
        # Or not.
        children = server.children()
        server.kill()
        for pid in children.values():
            until(partial(is_gone, pid), 15)
        before = finished_chunks(server, song)
        server.start()
        until(lambda: is_done(host, song), 3 * RECOVERY)
    assert before.items() <= finished_chunks(server, song).items()


def test_the_model_stops_at_once_when_cancelled_and_for_the_song_of_the_next_singer(
    server: Server, song_file: Path, tmp_path: Path
) -> None:
    other = sound.save(tmp_path / "other.flac", sound.song(6, seed=2), codec="flac")
    with server.host() as host, server.phone("Ada") as phone:
        long = bring(host, song_file)
        until(lambda: is_separating(host, long))
        job = job_of(host, long)
        host.post(f"/api/v1/jobs/{job['id']}/cancel").raise_for_status()
        until(lambda: job_of(host, long)["state"] == "cancelled", CANCEL)
        # The host changes her mind: it goes on, it does not begin anew.
        before = finished_chunks(server, long)
        host.post(f"/api/v1/jobs/{job['id']}/retry").raise_for_status()
        until(lambda: is_separating(host, long))
        short = bring(host, other, "other.flac")
        phone.post("/api/v1/turns", json={"song_id": short["id"]}).raise_for_status()
        until(lambda: is_done(host, short))
        assert not is_done(host, long), "the long song was not interrupted"
        kept = finished_chunks(server, long)
        until(lambda: len(finished_chunks(server, long)) > len(kept) or is_done(host, long))
    assert before.items() <= kept.items() <= finished_chunks(server, long).items()


def test_a_killed_web_process_keeps_queue_and_clock(tmp_path: Path, song_file: Path) -> None:
    with (
        Server(tmp_path / "data", whole=True) as server,
        server.host() as host,
        server.phone("Ada") as phone,
    ):
        song = bring(host, song_file)
        turn = phone.post("/api/v1/turns", json={"song_id": song["id"]}).json()
        until(lambda: is_done(host, song))
        with server.paired_tv() as tv:
            host.post("/api/v1/player/play").raise_for_status()
            playing = tv.until(lambda state: state["playback"])
            cue, began = playing["playback"]["cue"], time.time()
            tv.say("anchor", cue=cue, position=0.0, at=began)
            tv.until(lambda state: state["playback"] and state["playback"]["state"] == "playing")
        os.kill(server.child("web"), signal.SIGKILL)
        until(lambda: answers(host))
        player, asked = host.get("/api/v1/player").json(), time.time()
        assert (player["state"], player["turn"]["turn_id"]) == ("playing", turn["id"])
        with Tv(server) as new:
            # The position is computed from the row: nobody had to save it.
            assert new.state["playback"] is None, "a stage that nobody paired is told nothing"
        assert abs(player["position"] - (asked - began)) < 3


def answers(host: httpx.Client) -> bool:
    try:
        return host.get("/api/v1/player").is_success
    except httpx.TransportError:
        return False
