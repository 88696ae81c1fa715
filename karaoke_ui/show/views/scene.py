"""What the room sees: the scene, whose name is up, and at the end of the night the names of all."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from karaoke_ui.show import along, asking, cues, readiness
from karaoke_ui.show.tables import Performance, Playback, Scene, Singer, Turn
from karaoke_ui.show.views.library import cover
from karaoke_ui.show.views.rows import by_id
from karaoke_ui.show.views.voices import Voices, partners
from pipeline import library, lyrics
from pipeline.tables import Song


@dataclass(frozen=True)
class CalledView(Voices):
    """The turn whose name is up."""

    turn_id: str
    track_id: str
    title: str
    artist: str
    cover: str
    seconds: float
    key: int
    message: str
    wish: str
    missed: int
    # Where the words begin, where that is known.
    first_word: float | None
    lyrics_id: str
    ready: bool


@dataclass(frozen=True)
class SceneView:
    name: Scene = Scene.IDLE
    at: float = 0.0
    until: float | None = None
    called: CalledView | None = None


@dataclass(frozen=True)
class NameView:
    """Somebody who sang, and how many songs."""

    name: str
    face: str
    songs: int


@dataclass(frozen=True)
class CreditsView:
    """The names of a night, and what was sung."""

    names: tuple[NameView, ...]
    # The songs in their order, with those who sang them.
    sung: tuple[tuple[str, tuple[str, ...]], ...]
    minutes: int


def scene(s: Session, playback: Playback, names: Mapping[str, str]) -> SceneView:
    """`names`: what everybody is called tonight."""
    called = s.get(Turn, playback.called_id) if playback.called_id else None
    return SceneView(
        playback.scene,
        playback.scene_at,
        playback.scene_until,
        _called(s, called, names) if called else None,
    )


def _called(s: Session, turn: Turn, names: Mapping[str, str]) -> CalledView:
    singer, song = s.get_one(Singer, turn.singer_id), s.get_one(Song, turn.song_id)
    track = library.main_track(s, turn.song_id)
    words = lyrics.of_track(s, track.id)
    return CalledView(
        turn_id=turn.id,
        singer_id=singer.id,
        singer=names.get(singer.id, singer.name),
        face=singer.face,
        partners=partners(turn, by_id(s, Singer, {*along.yes(turn.partners)}), names),
        track_id=track.id,
        title=song.title,
        artist=song.artist,
        cover=cover(song, 600),
        seconds=track.seconds,
        key=turn.key,
        message=asking.for_the_room(turn),
        wish=turn.wish,
        missed=turn.missed,
        first_word=cues.of(s, track.id).first,
        lyrics_id=words.id if words else "",
        ready=readiness.of_tracks(s, [track])[track.id].can_start,
    )


def credits_of(s: Session, night_id: str, names: Mapping[str, str]) -> CreditsView:
    """Everybody who sang, most songs first, then by name; the closing number is nobody's."""
    rows = s.exec(
        select(Performance, Singer, Song)
        .join(Singer, col(Singer.id) == Performance.singer_id)
        .join(Song)
        .join(Turn, col(Turn.id) == Performance.turn_id)
        .where(Performance.night_id == night_id, col(Performance.counted), col(Turn.closing).is_(False))
        .where(col(Performance.ended_at).is_not(None))
        .order_by(col(Performance.started_at))
    ).all()
    others = by_id(s, Singer, {each for performance, _, _ in rows for each in performance.partners})
    sang: dict[str, NameView] = {}
    sung: list[tuple[str, tuple[str, ...]]] = []
    for performance, singer, song in rows:
        voices = [singer, *(others[each] for each in performance.partners if each in others)]
        sung.append((song.title, tuple(names.get(each.id, each.name) for each in voices)))
        for each in voices:
            before = sang.get(each.id)
            name = names.get(each.id, each.name)
            sang[each.id] = NameView(name, each.face, (before.songs if before else 0) + 1)
    people = sorted(sang.values(), key=lambda each: (-each.songs, each.name.casefold()))
    total = s.exec(select(func.sum(Performance.seconds)).where(Performance.night_id == night_id)).one()
    return CreditsView(
        tuple(people),
        tuple(sung),
        round((total or 0) / 60),
    )
