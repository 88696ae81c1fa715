"""Whatever somebody brings: one file, files that belong together, a zip, whole folders. Each song goes through `library.add`.

A folder may hold ten thousand songs while a night is on: they come one at a time, in small transactions, as the least
urgent work there is, and with a pause whenever the database is busy with somebody else.
"""

import errno
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

import structlog

from pipeline import library
from pipeline.box import Box
from pipeline.errors import AlreadyThere, BadArchive, EncoreError, NotWords, Unreadable
from pipeline.formats import archive, cdg, lrc, sidecar
from pipeline.formats.archive import Budget
from pipeline.intake import collect
from pipeline.intake.beside import Beside
from pipeline.intake.collect import Found, Group
from pipeline.store import suffix
from pipeline.tables import Song

log = structlog.get_logger()

# A zip may hold zips, and these no more.
DEPTH = 1
# What a zip may unpack to, as a multiple of the largest file.
ROOM = 4
# One who has to wait this long for the database is not alone, and lets the others go first.
BUSY_SECONDS = 0.02
LOOK_EVERY = 10
LONGEST_REST = 1.0


@dataclass(frozen=True)
class Outcome:
    """What became of some files that belong together. Words without a song have neither song nor error: they wait."""

    name: str
    files: tuple[Path, ...] = ()
    song: Song | None = None
    error: EncoreError | None = None


def take(box: Box, stream: BinaryIO, name: str, source: str) -> list[Outcome]:
    """Take one file in that came over the wire, whatever it is. What alone cannot be used raises its error."""
    start = stream.read(len(archive.MAGIC))
    stream.seek(0)
    ending = suffix(name)
    if start == archive.MAGIC:
        with box.store.taking_in():
            incoming = box.store.receive(stream, name, box.settings.max_upload_mb)
            try:
                return list(_Unpacker(box, source).take(incoming.path, incoming.name))
            finally:
                incoming.discard()
    if ending in (collect.LRC, collect.TEXT):
        return [Outcome(name, song=library.add_words(box, stream.read(lrc.MAX_BYTES + 1), name))]
    if ending == collect.GRAPHICS:
        return [Outcome(name, song=library.add_graphics(box, stream.read(cdg.MAX_BYTES + 1), name))]
    return [Outcome(name, song=library.add(box, stream, name, source))]


def take_together(box: Box, files: Sequence[tuple[str, BinaryIO]], source: str) -> list[Outcome]:
    """Take in the files of one folder that came over the wire together: a text of UltraStar's names the others."""
    with _folder(box) as folder:
        for name, stream in files:
            incoming = box.store.receive(stream, name, box.settings.max_upload_mb)
            incoming.path.replace(folder / incoming.name)
        return [each for found in collect.walk([folder]) for each in sorted_files(box, found, source)]


@contextmanager
def _folder(box: Box) -> Iterator[Path]:
    """One for files that come together, gone with them when they are taken in."""
    folder = box.store.incoming / f"{uuid4().hex}.unpacked"
    with box.store.taking_in():
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def belong_together(files: Sequence[tuple[str, BinaryIO]]) -> bool:
    """Whether one of them says what the others are."""
    return len(files) > 1 and any(
        suffix(name) == collect.TEXT and _has_notes(stream) for name, stream in files
    )


def _has_notes(stream: BinaryIO) -> bool:
    start = stream.read(lrc.MAX_BYTES)
    stream.seek(0)
    try:
        return sidecar.head(start) is not None
    except NotWords:
        return False


def from_folders(box: Box, paths: Iterable[Path], source: str = "folder") -> Iterator[Outcome]:
    """Take in all that lies in these folders, and the files that were named."""
    pace = Pace(box)
    for found in collect.walk(list(paths), but=box.settings.data):
        for outcome in sorted_files(box, found, source):
            yield outcome
            pace.rest()


