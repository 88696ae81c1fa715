"""Each track's folder says what it is: a `song.json` with the song, the track and its words, and how large it is.

The library can be rebuilt from the folders alone. A worker writes those that are stale anew, each whole or not at all.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, delete, func, select, update

from pipeline.box import Box
from pipeline.keeping.stale import PASSING
from pipeline.store import SELF, Store
from pipeline.tables import LyricLine, Lyrics, LyricWord, Song, StaleFolder, Track

FORMAT = 1


@dataclass(frozen=True)
class DiskUse:
    """Bytes on the disk: of the songs, of those in the trash, and what is left for more."""

    songs: int
    trash: int
    free: int


def disk_use(s: Session, store: Store) -> DiskUse:
    size = func.coalesce(func.sum(func.max(Track.disk, Track.bytes)), 0)
    songs = s.exec(select(size).where(col(Track.deleted_at).is_(None))).one()
    trash = s.exec(select(size).where(col(Track.deleted_at).is_not(None))).one()
    return DiskUse(songs, trash, store.free_mb() * 1_000_000)


def describe(box: Box, most: int = 100) -> int:
    """Write what is stale, some folders at a time; how many were written."""
    with box.db.read() as s:
        stale = s.exec(select(StaleFolder).limit(most)).all()
    for each in stale:
        _describe(box, each)
    return len(stale)


def _describe(box: Box, stale: StaleFolder) -> None:
    with box.db.read() as s:
        said = description(s, stale.track_id)
    folder, used = box.store.folder(stale.track_id), 0
    if said is not None and folder.is_dir():
        box.store.put(stale.track_id, SELF, json.dumps(said, ensure_ascii=False, indent=1).encode())
        used = size(folder)
    with box.db.write() as s:
        is_gone = s.get(Track, stale.track_id) is None
        s.exec(update(Track).where(col(Track.id) == stale.track_id).values(disk=used))
        # Changed in the meantime: it stays noted.
        seen = (col(StaleFolder.track_id) == stale.track_id, col(StaleFolder.version) == stale.version)
        s.exec(delete(StaleFolder).where(*seen))
    if said is not None and is_gone:  # for good, and its folder came back with what it says
        box.store.remove(stale.track_id)


def description(s: Session, track_id: str) -> dict[str, Any] | None:
    """Everything the database knows about a track, its song and its words."""
    track = s.get(Track, track_id)
    if track is None:
        return None
    song = s.get_one(Song, track.song_id)
    return {
        "format": FORMAT,
        "song": song.model_dump(mode="json"),
        "track": track.model_dump(mode="json", exclude=PASSING),
        "lyrics": _words(s, track_id),
    }


def _words(s: Session, track_id: str) -> dict[str, Any] | None:
    lyrics = s.exec(select(Lyrics).where(Lyrics.track_id == track_id)).first()
    if lyrics is None:
        return None
    rows = s.exec(select(LyricLine).where(LyricLine.lyrics_id == lyrics.id).order_by(col(LyricLine.place)))
    lines = {row.id: row.model_dump(mode="json", exclude={"id", "lyrics_id"}) | {"words": []} for row in rows}
    joined = select(LyricWord).join(LyricLine).where(LyricLine.lyrics_id == lyrics.id)
    for word in s.exec(joined.order_by(col(LyricWord.place))):
        lines[word.line_id]["words"].append([word.start, word.end, word.text])
    return lyrics.model_dump(mode="json", exclude={"track_id"}) | {"lines": list(lines.values())}


def size(folder: Path) -> int:
    """The bytes in a folder; two names of one file count once."""
    looked_at = [path.lstat() for path in folder.rglob("*")]
    return sum({(file.st_dev, file.st_ino): file.st_size for file in looked_at}.values())
