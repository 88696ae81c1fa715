"""Chunks for the stage in any key and tempo: rendered ahead of the playhead, kept in a cache of bounded size.

Each variant of a song (its stems, or its mix) has at most one child at work (`stretch.py`). Who asks for a chunk gets a
future: the file as soon as it is whole, None where its sound is not there yet. A child goes on as far as chunks are
asked for, and ends when nobody asked for a while, or for another second of the song.

No numpy here: the web process loads it with the first song that is sung in another key.
"""

import contextlib
import shutil
import threading
import time
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog

from pipeline.audio.sound import chunk_name
from pipeline.errors import EncoreError
from pipeline.store import disk_errors

if TYPE_CHECKING:
    from pipeline.audio.stretch import Child, Sound, Source

log = structlog.get_logger()

MAX_CHILDREN = 3
IDLE_SECONDS = 30.0
# What a cache of before is called until it is gone.
OLD = ".old"
# Chunks that a child is let go over rather than that another one begins.
NEAR = 6
STEMS = ("instrumental", "vocals")
MIX = ("mix",)

Asked = Future[Path | None]


@dataclass(frozen=True)
class Variant:
    """One sound of a track in one key and tempo. `engine` is empty for the mix."""

    track: Path
    engine: str
    chunks: int
    key: int
    tempo: float

    @property
    def stems(self) -> tuple[str, ...]:
        return STEMS if self.engine else MIX

    @property
    def reels(self) -> tuple[Path, ...]:
        if not self.engine:
            return (self.track / "mix",)
        return tuple(self.track / "stems" / self.engine / stem for stem in STEMS)

    def folder(self, cache: Path) -> Path:
        """Where it is kept. A track that is separated anew has new files, and a new folder."""
        try:
            made = (self.reels[0] / chunk_name(0)).stat().st_mtime_ns
        except OSError:
            made = 0
        name = f"{self.engine or 'mix'}-{self.key:+d}-{self.tempo:.2f}-{made:x}"
        return cache / self.track.name / name


class Renderer:
    """All variants that are rendered, and what is kept of them."""

    def __init__(self, cache: Path, limit_mb: int) -> None:
        self._cache = cache
        self._limit = limit_mb * 1_000_000
        self._runs: dict[Variant, _Run] = {}
        self._finishing: set[_Run] = set()
        self._lock = threading.RLock()
        self._shelves: dict[Path, _Shelf] = {}
        # Renderings do not outlive the process: a file that was cut off by a power cut looks like a whole one.
        with contextlib.suppress(OSError):
            cache.rename(cache.with_name(f"{cache.name}.{uuid4().hex}{OLD}"))
        threading.Thread(target=_clear, args=(cache.parent,), name="render cache", daemon=True).start()

    def warm(self) -> None:
        """Load what a rendering needs: the first one begins sooner."""
        import pipeline.audio.stretch  # noqa: F401

    def chunk(self, variant: Variant, stem: str, number: int) -> Asked:
        """One chunk of one stem; None where it cannot be had (yet)."""
        asked: Asked = Future()
        with self._lock:
            shelf = self._shelf(variant.folder(self._cache))
            path = shelf.path(stem, number)
            if path.is_file():
                asked.set_result(path)
                return asked
            run = self._runs.get(variant)
            if run is None or not run.take(number, path, asked):
                if run is not None:
                    self._finishing.add(run)
                    run.finish()
                self._make_room()
                self._runs[variant] = run = _Run(self, variant, shelf, number)
                run.take(number, path, asked)
                run.start()
        return asked

    def forget(self, variant: Variant, number: int) -> None:
        """A chunk that could not be used is made again."""
        for stem in variant.stems:
            (variant.folder(self._cache) / stem / chunk_name(number)).unlink(missing_ok=True)

    def children(self) -> list[int]:
        """The processes at work."""
        with self._lock:
            runs = [*self._runs.values(), *self._finishing]
            return [run.child.pid for run in runs if run.child is not None]

    def close(self) -> None:
        with self._lock:
            runs = [*self._runs.values(), *self._finishing]
        for run in runs:
            run.stop()
        for run in runs:
            run.join()

    def published(self, shelf: "_Shelf", size: int) -> None:
        """Count what was written; let go of what was not used for longest."""
        with self._lock:
            shelf.size += size
            busy = {run.shelf.folder for run in (*self._runs.values(), *self._finishing)}
            for folder, old in list(self._shelves.items()):
                if sum(each.size for each in self._shelves.values()) <= self._limit:
                    return
                if folder not in busy:
                    shutil.rmtree(old.folder, ignore_errors=True)
                    del self._shelves[folder]

    def ended(self, run: "_Run") -> None:
        with self._lock:
            self._finishing.discard(run)
            if self._runs.get(run.variant) is run:
                del self._runs[run.variant]

    def _shelf(self, folder: Path) -> "_Shelf":
        """The folder's shelf, which is now the one that was used last."""
        shelf = self._shelves.pop(folder, None) or _Shelf(folder)
        self._shelves[folder] = shelf
        return shelf

    def _make_room(self) -> None:
        """End the children that nobody waits for, then those that were asked longest ago."""
        runs = sorted([*self._runs.values(), *self._finishing], key=lambda run: (run.is_awaited, run.used))
        for run in runs[: max(0, len(runs) - MAX_CHILDREN + 1)]:
            run.stop()
            self.ended(run)


