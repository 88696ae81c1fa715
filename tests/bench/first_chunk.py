"""A song is dropped: when can its first separated seconds be played, and when can it be started?

The whole box runs with the real model, warm and idle. A song of three minutes is sent as an MP3 to the same address
that the host's page sends files to. The clock starts with the request; it stops when the first chunk of the
instrumental is fetched from where a stage fetches it (that it is there is seen in the database, looked at every 10 ms
from outside), and again when the box calls the song startable. Then its preparation is ended, and another song comes.
Told is the median.
"""

import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx

from tests.bench import songs, warm
from tests.bench.figures import Figure, seconds
from tests.server import Server

LIMIT = 5.0
PATIENCE = 300.0


def measure(rounds: int = 3, length: float = 180.0) -> list[Figure]:
    with TemporaryDirectory() as folder, warm.server() as server, server.host() as host:
        files = [
            songs.save(Path(folder) / f"Dropped {number}.mp3", length, seed=number)
            for number in range(rounds)
        ]
        found = [_drop(server, host, file) for file in files]
    first, startable = (median(times) for times in zip(*found, strict=True))
    note = f"MP3 of {length:.0f} s, median of {rounds}"
    return [
        seconds("dropped → first chunk playable", first, LIMIT, note),
        seconds("dropped → can be started", startable, note=note),
    ]


def _drop(server: Server, host: httpx.Client, file: Path) -> tuple[float, float]:
    began = time.perf_counter()
    song = warm.bring(host, file)
    track = song["track_id"]
    warm.until(lambda: _separated(server, track) > 0, PATIENCE)
    host.get(f"/stage/track/{track}/instrumental/0.flac").raise_for_status()
    first = time.perf_counter() - began
    startable = warm.until(lambda: warm.readiness(host, song) in ("startable", "ready"), PATIENCE, every=0.05)
    warm.stop_work(server, host, song)
    return first, startable - began


def _separated(server: Server, track: str) -> int:
    (chunks,) = warm.look(server, "SELECT separated FROM track WHERE id = ?", track)
    return int(chunks)
