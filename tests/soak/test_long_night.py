"""A long night, compressed: songs come, singers come and go, the TV reconnects, processes die; nothing grows.

Bounded in rounds; about five minutes. `make soak` runs it; the ordinary suite does not.
"""

import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server import Server, Tv
from tests.soak.night import bring_songs, errors, sing, web_mb

ROUNDS = 600
GUESTS = 12
WARM_UP = 10
# What a night may grow by after it has warmed up.
GROWTH = 1.15


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path / "data", whole=True) as running:
        yield running


def test_a_long_night_keeps_its_memory_and_loses_no_turn(server: Server, tmp_path: Path) -> None:
    luck = random.Random(7)
    sung, grown = 0, []
    with server.host() as host:
        songs = bring_songs(host, tmp_path, 6)
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
                grown.append(web_mb(server))
        tv.close()
        for guest in guests:
            guest.close()
    assert sung > ROUNDS
    assert max(grown[-5:]) <= GROWTH * min(grown[:5])
    assert errors(server) == []
