"""Ten thousand small files are imported while the box runs: how fast they come in, and who feels it.

The whole box runs, with its workers. The files are one second of sound each with tags of their own. `karaoke import`
brings them as anybody would; meanwhile a stage asks the web process for the time fifty times a second, over the socket
it is controlled through. How long the answers take is how long the event loop was kept from its work.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mutagen.id3

from tests import sound
from tests.bench.figures import Figure, milliseconds, percentile
from tests.server import ROOT, Server, Tv

LIMIT = 0.050
PAUSE = 0.02
IDLE_SECONDS = 20.0
PATIENCE_SECONDS = 1800


def measure(count: int = 10_000) -> list[Figure]:
    with TemporaryDirectory() as folder:
        music = _files(Path(folder), count)
        with Server(Path(folder) / "data", whole=True) as server, server.paired_tv() as tv:
            idle_until = time.monotonic() + IDLE_SECONDS
            idle = _answers(tv, lambda: time.monotonic() < idle_until)
            began = time.monotonic()
            with _import(server, music) as importing:
                busy = _answers(tv, lambda: importing.poll() is None)
            taken = time.monotonic() - began
            assert importing.returncode == 0, "not every file was taken"
    note = f"against {percentile(idle, 0.99) * 1000:.1f} ms idle"
    return [
        Figure("imported files a second", count / taken, "", note=f"{count:,} tagged MP3s in {taken:.0f} s"),
        milliseconds("event loop meanwhile, p99", percentile(busy, 0.99), LIMIT, note),
        milliseconds("event loop meanwhile, longest", max(busy)),
    ]


def _files(folder: Path, count: int) -> Path:
    music = folder / "music"
    id3: Any = mutagen.id3
    body = sound.save(folder / "one.mp3", sound.song(2)).read_bytes()
    for number in range(count):
        path = music / f"{number % 100:02d}" / f"{number}.mp3"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        sound.add_frames(
            path,
            id3.TIT2(text=f"Song {number}"),
            id3.TPE1(text=f"Artist {number % 500}"),
        )
    return music


def _import(server: Server, music: Path) -> "subprocess.Popen[bytes]":
    environ = os.environ | {"KARAOKE_DATA": str(server.data), "KARAOKE_ONLINE": "false"}
    return subprocess.Popen(
        [sys.executable, "-m", "karaoke_ui", "import", str(music)],
        env=environ,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _answers(tv: Tv, while_: Callable[[], bool]) -> list[float]:
    """How long the web process took to say the time, again and again."""
    found = []
    until = time.monotonic() + PATIENCE_SECONDS
    while while_() and time.monotonic() < until:
        asked = time.perf_counter()
        tv.say("ping", t0=asked)
        while json.loads(tv.socket.recv(30.0))["type"] != "pong":
            pass
        found.append(time.perf_counter() - asked)
        time.sleep(PAUSE)
    return found
