"""One worker a lane: a lock that dies with whoever holds it, and tells everybody else whether somebody does."""

import fcntl
from pathlib import Path
from typing import IO

import structlog

from pipeline.tables import Lane

logger = structlog.get_logger()


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
