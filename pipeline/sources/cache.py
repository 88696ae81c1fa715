"""Answers of outside services, kept on disk for as long as they are good; the oldest go when the room is used up."""

import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import structlog

log = structlog.get_logger()

MAX_BYTES = 200_000_000
# Looking at every file is slow: it is done once in so many writes.
WRITES_BETWEEN_LOOKS = 100


@dataclass(frozen=True)
class Kept:
    """An answer as it came. `found` is False where the service said that it has no such thing."""

    content: bytes
    found: bool = True


class Cache:
    """One file an answer: a line about it, then its bytes."""

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._writes = 0

    def get(self, key: str) -> Kept | None:
        try:
            about, _, content = self._path(key).read_bytes().partition(b"\n")
            said = json.loads(about)
            if said["key"] == key and time.time() < said["until"]:
                return Kept(content, said["found"])
        except FileNotFoundError:
            pass
        except (OSError, ValueError, LookupError, TypeError) as error:
            log.warning("kept answer unreadable", reason=repr(error))
        return None

    def put(self, key: str, kept: Kept, seconds: float) -> None:
        """Keep an answer. Where that fails there is one more request later, and no harm done."""
        part = self._folder / f"{uuid4().hex}.part"
        about = json.dumps({"key": key, "until": time.time() + seconds, "found": kept.found})
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(about.encode() + b"\n" + kept.content)
            part.replace(self._path(key))
            self._writes += 1
            if self._writes % WRITES_BETWEEN_LOOKS == 1:
                self.trim()
        except OSError as error:
            part.unlink(missing_ok=True)
            log.warning("answer not kept", reason=str(error))

    def trim(self) -> None:
        """Remove the oldest answers until the rest fits."""
        files = [(path.stat(), path) for path in self._folder.iterdir()]
        room = self._max_bytes - sum(stat.st_size for stat, _ in files)
        for stat, path in sorted(files, key=lambda each: each[0].st_mtime):
            if room >= 0:
                return
            path.unlink(missing_ok=True)
            room += stat.st_size

    def _path(self, key: str) -> Path:
        return self._folder / hashlib.sha256(key.encode()).hexdigest()