def sorted_files(box: Box, found: Found, source: str) -> Iterator[Outcome]:
    """Take in what belongs together in one folder."""
    yield from (Outcome(path.name, (path,), error=error) for path, error in found.useless)
    yield from (group(box, each, source) for each in found.songs)
    yield from (lone_words(box, path) for path in found.words)
    for path in found.zips:
        try:
            for each in _Unpacker(box, source).take(path, path.name):
                yield Outcome(each.name, (path,), each.song, each.error)
        except EncoreError as error:
            yield Outcome(path.name, (path,), error=error)
        except OSError as error:
            yield Outcome(path.name, (path,), error=unreadable(path, error))


def group(box: Box, found: Group, source: str) -> Outcome:
    """One song with all that belongs to it."""

    def add() -> Song:
        beside = _readable(found)
        try:
            with found.song.open("rb") as stream:
                return library.add(box, stream, found.song.name, source, beside)
        except AlreadyThere as there:
            library.complete(box, str(there.context["song"]), beside)
            raise

    return _outcome(found.song.name, found.files, add)


class Pace:
    """Whoever brings much waits while others need the database."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._count = 0

    def rest(self) -> None:
        self._count += 1
        if self._count % LOOK_EVERY:
            return
        began = time.monotonic()
        with self._box.db.write():
            waited = time.monotonic() - began
        if waited > BUSY_SECONDS:
            time.sleep(min(LONGEST_REST, 10 * waited))


class _Unpacker:
    """Takes in the songs of a zip, and of the zips in it, as long as there is room for them."""

    def __init__(self, box: Box, source: str) -> None:
        self._box = box
        self._source = source
        self._room = Budget(box.settings.max_upload_mb * 1_000_000 * ROOM)

    def take(self, path: Path, name: str, depth: int = 0) -> Iterator[Outcome]:
        """Every song of a zip, and what of it cannot be used. An error of the zip itself is raised before any is added."""
        with _folder(self._box) as folder:
            archive.unpack(path, name, folder, self._room, collect.matters)
            outcomes = (each for found in collect.walk([folder]) for each in self._found(found, depth))
            first = next(outcomes, None)
            if first is None:
                raise BadArchive(name=name, reason="no_song")
            yield first
            yield from outcomes

    def _found(self, found: Found, depth: int) -> Iterator[Outcome]:
        inner, found.zips = found.zips, []
        yield from sorted_files(self._box, found, self._source)
        for path in inner:
            try:
                if depth >= DEPTH:
                    raise BadArchive(name=path.name, reason="too_deep")
                yield from self.take(path, path.name, depth + 1)
            except EncoreError as error:
                yield Outcome(path.name, error=error)


def lone_words(box: Box, path: Path) -> Outcome:
    """Words that lie apart from their song. A text that is no song's is somebody's letter, and no matter."""

    def add() -> Song | None:
        content = collect.read(path, lrc.MAX_BYTES)
        if path.suffix.lower() == collect.TEXT and not library.has_called(box, path.name):
            return None
        return library.add_words(box, content, path.name)

    return _outcome(path.name, (path,), add)


def _outcome(name: str, files: tuple[Path, ...], add: Callable[[], Song | None]) -> Outcome:
    try:
        return Outcome(name, files, add())
    except EncoreError as error:
        return Outcome(name, files, error=error)
    except OSError as error:
        return Outcome(name, files, error=unreadable(files[0], error))


def _readable(found: Group) -> Beside:
    """What is beside a song; a text that is none keeps no song out."""
    beside = found.beside()
    try:
        if beside.words is not None:
            sidecar.read(beside.words)
    except NotWords as error:
        log.info("words left out", file=found.song.name, reason=error.detail)
        return replace(beside, words=None)
    return beside


def unreadable(path: Path, error: OSError) -> Unreadable:
    reasons = {errno.EACCES: "forbidden", errno.EPERM: "forbidden", errno.ENOENT: "gone"}
    return Unreadable(str(error), name=path.name, reason=reasons.get(error.errno or 0, ""))
