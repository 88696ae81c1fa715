"""What the screens show, read from the database as frozen values: built once for each change, shared by every screen."""

import time
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from karaoke_ui.show import night, stages
from karaoke_ui.show.readiness import Readiness, readiness
from karaoke_ui.show.tables import Performance, PlayState, Singer, Turn
from pipeline import describing, editing, jobs, library, lyrics, model, videos
from pipeline.errors import NotFound
from pipeline.filters import ALL, Filters
from pipeline.model import ModelState
from pipeline.sound import gain
from pipeline.sources import breaker
from pipeline.tables import Job, JobState, Lyrics, Song, Track, TrackKind

Row = TypeVar("Row", Song, Track, Singer)


@dataclass(frozen=True)
class TurnView:
    """A waiting turn, as every screen may see it."""

    id: str
    place: int
    singer_id: str
    singer: str
    face: str
    has_phone: bool
    song_id: str
    title: str
    artist: str
    seconds: float
    expected_at: float
    readiness: Readiness
    has_words: bool


@dataclass(frozen=True)
class NowView:
    """The turn on stage and where its song stands."""

    turn_id: str
    singer_id: str
    singer: str
    face: str
    song_id: str
    track_id: str
    title: str
    artist: str
    cover: str
    seconds: float
    chunks: int
    separated: int
    engine: str
    # The factor that brings it to the loudness of the other songs.
    gain: float
    lyrics_id: str
    state: PlayState
    position: float
    at: float

    def second(self, now: float) -> float:
        """The second of the song that is heard at the moment `now`."""
        gone = max(0.0, now - self.at) if self.state == PlayState.PLAYING else 0.0
        return min(self.seconds, self.position + gone)


@dataclass(frozen=True)
class SungView:
    singer: str
    title: str


@dataclass(frozen=True)
class StageView:
    id: str
    leads: bool
    connected: bool
    armed: bool


@dataclass(frozen=True)
class ShowView:
    """The night as it stands."""

    night_id: str = ""
    night: str = ""
    # The version of the queue, to be handed back with every press that moves it.
    version: int = 0
    now: NowView | None = None
    queue: tuple[TurnView, ...] = ()
    last: SungView | None = None
    # Counters of the playback row, and its two gains.
    playback: int = 0
    cue: int = 0
    guide: float = 0.0
    volume: float = 0.8
    stages: tuple[StageView, ...] = ()
    model: ModelState = field(default_factory=ModelState)
    # Services outside that give no answer.
    down: tuple[breaker.State, ...] = ()

    @property
    def stage(self) -> StageView | None:
        return next((stage for stage in self.stages if stage.leads and stage.connected), None)


@dataclass(frozen=True)
class SingerView:
    """Somebody who is here tonight."""

    id: str
    name: str
    face: str
    has_phone: bool


@dataclass(frozen=True)
class SongView:
    """A song in the library or in a search."""

    id: str
    track_id: str
    title: str
    artist: str
    seconds: float
    readiness: Readiness
    has_words: bool
    album: str = ""
    language: str = ""
    year: int | None = None
    # Which version is sung, in words.
    label: str = ""
    # The address of its cover, empty while there is none.
    cover: str = ""
    # Services named several songs that it may be.
    unsure: bool = False
    # Where its words were timed, not all came out well.
    weak_words: bool = False
    # Another song that seems to be the same one.
    twin: str = ""


@dataclass(frozen=True)
class SongPage:
    """Some songs, and how many there are in all."""

    songs: list[SongView]
    total: int


class Sung(StrEnum):
    """When a song was sung."""

    TONIGHT = "tonight"
    EVER = "ever"


@dataclass(frozen=True)
class JobView:
    """A song's preparation."""

    id: str
    song_id: str
    title: str
    artist: str
    step: str
    state: JobState
    progress: float
    error: str
    seconds: float
    has_turn: bool


