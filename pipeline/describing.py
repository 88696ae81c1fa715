"""What was found out about a song: written down where it is sure, kept as candidates for one tap where it is not."""

from collections.abc import Iterable

from sqlalchemy import bindparam, delete
from sqlmodel import Session, col, select

from pipeline import jobs, library
from pipeline.db import announce
from pipeline.errors import NotFound
from pipeline.matching import Match
from pipeline.sources.facts import Fact
from pipeline.tables import Candidate, Job, Song

# What a service may write, where nobody else has.
FIELDS = ("title", "artist", "album", "year", "explicit", "mbid")

_THESE = col(Candidate.song_id).in_(bindparam("ids", expanding=True))
_UNSURE = select(Candidate.song_id).where(_THESE).distinct()


def write(s: Session, song: Song, fact: Fact | Candidate) -> None:
    """Take over what is known, but for the fields that a person wrote."""
    edited = set(song.edited.split(","))
    for name in FIELDS:
        value = getattr(fact, name)
        if name not in edited and value not in ("", None):
            setattr(song, name, value)
    s.add(song)
    announce(s, "song", song.id)


def keep(s: Session, song: Song, found: Iterable[Match]) -> None:
    """Put these before the host, in place of those that are there."""
    _clear(s, song.id)
    for match in found:
        fact = match.fact
        s.add(
            Candidate(
                song_id=song.id,
                source=fact.source,
                title=fact.title,
                artist=fact.artist,
                album=fact.album,
                year=fact.year,
                explicit=fact.explicit,
                mbid=fact.mbid,
                cover_url=fact.cover_url,
                score=match.score,
            )
        )
    announce(s, "song", song.id)


def candidates(s: Session, song_id: str) -> list[Candidate]:
    """What the song may be, the likeliest first."""
    library.get(s, song_id)
    theirs = select(Candidate).where(Candidate.song_id == song_id)
    return list(s.exec(theirs.order_by(col(Candidate.score).desc(), col(Candidate.id))))


def unsure(s: Session, song_ids: Iterable[str]) -> set[str]:
    """Those of these songs that wait for somebody to say what they are."""
    return set(s.exec(_UNSURE, params={"ids": list(song_ids)}))


def choose(s: Session, song_id: str, candidate_id: str) -> Candidate:
    """Somebody says which one it is. What they wrote themselves stays; no service changes title and artist again."""
    song = library.get(s, song_id)
    chosen = s.get(Candidate, candidate_id)
    if chosen is None or chosen.song_id != song_id:
        raise NotFound(what="suggestion")
    write(s, song, chosen)
    song.edited = ",".join(sorted({*filter(None, song.edited.split(",")), "title", "artist"}))
    _clear(s, song_id)
    return chosen


def dismiss(s: Session, song_id: str) -> None:
    """None of them: the song stays as it is."""
    song = library.get(s, song_id)
    _clear(s, song.id)
    announce(s, "song", song.id)


def again(s: Session, song_id: str) -> Job:
    """Ask the services once more."""
    return jobs.go_back(s, library.main_track(s, song_id).id, "describe")


def _clear(s: Session, song_id: str) -> None:
    s.exec(delete(Candidate).where(col(Candidate.song_id) == song_id))