class _Shelf:
    """A variant's folder, and the edges at which its renderings can be joined."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.size = 0
        # What sounded right before a chunk, and what would have sounded where a rendering ended.
        self.heads: dict[int, Sound] = {}
        self.tails: dict[int, Sound] = {}

    def path(self, stem: str, number: int) -> Path:
        return self.folder / stem / chunk_name(number)


class _Run(threading.Thread):
    """One child, and who waits for its chunks."""

    def __init__(self, renderer: Renderer, variant: Variant, shelf: _Shelf, first: int) -> None:
        super().__init__(name="render", daemon=True)
        self.variant, self.shelf = variant, shelf
        self.used = time.monotonic()
        self.child: Child | None = None
        self._renderer = renderer
        self._next = first
        self._waiting: dict[int, list[tuple[Path, Asked]]] = {}
        self._finishes = self._stopped = False
        # The next chunk is being made: its files may be there before it is told.
        self._busy = False
        self._news = threading.Condition()

    def take(self, number: int, path: Path, asked: Asked) -> bool:
        """Let somebody wait for a chunk, unless this child is past it, or far before it."""
        with self._news:
            if self._finishes or self._stopped or not 0 <= number - self._next <= NEAR:
                return False
            # What another child has made already must stay as it was heard.
            stem, ours = self.variant.stems[0], self._next + int(self._busy)
            if any(self.shelf.path(stem, each).is_file() for each in range(ours, number)):
                return False
            self.used = time.monotonic()
            self._waiting.setdefault(number, []).append((path, asked))
            self._news.notify_all()
            return True

    @property
    def is_awaited(self) -> bool:
        with self._news:
            return any(map(_alive, self._waiting.values()))

    def finish(self) -> None:
        """End as soon as nobody waits any more."""
        with self._news:
            self._finishes = True
            self._news.notify_all()

    def stop(self) -> None:
        with self._news:
            self._stopped = True
            self._news.notify_all()
            if self.child is not None:
                self.child.kill()

    def run(self) -> None:
        from pipeline.audio.stretch import Child, Source  # loads numpy

        source = Source(self.variant.reels, self.variant.chunks)
        try:
            if not source.can_render(self._next):
                return
            with self._news:
                if self._stopped:
                    return
                self.child = Child(source, self.variant.key, self.variant.tempo, self._next)
            self._work(source, self.child)
        except (EncoreError, OSError) as error:
            log.warning("rendering failed", reason=str(error))
        finally:
            with self._news:
                self._stopped = True
            if self.child is not None:
                self.child.close()
            self._renderer.ended(self)
            self._refuse()

    def _work(self, source: "Source", child: "Child") -> None:
        from pipeline.audio.stretch import LAP_FRAMES, cross

        first, began = self._next, time.monotonic()
        made = child.chunks()
        while self._is_wanted(source) and (found := next(made, None)) is not None:
            number, sound, after = found
            if number == first:
                self.shelf.heads[first] = child.head
                if (tail := self.shelf.tails.get(first)) is not None:
                    sound[: len(tail)] = cross(tail, sound[: len(tail)])
                log.info(
                    "rendered",
                    first=first,
                    key=self.variant.key,
                    tempo=self.variant.tempo,
                    stems=self.variant.engine,
                    seconds=round(time.monotonic() - began, 3),
                )
            head = self.shelf.heads.get(number + 1)
            if head is not None and self.shelf.path(self.variant.stems[0], number + 1).is_file():
                sound[-LAP_FRAMES:] = cross(sound[-LAP_FRAMES:], head)
            self.shelf.tails.pop(number, None)
            self.shelf.tails[number + 1] = after
            self._publish(number, sound)

    def _publish(self, number: int, sound: "Sound") -> None:
        from pipeline.audio.stretch import encode

        size = 0
        for place, stem in enumerate(self.variant.stems):
            flac = encode(sound[:, 2 * place : 2 * place + 2])
            path = self.shelf.path(stem, number)
            part = path.with_suffix(f".{uuid4().hex}.part")
            with disk_errors():
                path.parent.mkdir(parents=True, exist_ok=True)
                part.write_bytes(flac)
                part.replace(path)
            size += len(flac)
        self._renderer.published(self.shelf, size)
        with self._news:
            self._next, self._busy = number + 1, False
            ready = self._waiting.pop(number, [])
        for path, asked in ready:
            _answer(asked, path)

    def _is_wanted(self, source: "Source") -> bool:
        """Wait until somebody wants the next chunk or a later one; refuse those whose sound is not there yet."""
        while True:
            with self._news:
                self._waiting = {n: kept for n, each in self._waiting.items() if (kept := _alive(each))}
                if self._stopped:
                    return False
                if self._waiting and source.can_render(self._next):
                    self._busy = True
                    return True
                if not self._waiting and (self._finishes or not self._news.wait(IDLE_SECONDS)):
                    # From here on nobody is taken in.
                    self._stopped = not self._waiting
                    continue
            if not source.can_render(self._next):
                self._refuse()

    def _refuse(self) -> None:
        with self._news:
            refused, self._waiting = self._waiting, {}
        for waiting in refused.values():
            for _, asked in waiting:
                _answer(asked, None)


def _clear(folder: Path) -> None:
    for old in folder.glob(f"*{OLD}"):
        shutil.rmtree(old, ignore_errors=True)


def _alive(waiting: list[tuple[Path, Asked]]) -> list[tuple[Path, Asked]]:
    return [(path, asked) for path, asked in waiting if not asked.cancelled()]


def _answer(asked: Asked, path: Path | None) -> None:
    with contextlib.suppress(InvalidStateError):
        asked.set_result(path)