def show(s: Session) -> ShowView:
    """Everything about the night that screens show at all times."""
    open_night = night.current(s)
    playback = night.playback(s)
    return ShowView(
        night_id=open_night.id,
        night=open_night.name,
        version=open_night.version,
        now=_now(s),
        queue=_queue(s),
        last=_last(s, open_night.id),
        playback=playback.version,
        cue=playback.cue,
        guide=playback.guide,
        volume=playback.volume,
        stages=tuple(StageView(x.id, x.leads, x.connected, x.armed) for x in stages.paired(s)),
        model=model.state(s),
        down=tuple(state for state in breaker.states(s).values() if state.down),
    )


def singers(s: Session) -> tuple[SingerView, ...]:
    """Who joined or asked for a song tonight, by name."""
    open_night = night.current(s)
    asked = select(Turn.singer_id).where(Turn.night_id == open_night.id)
    here = select(Singer).where((col(Singer.created_at) >= open_night.opened_at) | col(Singer.id).in_(asked))
    found = sorted(s.exec(here), key=lambda singer: singer.name.casefold())
    return tuple(SingerView(each.id, each.name, each.face, bool(each.device)) for each in found)


def songs(
    s: Session,
    words: str = "",
    limit: int = 50,
    offset: int = 0,
    *,
    filters: Filters = ALL,
    never_sung: Sung | None = None,
) -> SongPage:
    if never_sung is not None:
        filters = replace(filters, more=(*filters.more, _never_sung(s, never_sung)))
    found = library.find(s, words, limit, offset, filters)
    return SongPage(_songs(s, found.songs), found.total)


def _never_sung(s: Session, when: Sung) -> ColumnElement[bool]:
    sung = select(Performance.song_id)
    if when is Sung.TONIGHT:
        sung = sung.where(Performance.night_id == night.current(s).id)
    return col(Song.id).not_in(sung)


def song(s: Session, song_id: str) -> SongView:
    return _songs(s, [(library.get(s, song_id), library.main_track(s, song_id))])[0]


def turn(s: Session, turn_id: str) -> TurnView:
    """A waiting turn."""
    found = next((each for each in _queue(s) if each.id == turn_id), None)
    if found is None:
        raise NotFound(what="song in the queue")
    return found


def job_list(s: Session, limit: int = 60) -> tuple[JobView, ...]:
    """The work in hand and what failed, then the latest that is done; not of songs in the trash."""
    found = jobs.recent(s, limit)
    tracks = _by_id(s, Track, {job.track_id for job in found})
    titles = _by_id(s, Song, {track.song_id for track in tracks.values()})
    wanted = {turn.song_id for turn in night.queue(s, night.current(s).id)}
    rows = []
    for job in found:
        track = tracks[job.track_id]
        of = titles[track.song_id]
        if of.deleted_at is None:
            rows.append(
                JobView(
                    job.id,
                    of.id,
                    of.title,
                    of.artist,
                    job.step,
                    job.state,
                    job.progress,
                    job.error,
                    track.seconds,
                    of.id in wanted,
                )
            )
    return tuple(rows)


def _songs(s: Session, found: list[tuple[Song, Track]]) -> list[SongView]:
    ready = _readiness(s, [track for _, track in found])
    worded = _worded(s, [track.id for _, track in found])
    twins = editing.twins(s, [song.id for song, _ in found])
    unsure = describing.unsure(s, [song.id for song, _ in found])
    weak = lyrics.weak(s, [track.id for _, track in found])
    return [
        SongView(
            id=song.id,
            track_id=track.id,
            title=song.title,
            artist=song.artist,
            seconds=track.seconds,
            readiness=ready[track.id],
            has_words=track.id in worded,
            album=song.album,
            language=song.language,
            year=song.year,
            label=track.label,
            cover=cover(song),
            unsure=song.id in unsure,
            weak_words=track.id in weak,
            twin=twins.get(song.id, ""),
        )
        for song, track in found
    ]


