"""Keeps the three children alive: web, prepare and separate. Little more than the standard library: nothing to fail on."""

import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from types import FrameType

from karaoke_ui.text import t

# A child that ends with this code was started with settings it cannot use: trying again would not help.
WRONG_SETTINGS = 78
CHILDREN = {
    "web": ["-m", "karaoke_ui.web"],
    "prepare": ["-m", "pipeline.worker", "prepare"],
    "separate": ["-m", "pipeline.worker", "separate"],
}
# The web process has many threads that do little each: they share two heaps, else each keeps one that only grows.
ENVIRON = {"web": {"MALLOC_ARENA_MAX": "2"}}
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
# Who ran this long has recovered: the next pause is short again.
STABLE_SECONDS = 30.0
READY_SECONDS = 15.0
LEAVE_SECONDS = 5.0
LOOK_SECONDS = 0.1
# Told to the first web process alone: where it says that its first page can be opened.
READY = "ENCORE_READY_FD"


@dataclass
class Child:
    """One child and the pipe that ties its life to ours."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    due: float = field(default_factory=time.monotonic)

    def start(self, ready: int | None = None) -> None:
        environ = ENVIRON.get(self.name, {}) | os.environ | {"ENCORE_CHILD": "1"}
        if ready is not None:
            environ[READY] = str(ready)
        self.process = subprocess.Popen(
            [sys.executable, *CHILDREN[self.name]],
            stdin=subprocess.PIPE,
            env=environ,
            pass_fds=() if ready is None else (ready,),
            start_new_session=True,
        )
        self.started = time.monotonic()

    def ended(self) -> int | None:
        """The exit code of a child that has just ended; its restart is planned."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        if self.process.stdin is not None:
            self.process.stdin.close()
        if time.monotonic() - self.started > STABLE_SECONDS:
            self.pause = FIRST_PAUSE
        self.process = None
        self.due = time.monotonic() + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
        return code


class Supervisor:
    def __init__(self) -> None:
        self._children = [Child(name) for name in CHILDREN]
        self._leaving = False

    def run(self) -> int:
        signal.signal(signal.SIGTERM, self._leave)
        signal.signal(signal.SIGINT, self._leave)
        signal.signal(signal.SIGHUP, self._leave)
        code = self._start_web_first()
        while code is None and not self._leaving:
            for child in self._children:
                ended = child.ended()
                if ended is not None:
                    _tell(child.name, ended)
                if ended == WRONG_SETTINGS:
                    code = ended
                if child.process is None and time.monotonic() >= child.due and not self._leaving:
                    child.start()
            time.sleep(LOOK_SECONDS)
        self._stop_all()
        return code or 0

    def _start_web_first(self) -> int | None:
        """The first page comes first: the workers start when it can be served, and find the database migrated."""
        web = self._children[0]
        reader, writer = os.pipe()
        web.start(ready=writer)
        os.close(writer)
        select.select([reader], [], [], READY_SECONDS)  # also ends when the child dies and the pipe closes
        os.close(reader)
        if web.process is not None:
            try:
                code = web.process.wait(0.02)
            except subprocess.TimeoutExpired:
                return None
            return WRONG_SETTINGS if code == WRONG_SETTINGS else None
        return None

    def _stop_all(self) -> None:
        alive = [child.process for child in self._children if child.process is not None]
        for process in alive:
            process.terminate()
        until = time.monotonic() + LEAVE_SECONDS
        for process in alive:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _leave(self, _signal: int, _frame: FrameType | None) -> None:
        self._leaving = True


def _tell(name: str, code: int) -> None:
    killed = t("cli.child.killed", name=name, signal=-code)
    sys.stderr.write((killed if code < 0 else t("cli.child.ended", name=name, code=code)) + "\n")
    sys.stderr.flush()
