"""A page in a Chromium that nobody looks into: what drives a page keeps its answers in memory, and would be measured."""

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from tests import places

LISTENS = re.compile(rb"DevTools listening on ws://([^/\s]+)")


class Watched:
    """What can be asked of it from outside."""

    def __init__(self, address: str, page: ClientConnection) -> None:
        self._address = address
        self._page = page
        self._asked = 0

    def size(self) -> tuple[float, float, float]:
        """Megabytes of the page's scripts, its nodes, and megabytes that its processes hold for themselves."""
        self._ask(self._page, "HeapProfiler.collectGarbage")
        self._ask(self._page, "Performance.enable")
        metrics = self._ask(self._page, "Performance.getMetrics")["metrics"]
        found = {each["name"]: each["value"] for each in metrics}
        return found["JSHeapUsedSize"] / 1e6, found["Nodes"], sum(map(_held, self._renderers()))

    def _renderers(self) -> list[int]:
        url = httpx.get(f"http://{self._address}/json/version").json()["webSocketDebuggerUrl"]
        with connect(url, proxy=None) as browser:
            processes = self._ask(browser, "SystemInfo.getProcessInfo")["processInfo"]
        return [each["id"] for each in processes if each["type"] == "renderer"]

    def _ask(self, whom: ClientConnection, method: str) -> dict[str, Any]:
        self._asked += 1
        whom.send(json.dumps({"id": self._asked, "method": method}))
        while True:
            said = json.loads(whom.recv(30))
            if said.get("id") == self._asked:
                answer: dict[str, Any] = said["result"]
                return answer


@contextmanager
def opened(url: str, args: Sequence[str]) -> Iterator[Watched]:
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        command = [
            str(places.chromium()),
            *args,
            "--headless=new",
            "--remote-debugging-port=0",
            "--no-first-run",
        ]
        browser = subprocess.Popen(
            [*command, f"--user-data-dir={folder}", "--window-size=1920,1080", url],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            assert browser.stderr is not None
            line = next(line for line in browser.stderr if LISTENS.search(line))
            address = LISTENS.search(line)[1].decode()  # type: ignore[index]
            pages = httpx.get(f"http://{address}/json/list").json()
            page = next(each for each in pages if each["type"] == "page")
            with connect(page["webSocketDebuggerUrl"], proxy=None, max_size=None) as socket:
                yield Watched(address, socket)
        finally:
            browser.terminate()
            browser.wait(20)


def _held(process: int) -> float:
    status = Path(f"/proc/{process}/status")
    if not status.is_file():  # not on Linux: nothing is known
        return 0.0
    said = re.search(r"RssAnon:\s+(\d+) kB", status.read_text())
    return int(said[1]) / 1000 if said else 0.0