def cover(song: Song, size: int = 160) -> str:
    """The address of a song's cover. It changes with the picture, so that browsers may keep it."""
    if not song.cover_track:
        return ""
    return f"/api/v1/songs/{song.id}/cover?size={size}&of={song.cover_track[:8]}"


def _queue(s: Session) -> tuple[TurnView, ...]:
    open_night = night.current(s)
    turns = night.queue(s, open_night.id)
    tracks = library.main_tracks(s, {turn.song_id for turn in turns})
    moments = night.expected(s, turns, tracks, time.time())
    singers = _by_id(s, Singer, {turn.singer_id for turn in turns})
    titles = _by_id(s, Song, {turn.song_id for turn in turns})
    ready = _readiness(s, list(tracks.values()))
    worded = _worded(s, [track.id for track in tracks.values()])
    views = []
    for place, turn in enumerate(turns, 1):
        singer, of, track = singers[turn.singer_id], titles[turn.song_id], tracks[turn.song_id]
        views.append(
            TurnView(
                id=turn.id,
                place=place,
                singer_id=singer.id,
                singer=singer.name,
                face=singer.face,
                has_phone=bool(singer.device),
                song_id=of.id,
                title=of.title,
                artist=of.artist,
                seconds=track.seconds,
                expected_at=moments[turn.id],
                readiness=ready[track.id],
                has_words=track.id in worded,
            )
        )
    return tuple(views)


def _now(s: Session) -> NowView | None:
    playback = night.playback(s)
    if playback.turn_id is None or playback.track_id is None:
        return None
    turn = s.get_one(Turn, playback.turn_id)
    singer = s.get_one(Singer, turn.singer_id)
    of = s.get_one(Song, turn.song_id)
    track = s.get_one(Track, playback.track_id)
    words = lyrics.of_track(s, track.id)
    return NowView(
        turn_id=turn.id,
        singer_id=singer.id,
        singer=singer.name,
        face=singer.face,
        song_id=of.id,
        track_id=track.id,
        title=of.title,
        artist=of.artist,
        cover=cover(of, 600),
        seconds=track.seconds,
        chunks=track.chunks,
        separated=track.separated,
        engine=track.engine,
        gain=gain(track.loudness, track.peak),
        lyrics_id=words.id if words else "",
        state=playback.state,
        position=playback.position,
        at=playback.at,
    )


def _last(s: Session, night_id: str) -> SungView | None:
    sung = select(Performance, Singer, Song).join(Singer).join(Song)
    sung = sung.where(Performance.night_id == night_id, col(Performance.finished))
    row = s.exec(sung.order_by(col(Performance.ended_at).desc()).limit(1)).first()
    return SungView(row[1].name, row[2].title) if row else None


def _readiness(s: Session, tracks: list[Track]) -> dict[str, Readiness]:
    newest: dict[str, Job] = jobs.of_tracks(s, [track.id for track in tracks if not is_whole(track)])
    speed, fetch_speed = jobs.speed(s, "htdemucs"), videos.fetch_speed(s)
    return {track.id: readiness(track, newest.get(track.id), speed, fetch_speed) for track in tracks}


def is_whole(track: Track) -> bool:
    return bool(track.chunks) and track.separated >= track.chunks


def _worded(s: Session, track_ids: list[str]) -> set[str]:
    """The tracks with words, be it in their picture."""
    found = set(s.exec(select(Lyrics.track_id).where(col(Lyrics.track_id).in_(track_ids))))
    pictured = select(Track.id).where(col(Track.id).in_(track_ids), Track.kind == TrackKind.KARAOKE)
    return found | set(s.exec(pictured))


def _by_id(s: Session, kind: type[Row], ids: set[str]) -> dict[str, Row]:
    return {row.id: row for row in s.exec(select(kind).where(col(kind.id).in_(ids)))}
