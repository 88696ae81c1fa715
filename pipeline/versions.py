"""The versions of a song: the original, one from a concert, a karaoke film. One of them is sung."""

from sqlmodel import Session, col, select

from pipeline import library
from pipeline.db import announce
from pipeline.errors import NotFound
from pipeline.tables import Track


def of(s: Session, song_id: str) -> list[Track]:
    """All of them, the oldest first."""
    library.get(s, song_id)
    theirs = select(Track).where(Track.song_id == song_id, col(Track.deleted_at).is_(None))
    return list(s.exec(theirs.order_by(col(Track.created_at), col(Track.id))))


def choose(s: Session, song_id: str, track_id: str) -> Track:
    """Sing this one from now on, once it is ready. What stands on the stage goes on."""
    found = {track.id: track for track in of(s, song_id)}
    if track_id not in found:
        raise NotFound(what="version")
    for track in found.values():
        track.chosen = track.id == track_id
        s.add(track)
    announce(s, "song", song_id)
    announce(s, "track", track_id)
    return found[track_id]
