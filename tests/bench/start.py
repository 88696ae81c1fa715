"""From the start of the process to the first page, and what the processes have loaded.

`karaoke serve` and the smallest NiceGUI app there is (a label, in a file of its own) are started in turn, several
times each, and asked for `/` every 5 ms until it is answered; told are the medians. Encore starts in a data folder
that is there already, as on every evening but the first; the very first start, which makes the database, is told too.

Then the whole box prepares a song with the real model, and on Linux the memory maps of its processes tell which of
them have torch loaded: the separating one, and no other.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx

from tests.bench import warm
from tests.bench.figures import Figure, ratio, seconds
from tests.server import START_SECONDS, Server, free_port

LIMIT, RATIO_LIMIT = 1.0, 1.8
BARE = """
from nicegui import ui

ui.label("Hello")
ui.run(host="127.0.0.1", port={port}, show=False, reload=False, show_welcome_message=False)
"""


class Encore(Server):
    """`karaoke serve`, which counts as up when its first page is answered."""

    def wait_until_up(self) -> None:
        wait_for_page(self.base_url, lambda: self.process is None or self.process.poll() is None)


def measure(rounds: int = 7) -> list[Figure]:
    with TemporaryDirectory() as folder:
        data, script = Path(folder) / "data", Path(folder) / "bare.py"
        first = _encore(data)
        _bare(script)  # once unmeasured, like the other
        pairs = [(_encore(data), _bare(script)) for _ in range(rounds)]
    ours, bare = (median(times) for times in zip(*pairs, strict=True))
    return [
        seconds("start → first page", ours, LIMIT, f"median of {rounds}"),
        ratio("start → first page, against a bare app", ours, bare, "a bare NiceGUI app", RATIO_LIMIT),
        seconds("the very first start, with a new database", first),
        *_torch(),
    ]


def wait_for_page(base_url: str, is_alive: Callable[[], bool]) -> None:
    """Ask for the first page until it is answered."""
    until = time.monotonic() + START_SECONDS
    with httpx.Client(base_url=base_url, trust_env=False) as client:
        while time.monotonic() < until:
            try:
                if client.get("/").status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            assert is_alive(), "it ended"
            time.sleep(0.005)
    raise AssertionError("it does not answer")


def _encore(data: Path) -> float:
    server = Encore(data, whole=True, log_level="info")
    try:
        began = time.perf_counter()
        server.start()
        return time.perf_counter() - began
    finally:
        server.stop()


def _bare(script: Path) -> float:
    port = free_port()
    script.write_text(BARE.format(port=port))
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, script],
        cwd=script.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for_page(f"http://127.0.0.1:{port}", lambda: process.poll() is None)
        return time.perf_counter() - began
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _torch() -> list[Figure]:
    """How many processes that have no use for torch have it loaded."""
    if not Path("/proc/self/maps").exists():
        return []
    with warm.server() as server:
        loaded = {
            name
            for name, pid in server.children().items()
            if "libtorch" in Path(f"/proc/{pid}/maps").read_text()
        }
    assert "separate" in loaded, "not even the process that separates has torch: this look sees nothing"
    wrong = sorted(loaded - {"separate"})
    return [Figure("torch in web and prepare", len(wrong), "processes", 0, ", ".join(wrong))]
