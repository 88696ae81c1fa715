"""Is every file of the library still as it was written? Each is read and compared; what is damaged is made anew.

Somebody asks, a worker does it, and what it found stands in the database for every screen.
"""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlmodel import Session, col, select

from pipeline import jobs
from pipeline.box import Box
from pipeline.db import announce
from pipeline.tables import Job, Lane, Setting, Song, Track, TrackState

if TYPE_CHECKING:
    from pipeline.audio.chunks import Reel

log = structlog.get_logger()

MAX_PROBLEMS = 500
TELL_SECONDS = 1.0
_NAME = "integrity"


@dataclass(frozen=True)
class Problem:
    """A file that is not as it was, and whether it is being made anew."""

    song_id: str
    title: str
    file: str
    missing: bool
    repaired: bool


@dataclass(frozen=True)
class Report:
    """How far a check is, and what it found."""

    state: str = "never"  # "never", "asked", "running", "done"
    checked: int = 0
    total: int = 0
    problems: tuple[Problem, ...] = ()
    ended_at: float | None = None


def ask(s: Session) -> Report:
    """Have the library checked; while that runs, asking again changes nothing."""
    there = report(s)
    return there if there.state in ("asked", "running") else _tell(s, Report("asked"))


def report(s: Session) -> Report:
    row = s.get(Setting, _NAME)
    if row is None:
        return Report()
    told = json.loads(row.value)
    return Report(**told | {"problems": tuple(Problem(**each) for each in told["problems"])})


def check_if_asked(box: Box) -> None:
    """Where a worker was killed in the middle, the next one begins anew."""
    with box.db.read() as s:
        wanted = report(s).state in ("asked", "running")
    if wanted:
        check(box)


def check(box: Box, progress: Callable[[Report], None] = lambda _: None) -> Report:
    """Look at every track that is not in the trash and that nobody works on."""
    with box.db.read() as s:
        tracks = s.exec(select(Track.id).where(col(Track.deleted_at).is_(None))).all()
    found, told = Report("running", 0, len(tracks)), 0.0
    for track_id in tracks:
        problems = (*found.problems, *_check_track(box, track_id))[:MAX_PROBLEMS]
        found = replace(found, checked=found.checked + 1, problems=problems)
        if time.monotonic() - told > TELL_SECONDS:
            told = time.monotonic()
            with box.db.write() as s:
                _tell(s, found)
        progress(found)
    found = replace(found, state="done", ended_at=time.time())
    with box.db.write() as s:
        _tell(s, found)
    for lane in Lane:
        box.lanes.wake(lane)
    log.info("library checked", tracks=found.checked, problems=len(found.problems))
    return found


def _tell(s: Session, found: Report) -> Report:
    s.merge(Setting(name=_NAME, value=json.dumps(asdict(found))))
    announce(s, "integrity")
    return found


def _check_track(box: Box, track_id: str) -> list[Problem]:
    with box.db.read() as s:
        track = s.get(Track, track_id)
        if track is None or not track.chunks or _is_worked_on(s, track_id):
            return []
        song = s.get_one(Song, track.song_id)
    folder = box.store.folder(track_id)
    damage = damage_of(folder, track)
    missing = {name for name in damage.files() if not (folder / name).exists()}
    repaired = _repair(box, track, damage)
    if repaired is None:
        return []
    return [Problem(song.id, song.title, name, name in missing, name in repaired) for name in damage.files()]


@dataclass(frozen=True)
class Damage:
    """What is wrong in a track's folder: names in it."""

    original: str
    mix: tuple[str, ...]
    stems: tuple[str, ...]
    # The first chunk of which a stem is wrong.
    first: int

    def files(self) -> tuple[str, ...]:
        return ((self.original,) if self.original else ()) + self.mix + self.stems


def damage_of(folder: Path, track: Track) -> Damage:
    """Read every file that is to last."""
    from pipeline.audio.chunks import Reel  # numpy comes along: not where a check is only asked for

    original = folder / track.original
    wrong = bool(track.original) and not (original.is_file() and _is_same(original, track.sha256))
    mix = Reel(folder / "mix")
    of_stems = [
        (reel.path(number), number)
        for reel in _stems(folder, track)
        for number in reel.damaged(track.separated)
    ]
    return Damage(
        track.original if wrong else "",
        tuple(_name(mix.path(number), folder) for number in mix.damaged(track.chunks)),
        tuple(_name(path, folder) for path, _ in of_stems),
        min((number for _, number in of_stems), default=track.separated),
    )


def _repair(box: Box, track: Track, damage: Damage) -> set[str] | None:
    """Have what can be made again made again; the names of those files. None when others were quicker: look again."""
    if is_lost(track, damage):
        log.warning("track cannot be mended", track=track.id, files=len(damage.files()))
        return set()
    mended = {*_fetched_again(track, damage), *damage.mix, *damage.stems}
    if not mended:
        return mended
    with box.db.write() as s:
        now = s.get(Track, track.id)
        if now is None or now.engine != track.engine or _is_worked_on(s, track.id):
            return None
        jobs.go_back(s, track.id, let_go(s, box.store.folder(track.id), now, damage))
    log.warning("track is mended", track=track.id, files=len(mended))
    return mended


def is_lost(track: Track, damage: Damage) -> bool:
    """Whether the sound of the song cannot be made again: its file is damaged too, and comes from nowhere else."""
    return bool(damage.mix and damage.original and not track.source_url)


def let_go(s: Session, folder: Path, track: Track, damage: Damage) -> str:
    """Remove what is damaged and can be made again; the step from which on that is done.

    The steps fetch what is not there, and go on behind the last good chunk.
    """
    again = _fetched_again(track, damage)
    for name in (*again, *damage.stems):
        (folder / name).unlink(missing_ok=True)
    if damage.stems:
        for reel in _stems(folder, track):
            reel.unseal()
        track.separated, track.state = damage.first, TrackState.WAITING
        s.add(track)
    announce(s, "track", track.id)
    if again or damage.mix:
        return "fetch" if again else "decode"
    return "adopt" if track.ready_made else "separate"


def _fetched_again(track: Track, damage: Damage) -> tuple[str, ...]:
    return (damage.original,) if damage.original and track.source_url else ()


def _stems(folder: Path, track: Track) -> list["Reel"]:
    from pipeline.audio.chunks import Reel

    if not track.engine:
        return []
    return [Reel(folder / "stems" / track.engine / stem) for stem in ("vocals", "instrumental")]


def _is_worked_on(s: Session, track_id: str) -> bool:
    working = select(Job.id).where(Job.track_id == track_id, col(Job.state).in_(jobs.ACTIVE))
    return s.exec(working).first() is not None


def _is_same(path: Path, sha256: str) -> bool:
    if not sha256:
        return True
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
