"""The files: one folder a track, named by its id; everything arrives under a temporary name and is moved in whole."""

import errno
import hashlib
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from pipeline import locks
from pipeline.errors import DiskFull, EmptyFile, TooLarge

BLOCK = 1 << 20
WORDS = "words.lrc"
# What a track's folder says about itself.
SELF = "song.json"
# How long words or a picture wait for their song.
PATIENCE_SECONDS = 30 * 86400
# Who takes in many files lets go between two of them: tidying up waits this long for such a moment.
GAP_SECONDS = 1.0
# What the system says when a file finds no room: on the disk, in a quota, under a limit of the process.
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Waiting(StrEnum):
    """What can arrive before its song: as the ending of the file it waits in."""

    WORDS = ".words"
    GRAPHICS = ".graphics"


@dataclass(frozen=True)
class Incoming:
    """A file that arrived whole and is not part of the library yet."""

    path: Path
    name: str
    sha256: str
    bytes: int

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)


class Store:
    """The folders `library` (what is kept) and `incoming` (what is on its way in)."""

    def __init__(self, library: Path, incoming: Path, lock: Path) -> None:
        self.library = library
        self.incoming = incoming
        self._lock = lock
        for folder in (library, incoming, lock.parent):
            folder.mkdir(parents=True, exist_ok=True)
        lock.touch()

    def taking_in(self) -> AbstractContextManager[None]:
        """For as long as something lies here that no track owns yet: nobody tidies up meanwhile."""
        return locks.together(self._lock)

    def tidying(self) -> AbstractContextManager[bool]:
        """Keep others from taking anything in; False while some process does."""
        return locks.alone(self._lock, GAP_SECONDS)

    def receive(self, stream: BinaryIO, name: str, limit_mb: int) -> Incoming:
        """Write a stream to disk while counting and hashing it; leaves nothing behind when it fails. See `taking_in`."""
        name = clean_name(name)
        path = self.incoming / f"{uuid4().hex}.part"
        digest, size = hashlib.sha256(), 0
        try:
            with disk_errors(), path.open("xb") as target:
                while block := stream.read(BLOCK):
                    size += len(block)
                    if size > limit_mb * 1_000_000:
                        raise TooLarge(name=name, limit=limit_mb)
                    digest.update(block)
                    target.write(block)
            if size == 0:
                raise EmptyFile(name=name)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Incoming(path, name, digest.hexdigest(), size)

    def admit(self, incoming: Incoming, track_id: str) -> str:
        """Move a file that arrived into its track's folder; its name there."""
        original = "original" + suffix(incoming.name)
        folder = self.folder(track_id)
        with disk_errors():
            folder.mkdir(parents=True)
            incoming.path.replace(folder / original)
        return original

    def folder(self, track_id: str) -> Path:
        return self.library / track_id

    def forget(self, track_id: str) -> None:
        """Take from a folder what makes it worth keeping when no track owns it."""
        (self.folder(track_id) / SELF).unlink(missing_ok=True)

    def remove(self, track_id: str) -> None:
        shutil.rmtree(self.folder(track_id), ignore_errors=True)

    def put(self, track_id: str, name: str, content: bytes) -> None:
        """Keep something in a track's folder, in place of what has that name."""
        self._write(self.folder(track_id) / name, content)

    def copy(self, track_id: str, name: str, path: Path) -> str:
        """Copy a file into a track's folder; its name there."""
        part = self.incoming / f"{uuid4().hex}.part"
        try:
            with disk_errors(), self.taking_in():
                shutil.copyfile(path, part)
                part.replace(self.folder(track_id) / name)
        finally:
            part.unlink(missing_ok=True)
        return name

    def put_words(self, track_id: str, text: bytes) -> None:
        self.put(track_id, WORDS, text)

    def words(self, track_id: str) -> bytes | None:
        path = self.folder(track_id) / WORDS
        return path.read_bytes() if path.is_file() else None

    def leave(self, kind: Waiting, file_name: str, content: bytes) -> None:
        """Keep what belongs to a song that has not arrived yet, under the name they share."""
        self._write(self._left(kind, file_name), content)

    def waiting(self, kind: Waiting, file_name: str) -> bytes | None:
        path = self._left(kind, file_name)
        return path.read_bytes() if path.is_file() else None

    def drop(self, file_name: str) -> None:
        """The song that things waited for has them now."""
        for kind in Waiting:
            self._left(kind, file_name).unlink(missing_ok=True)

    def tidy(self, known: set[str]) -> Iterator[str]:
        """Remove what a killed process left half-done: parts of files, folders that nobody owns or describes. See `tidying`."""
        waiting, long_ago = {kind.value for kind in Waiting}, time.time() - PATIENCE_SECONDS
        for part in self.incoming.iterdir():
            if part.suffix not in waiting or part.stat().st_mtime < long_ago:
                shutil.rmtree(part) if part.is_dir() else part.unlink()
                yield part.name
        for folder in self.library.iterdir():
            # Without any track the database may be new, and the folders all there is.
            if known and folder.name not in known and not (folder / SELF).is_file():
                shutil.rmtree(folder, ignore_errors=True)
                yield folder.name

    def free_mb(self) -> int:
        return shutil.disk_usage(self.library).free // 1_000_000

    def _left(self, kind: Waiting, file_name: str) -> Path:
        shared = hashlib.sha256(stem(file_name).casefold().encode()).hexdigest()[:32]
        return self.incoming / f"{shared}{kind}"

    def _write(self, path: Path, content: bytes) -> None:
        part = self.incoming / f"{uuid4().hex}.part"
        try:
            with disk_errors(), self.taking_in():
                part.write_bytes(content)
                path.parent.mkdir(exist_ok=True)  # a song that is still to be fetched has no folder yet
                part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def clean_name(name: str) -> str:
    """The last part of whatever a browser calls a file, without anything that could be a path or hidden text."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(c for c in last if c.isprintable()).strip()[:200] or "song"


def stem(name: str) -> str:
    return clean_name(name).rsplit(".", 1)[0]


def suffix(name: str) -> str:
    """A short, harmless ending: the original keeps it for people who look into the folder."""
    found = re.search(r"\.[A-Za-z0-9]{1,5}$", name)
    return found[0].lower() if found else ""


@contextmanager
def disk_errors() -> Iterator[None]:
    """Say `DiskFull` where the system says that no room is left."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFull(str(error)) from error
        raise
