"""The database made anew from the library folder alone, when it was lost: each track's folder says what it is.

A command does it at once; for a host who asks, a worker does, and how far it is stands in the database for every screen.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlmodel import Session, SQLModel, select

from pipeline import jobs, library, store
from pipeline.box import Box
from pipeline.db import announce
from pipeline.errors import Conflict, EncoreError, NotFound
from pipeline.tables import Lane, LyricLine, Lyrics, LyricWord, Setting, Song, Track, TrackState

log = structlog.get_logger()

Row = TypeVar("Row", bound=SQLModel)


TELL_SECONDS = 1.0
_NAME = "rebuild"


@dataclass(frozen=True)
class Rebuilt:
    """How many folders became tracks again, and the names of those that did not."""

    state: str = "never"  # "never", "asked", "running", "done"
    tracks: int = 0
    left: tuple[str, ...] = ()


def ask(s: Session) -> Rebuilt:
    """Have an empty library filled with what lies in its folder; while that runs, asking again changes nothing."""
    if is_under_way(s):
        return report(s)
    _refuse_unless_empty(s)
    return _tell(s, Rebuilt("asked"))


def is_under_way(s: Session) -> bool:
    """Whether some folders may be songs still that no track speaks of."""
    return report(s).state in ("asked", "running")


def report(s: Session) -> Rebuilt:
    row = s.get(Setting, _NAME)
    if row is None:
        return Rebuilt()
    told = json.loads(row.value)
    return Rebuilt(**told | {"left": tuple(told["left"])})


def lost(s: Session, box: Box) -> int:
    """How many songs lie in the folder of a library that knows of none."""
    return 0 if _knows_songs(s) else len(_folders(box))


def rebuild_if_asked(box: Box) -> None:
    """Where a worker was killed in the middle, the next one goes on."""
    with box.db.read() as s:
        wanted = is_under_way(s)
    if not wanted:
        return
    told = 0.0
    for _, done in _steps(box):
        if done.state == "done" or time.monotonic() - told > TELL_SECONDS:
            told = time.monotonic()
            with box.db.write() as s:
                _tell(s, done)
    for lane in Lane:
        box.lanes.wake(lane)


def rebuild(box: Box, progress: Callable[[str], None] = lambda _: None) -> Rebuilt:
    """Fill an empty library with what lies in its folder. No worker is told of it: it would begin as well."""
    with box.db.read() as s:
        _refuse_unless_empty(s)
    done = Rebuilt()
    with box.store.taking_in():  # what lies there without a track is to get one
        for title, so_far in _steps(box):
            done = so_far
            if title:
                progress(title)
    return done


def _steps(box: Box) -> Iterator[tuple[str, Rebuilt]]:
    """Folder by folder: what came of it, if anything new, and how far it is."""
    done = Rebuilt("running")
    with box.db.read() as s:
        known = set(s.exec(select(Track.id)))
    for folder in _folders(box):
        title = ""
        try:
            if folder.name not in known:
                named = (folder / store.SELF).is_file()
                title = _take(box, folder) if named else _take_unnamed(box, folder)
        # Whatever stands in a folder: the others are taken all the same.
        except (EncoreError, ValueError, KeyError, TypeError, OSError) as error:
            log.warning("folder left out", folder=folder.name, reason=str(error))
            done = replace(done, left=(*done.left, folder.name))
        else:
            done = replace(done, tracks=done.tracks + 1)
        yield title, done
    yield "", replace(done, state="done")


def _tell(s: Session, done: Rebuilt) -> Rebuilt:
    s.merge(Setting(name=_NAME, value=json.dumps(asdict(done))))
    announce(s, _NAME)
    return done


def _folders(box: Box) -> list[Path]:
    return sorted(path for path in box.store.library.iterdir() if path.is_dir())


def _knows_songs(s: Session) -> bool:
    return s.exec(select(Song.id).limit(1)).first() is not None


def _refuse_unless_empty(s: Session) -> None:
    if _knows_songs(s):
        raise Conflict(reason="not_empty")


def _take(box: Box, folder: Path) -> str:
    said = json.loads((folder / store.SELF).read_text(encoding="utf-8"))
    track = _row(Track, said["track"])
    if track.id != folder.name:
        raise ValueError("it speaks of another folder")
    _look(folder, track)
    with box.db.write() as s:
        song = s.get(Song, track.song_id) or _row(Song, said["song"])
        s.add(song)
        s.flush()
        s.add(track)
        s.flush()
        _add_words(s, track.id, said["lyrics"])
        if track.state != TrackState.READY and track.deleted_at is None:
            jobs.create(s, track.id)
    return song.title


def _look(folder: Path, track: Track) -> None:
    """How far its files are: a sound is whole when it was sealed, or has the length that was noted."""
    from pipeline.audio.chunks import (  # numpy comes along: not where a rebuild is only asked for
        CHUNK_FRAMES,
        RATE,
        Reel,
    )

    mix = Reel(folder / "mix")
    noted = -(-round(track.seconds * RATE) // CHUNK_FRAMES)
    track.chunks = mix.count() if mix.is_sealed() or mix.count() == noted else 0
    engines = [track.engine, *(path.name for path in sorted((folder / "stems").glob("*")))]
    whole = (name for name in engines if name and _separated(folder / "stems" / name) >= track.chunks > 0)
    track.engine = next(whole, "")
    track.separated = track.chunks if track.engine else 0
    track.state = TrackState.READY if track.engine else TrackState.WAITING


def _separated(stems: Path) -> int:
    from pipeline.audio.chunks import Reel

    return min(Reel(stems / "vocals").count(), Reel(stems / "instrumental").count())


def _add_words(s: Session, track_id: str, said: dict[str, Any] | None) -> None:
    if said is None:
        return
    lyrics = _row(Lyrics, said | {"track_id": track_id})
    s.add(lyrics)
    s.flush()
    for line in said["lines"]:
        row = _row(LyricLine, line | {"lyrics_id": lyrics.id})
        s.add(row)
        s.flush()
        for place, (start, end, text) in enumerate(line["words"]):
            s.add(LyricWord(line_id=row.id or 0, place=place, start=start, end=end, text=text))


def _take_unnamed(box: Box, folder: Path) -> str:
    """The box was lost before the folder could say what it is: its file comes in once more."""
    original = next((path for path in folder.glob("original.*") if path.is_file()), None)
    if original is None:
        raise NotFound(what="song")
    words = folder / store.WORDS
    with original.open("rb") as stream:
        song = library.add(box, stream, original.name, "folder")
    if words.is_file():
        library.set_words(box, song.id, words.read_bytes())
    return song.title


def _row(kind: type[Row], said: dict[str, Any]) -> Row:
    """Fields that are not known (any more) are left out, the others checked."""
    return kind.model_validate({name: value for name, value in said.items() if name in kind.model_fields})
