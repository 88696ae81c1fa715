"""Encore as it really runs: processes of its own, on a folder and a port that the test chooses.

`Server` starts and ends them, `client()` and `phone()` are browsers, `host()` is one that is logged in, and `Tv` is a
stage that speaks over its socket. Each browser seems to come from an address of its own, as in a real room.
"""

import itertools
import json
import os
import re
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).parents[1]
PASSWORD = "sing out loud"
START_SECONDS = 40.0
# What a test's own surroundings must not tell the server. Compiled modules are kept: it starts a hundred times.
FOREIGN = re.compile(r"^(KARAOKE|NICEGUI|PYTEST|ENCORE)_|^PYTHONDONTWRITEBYTECODE$")
# Nothing here is spoken over TLS, and to load the system's certificates takes longer than most requests.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
# Below those that a system gives away by itself: nobody who asks for any port is given one that is about to be used.
PORTS = range(20_000, 32_000)
# What is printed last before the first page can be opened.
GREETING = re.compile(rb"^ .* https?://\S*/stage$", re.MULTILINE)
WEB = ("-m", "karaoke_ui.web")
WHOLE = ("-m", "karaoke_ui", "serve")


def free_port() -> int:
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


class Server:
    """The web process, or (`whole`) the supervisor with all its children."""

    def __init__(self, data: Path, *, whole: bool = False, **settings: object) -> None:
        self.data = data
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.log_file = data.with_name(f"{data.name}.log")
        self.process: subprocess.Popen[bytes] | None = None
        # Where the log of this start begins.
        self._begins = 0
        self._command = WHOLE if whole else WEB
        self._settings = {
            "data": data,
            "host": "127.0.0.1",
            "port": self.port,
            "engine": "center",  # a test that wants the model says so
            "online": "false",  # nor are services outside asked, unless a test stands in for them
            "log_level": "debug",
            "log_format": "json",
        } | settings
        self._host: httpx.Cookies | None = None
        self._addresses = itertools.count(1)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        """Start, and wait until the first page can be opened."""
        self.data.mkdir(parents=True, exist_ok=True)
        environ = {name: value for name, value in os.environ.items() if not FOREIGN.match(name)}
        environ |= {f"KARAOKE_{name.upper()}": str(value) for name, value in self._settings.items()}
        environ |= {"PYTHONPATH": str(ROOT), "ENCORE_CHILD": "1"}
        with self.log_file.open("ab") as log:
            self._begins = log.tell()
            self.process = subprocess.Popen(
                [sys.executable, *self._command],
                cwd=self.data,  # no `.env` of a developer here
                env=environ,
                stdin=subprocess.PIPE,  # its lifeline: a test run that is killed leaves nothing behind
                stdout=log,
                stderr=log,
            )
        self.wait_until_up()

    def wait_until_up(self) -> None:
        """Until it greets and answers: the one before it, which had its port, may do so for a moment as well."""
        until = time.monotonic() + START_SECONDS
        while not (GREETING.search(self.log_file.read_bytes(), self._begins) and self._answers()):
            assert self.process is None or self.process.poll() is None, f"it ended:\n{self.log()[-4000:]}"
            assert time.monotonic() < until, f"it does not answer:\n{self.log()[-4000:]}"
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            answer = httpx.get(f"{self.base_url}/health", trust_env=False, verify=NO_CERTIFICATES)
        except httpx.TransportError:
            return False
        return answer.is_success

    def stop(self) -> int:
        """End it politely; the exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """What a power cut does."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        self.kill()
        self.start()

    def _end(self, how: signal.Signals) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(how)
        try:
            code = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            if self.process.stdin is not None:
                self.process.stdin.close()
        self.process = None
        return code

    def children(self) -> dict[str, int]:
        """The pids of a whole server's children: web, prepare, separate."""
        listed = subprocess.run(
            ["ps", "-axo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
        ).stdout
        found = {}
        for line in listed.splitlines():
            pid, parent, command = line.split(None, 2)
            if int(parent) == self.pid:
                found["web" if command.endswith("karaoke_ui.web") else command.rsplit(None, 1)[-1]] = int(pid)
        return found

    def child(self, name: str) -> int:
        """The pid of one of them, once it has been started."""
        until = time.monotonic() + START_SECONDS
        while (pid := self.children().get(name)) is None:
            assert time.monotonic() < until, f"{name} was not started:\n{self.log()[-4000:]}"
            time.sleep(0.05)
        return pid

    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8", errors="replace") if self.log_file.exists() else ""

    def events(self, event: str) -> list[dict[str, Any]]:
        """The log's lines about one kind of event."""
        whole = self.log().rpartition("\n")[0]  # the last line may still be on its way
        lines = (line for line in whole.splitlines() if line.startswith("{"))
        return [found for found in map(json.loads, lines) if found.get("event") == event]

    @property
    def setup_code(self) -> str:
        """The one-time code, as it was printed at the first start."""
        until = time.monotonic() + START_SECONDS  # the first page may be there before the greeting
        while (found := re.search(r"one-time code +(\d{3}) (\d{3})", self.log())) is None:
            assert time.monotonic() < until, "no one-time code was printed"
            time.sleep(0.05)
        return found[1] + found[2]

    def client(self, cookies: httpx.Cookies | None = None, **headers: str) -> httpx.Client:
        """A browser that nobody knows yet, or one with these cookies."""
        return httpx.Client(
            base_url=self.base_url,
            headers={"x-forwarded-for": f"10.0.{next(self._addresses)}.1"} | headers,
            cookies=cookies,
            timeout=30,
            trust_env=False,
            verify=NO_CERTIFICATES,
        )

    def host(self) -> httpx.Client:
        """A browser in which the host is logged in; the first one sets the password."""
        if self._host is None:
            with self.client() as client:
                answer = client.post("/api/v1/session", json={"password": PASSWORD})
                if answer.status_code == 401:
                    body = {"code": self.setup_code, "password": PASSWORD}
                    answer = client.post("/api/v1/session/setup", json=body)
                answer.raise_for_status()
                self._host = client.cookies
        return self.client(self._host)

    def phone(self, name: str) -> httpx.Client:
        """The phone of a guest who has said a name."""
        with self.client() as client:
            client.put("/api/v1/singers/me", json={"name": name}).raise_for_status()
            return self.client(client.cookies)

    def tv(self, *, armed: bool = True) -> "Tv":
        return Tv(self, armed=armed)

    def paired_tv(self) -> "Tv":
        """A stage that was armed by a tap and let in by the host."""
        tv = self.tv()
        with self.host() as host:
            tv.id = host.post("/api/v1/stages", json={"code": tv.code}).raise_for_status().json()["id"]
        tv.until(lambda state: state["stage"]["paired"])
        return tv


class Tv:
    """A stage page reduced to its socket."""

    # Once it is let in.
    id = ""

    def __init__(self, server: Server, *, armed: bool = True, cookies: httpx.Cookies | None = None) -> None:
        self._open = ExitStack()
        self.http = self._open.enter_context(server.client(cookies))
        self.http.get("/stage").raise_for_status()
        cookie = f"encore_stage={self.http.cookies['encore_stage']}"
        self.socket: ClientConnection = self._open.enter_context(
            connect(
                f"ws://127.0.0.1:{server.port}/stage/ws",
                additional_headers={"cookie": cookie},
                proxy=None,
                open_timeout=30,
                close_timeout=0.5,  # a TV that nobody listens to any more does not hear the farewell
                max_queue=None,  # nor is it taken for dead while a test looks elsewhere
            )
        )
        self.say("hello", armed=armed)
        self.state = self.until(lambda _: True)

    @property
    def code(self) -> str:
        return str(self.state["stage"]["code"])

    def say(self, kind: str, **values: object) -> None:
        self.socket.send(json.dumps({"type": kind} | values))

    def until(self, wanted: Any, seconds: float = 30.0) -> dict[str, Any]:
        """Listen until a state comes that is `wanted`; that state."""
        until = time.monotonic() + seconds
        while True:
            heard: dict[str, Any] = json.loads(self.socket.recv(max(0.0, until - time.monotonic())))
            if heard["type"] == "state":
                self.state = heard
                if wanted(heard):
                    return heard

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._open.close()
