"""Which folders do not say yet what the database says: noted in the transaction that made the difference, whoever did."""

import json

from sqlalchemy import event, inspect, text
from sqlalchemy.orm import Session, UOWTransaction

from pipeline.tables import Lyrics, Song, Track

# How far a track is prepared is seen from its files.
PASSING = {"state", "chunks", "separated", "disk"}

_CHANGED = "songs and tracks whose folders are stale"
_NOTE = text(
    "INSERT INTO stalefolder (track_id, version) SELECT id, 1 FROM track"
    " WHERE id IN (SELECT value FROM json_each(:ids)) OR song_id IN (SELECT value FROM json_each(:ids))"
    " ON CONFLICT DO UPDATE SET version = version + 1"
)


@event.listens_for(Session, "after_flush")
def _note(s: Session, _flush: UOWTransaction) -> None:
    for row in (*s.new, *s.dirty, *s.deleted):
        if isinstance(row, Song):
            _stale(s, row.id)
        elif isinstance(row, Lyrics):
            _stale(s, row.track_id)
        elif isinstance(row, Track) and _matters(row):
            _stale(s, row.id)


def _matters(track: Track) -> bool:
    changed = {each.key for each in inspect(track).attrs if each.history.has_changes()}
    # When it is ready its folder has its size.
    return bool(changed - PASSING) or "state" in changed


def _stale(s: Session, song_or_track: str) -> None:
    s.info.setdefault(_CHANGED, set()).add(song_or_track)


@event.listens_for(Session, "before_commit")
def _keep_notes(s: Session) -> None:
    s.flush()
    changed = s.info.pop(_CHANGED, None)
    if changed:
        s.execute(_NOTE, {"ids": json.dumps(sorted(changed))})


@event.listens_for(Session, "after_rollback")
def _forget(s: Session) -> None:
    s.info.pop(_CHANGED, None)
