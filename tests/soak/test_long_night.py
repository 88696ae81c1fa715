"""A long night, compressed: songs come, singers come and go, the TV reconnects, processes die; nothing grows.

Bounded in rounds; about five minutes. `make soak` runs it; the ordinary suite does not.
"""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import sound
from tests.server import Server, Tv

ROUNDS = 600
GUESTS = 12
WARM_UP = 10
# What a night may grow by after it has warmed up.
GROWTH = 1.15


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path / "data", whole=True) as running:
        yield running


def memory_mb(pid: int) -> float:
    listed = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(listed.stdout) / 1024


def sing(host: httpx.Client, tv: Tv) -> None:
    """The next turn, from its start to its end, at the speed of a test."""
    host.post("/api/v1/player/play").raise_for_status()
    state = tv.until(lambda said: said["playback"] and said["playback"]["state"] == "starting")
    cue = state["playback"]["cue"]
    tv.say("anchor", cue=cue, position=0.0, at=time.time())
    tv.until(lambda said: said["playback"] and said["playback"]["state"] == "playing")
    tv.say("ended", turn=state["playback"]["turn"], cue=cue)
    tv.until(lambda said: said["playback"] is None)


def test_a_long_night_keeps_its_memory_and_loses_no_turn(server: Server, tmp_path: Path) -> None:
    luck = random.Random(7)
    sung, grown = 0, []
    with server.host() as host:
        songs = []
        for seed in range(6):
            file = sound.save(tmp_path / f"{seed}.flac", sound.song(5, seed=seed), codec="flac")
            with file.open("rb") as stream:
                added = host.post("/api/v1/songs", files={"files": (file.name, stream)}).json()
            songs.append(added["items"][0]["song"]["id"])
        until_all_are_ready(host, len(songs))
        host.patch("/api/v1/night/rules", json={"repeat_after": 0}).raise_for_status()
        guests = [server.phone(f"Guest {number}") for number in range(GUESTS)]
        tv = server.paired_tv()
        for night_round in range(ROUNDS):
            for guest in luck.sample(guests, 3):
                guest.post("/api/v1/turns", json={"song_id": luck.choice(songs)})  # twice the same is refused
            if night_round == ROUNDS // 2:
                os.kill(server.children()["web"], signal.SIGKILL)
                server.wait_until_up()
            if night_round % 5 == 0:
                cookies = tv.http.cookies
                tv.close()
                tv = Tv(server, cookies=cookies)
                assert tv.state["stage"]["leading"]
            while host.get("/api/v1/turns").json()["items"]:
                sing(host, tv)
                sung += 1
            if night_round >= WARM_UP and night_round < ROUNDS // 2:
                grown.append(memory_mb(server.children()["web"]))
        tv.close()
        for guest in guests:
            guest.close()
    assert sung > ROUNDS
    assert max(grown[-5:]) <= GROWTH * min(grown[:5])
    assert [line for line in server.log().splitlines() if '"level": "error"' in line] == []


def until_all_are_ready(host: httpx.Client, count: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        items = host.get("/api/v1/songs").json()["items"]
        if sum(song["readiness"]["state"] == "ready" for song in items) == count:
            return
        time.sleep(0.2)
    raise AssertionError("the songs did not become ready")
