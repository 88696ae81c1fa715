"""Somebody asks for a song while fifty others are being imported: how long until its first separated seconds?

The whole box runs with the real model, warm. A song of three minutes is sent as an MP3 and asked for at once by a
singer's phone; the clock starts with the sending and stops when the first chunk of the instrumental is fetched from
where a stage fetches it. First on an idle box, then after `karaoke import` has been started on a folder of fifty other
songs: they come in, are decoded and separated meanwhile, and nobody waits for them. Told is the median of each, and
how much longer the busy box takes.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx

from tests.bench import songs, warm
from tests.bench.figures import Figure, ratio, seconds
from tests.server import ROOT, Server

LIMIT = 2.0
OTHERS, OTHERS_SECONDS = 50, 60.0
PATIENCE = 300.0


def measure(rounds: int = 3, length: float = 180.0, others: int = OTHERS) -> list[Figure]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        files = [songs.save(folder / f"Asked {n}.mp3", length, seed=n) for n in range(2 * rounds)]
        (music := folder / "music").mkdir()
        for number in range(others):
            songs.save(music / f"Other {number}.mp3", OTHERS_SECONDS, seed=1000 + number)
        with warm.server() as server, server.host() as host, server.phone("Ada") as phone:
            idle = [_ask(server, host, phone, file) for file in files[:rounds]]
            importing = _import(server, music)
            try:
                warm.until(lambda: _waiting(server) >= min(others, 10), PATIENCE, every=0.1)
                busy = [_ask(server, host, phone, file) for file in files[rounds:]]
            finally:
                importing.kill()
                importing.wait()
    return [
        seconds("asked → first chunk, idle", median(idle), note=f"MP3 of {length:.0f} s, median of {rounds}"),
        ratio(
            f"asked → first chunk, {others} others coming in",
            median(busy),
            median(idle),
            "an idle box",
            LIMIT,
        ),
    ]


def _ask(server: Server, host: httpx.Client, phone: httpx.Client, file: Path) -> float:
    began = time.perf_counter()
    song = warm.bring(host, file)
    turn = phone.post("/api/v1/turns", json={"song_id": song["id"]}).raise_for_status().json()
    track = song["track_id"]
    warm.until(lambda: _separated(server, track) > 0, PATIENCE)
    host.get(f"/stage/track/{track}/instrumental/0.flac").raise_for_status()
    took = time.perf_counter() - began
    phone.delete(f"/api/v1/turns/{turn['id']}").raise_for_status()
    warm.stop_work(server, host, song)
    return took


def _import(server: Server, music: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "karaoke_ui", "import", str(music)],
        env=os.environ | {"KARAOKE_DATA": str(server.data), "KARAOKE_ONLINE": "false"},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _waiting(server: Server) -> int:
    (unfinished,) = warm.look(server, "SELECT count(*) FROM job WHERE state IN ('QUEUED', 'RUNNING')")
    return int(unfinished)


def _separated(server: Server, track: str) -> int:
    (chunks,) = warm.look(server, "SELECT separated FROM track WHERE id = ?", track)
    return int(chunks)
