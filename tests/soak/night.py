"""What the long runs have in common: songs to sing, a turn that is sung at the speed of a test, what a process holds."""

import time
from pathlib import Path

import httpx

from tests import sound
from tests.bench.load import memory_mb
from tests.server import Server, Tv


def bring_songs(host: httpx.Client, folder: Path, count: int) -> list[str]:
    """Songs of five seconds, ready; and nobody minds if one is asked for again."""
    songs = []
    for seed in range(count):
        file = sound.save(folder / f"{seed}.flac", sound.song(5, seed=seed), codec="flac")
        with file.open("rb") as stream:
            added = host.post("/api/v1/songs", files={"files": (file.name, stream)}).json()
        songs.append(added["items"][0]["song"]["id"])
    _until_all_are_ready(host, count)
    host.patch("/api/v1/night/rules", json={"repeat_after": 0}).raise_for_status()
    return songs


def sing(host: httpx.Client, tv: Tv) -> None:
    """The next turn, from its start to its end, at the speed of a test."""
    _play(host, tv)
    state = tv.until(lambda said: said["playback"] and said["playback"]["state"] == "starting")
    cue = state["playback"]["cue"]
    tv.say("anchor", cue=cue, position=0.0, at=time.time())
    tv.until(lambda said: said["playback"] and said["playback"]["state"] == "playing")
    tv.say("ended", turn=state["playback"]["turn"], cue=cue)
    tv.until(lambda said: said["playback"] is None)


def _play(host: httpx.Client, tv: Tv) -> None:
    """A TV of the tests is silent between two songs, so that the box takes it for gone: it is back."""
    until = time.monotonic() + 30
    while True:
        tv.say("armed", armed=True)
        answer = host.post("/api/v1/player/play")
        if answer.is_success:
            return
        assert answer.json()["error"]["code"] == "not_ready", answer.text
        assert time.monotonic() < until, answer.text
        time.sleep(0.1)


def web_mb(server: Server) -> float:
    return memory_mb(server.children()["web"])


def errors(server: Server) -> list[str]:
    return [line for line in server.log().splitlines() if '"level": "error"' in line]


def _until_all_are_ready(host: httpx.Client, count: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        items = host.get("/api/v1/songs").json()["items"]
        if sum(song["readiness"]["state"] == "ready" for song in items) == count:
            return
        time.sleep(0.2)
    raise AssertionError("the songs did not become ready")
