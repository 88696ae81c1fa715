"""What a search in the library can be narrowed to: each filter is a condition on Song."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import col, exists

from pipeline.tables import Lyrics, Song, Track, TrackKind, TrackState


@dataclass(frozen=True)
class Filters:
    """What is left as it is narrows nothing."""

    ready: bool = False
    has_words: bool = False
    language: str = ""
    # The first year of it: 1980.
    decade: int | None = None
    # True: only what a service marked; False: all but that.
    explicit: bool | None = None
    kind: TrackKind | None = None
    # Further conditions, of whoever knows more than the library does.
    more: tuple[ColumnElement[bool], ...] = ()

    def where(self) -> tuple[ColumnElement[bool], ...]:
        return tuple(self._conditions())

    def _conditions(self) -> Iterator[ColumnElement[bool]]:
        version = (col(Track.song_id) == col(Song.id)) & col(Track.deleted_at).is_(None)
        if self.ready:
            yield exists().where(version, col(Track.state) == TrackState.READY)
        if self.has_words:
            yield exists().where(version, col(Lyrics.track_id) == col(Track.id))
        if self.kind is not None:
            yield exists().where(version, col(Track.kind) == self.kind)
        if self.language:
            yield col(Song.language) == self.language.lower()
        if self.decade is not None:
            yield col(Song.year).between(self.decade, self.decade + 9)
        if self.explicit is not None:
            yield col(Song.explicit).is_(True) if self.explicit else col(Song.explicit).is_not(True)
        yield from self.more


ALL = Filters()
# What guests may ask for.
OPEN = (col(Song.blocked).is_(False),)
# What can be sung, now or once it is prepared: a version that was finished before stays so.
SINGABLE = exists().where(
    col(Track.song_id) == col(Song.id),
    col(Track.deleted_at).is_(None),
    (col(Track.state) != TrackState.FAILED)
    | ((col(Track.chunks) > 0) & (col(Track.separated) >= col(Track.chunks))),
)
