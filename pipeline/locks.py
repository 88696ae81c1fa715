"""Locks that die with whoever holds them, however they die.

One worker a lane, and everybody else sees whether somebody works. Many take files in at once, and nobody tidies up
meanwhile.
"""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import structlog

from pipeline.tables import Lane

logger = structlog.get_logger()

TRY_AGAIN_SECONDS = 0.02


def lock(folder: Path, lane: Lane) -> IO[str]:
    """Wait until no other process works on this lane here: two models would fight for one device."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = (folder / f"{lane}.lock").open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        logger.warning("another worker holds this lane, waiting", lane=lane.value)
        fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def is_alive(folder: Path, lane: Lane) -> bool:
    """Whether some process works on this lane here. The lock dies with whoever holds it, however it dies."""
    path = folder / f"{lane}.lock"
    if not path.exists():
        return False
    with path.open() as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextmanager
def together(path: Path) -> Iterator[None]:
    """Hold what many may hold at once. Waits while somebody has it alone."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield


@contextmanager
def alone(path: Path, patience: float) -> Iterator[bool]:
    """Hold it while nobody else does; False when somebody still did after so many seconds."""
    until = time.monotonic() + patience
    with path.open("w") as handle:
        while not (got := _take(handle)) and time.monotonic() < until:
            time.sleep(TRY_AGAIN_SECONDS)
        yield got


def _take(handle: IO[str]) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
