"""The night: who is here, and the queue of turns. Every change of the queue raises the night's version."""

import random
import time
from collections.abc import Mapping

from sqlmodel import Session, col, func, select

from karaoke_ui.show import clock, forecast
from karaoke_ui.show.rights import Actor, Role, allow
from karaoke_ui.show.tables import Night, Playback, PlayState, Singer, Turn, TurnState
from karaoke_ui.text import t
from pipeline import jobs, library
from pipeline.db import announce
from pipeline.errors import AlreadyThere, BadValue, Conflict, NotFound, RightsError, StaleQueue
from pipeline.tables import NOT_URGENT, Track

MAX_NAME = 24
MAX_WAITING = 5
FACES = ("🦊", "🐼", "🦁", "🐸", "🦄", "🐙", "🐧", "🦉", "🐝", "🐬", "🦋", "🐯")


def current(s: Session) -> Night:
    """The open night; there is always one."""
    night = s.exec(select(Night).where(Night.is_open)).first()
    if night is None:
        night = Night(name=t("host.night.unnamed"))
        s.add(night)
        s.flush()
        announce(s, "night", night.id)
    return night


def playback(s: Session) -> Playback:
    row = s.get(Playback, 1)
    if row is None:
        row = Playback()
        s.add(row)
        s.flush()
    return row


def queue(s: Session, night_id: str) -> list[Turn]:
    """The waiting turns in the order they will be sung."""
    waiting = select(Turn).where(Turn.night_id == night_id, Turn.state == TurnState.WAITING)
    return list(s.exec(waiting.order_by(col(Turn.place), col(Turn.asked_at))))


@allow(Role.HOST)
def rename(s: Session, actor: Actor, name: str) -> Night:
    night = current(s)
    night.name = _name(name, 60)
    s.add(night)
    announce(s, "night", night.id)
    return night


@allow(Role.NOBODY, Role.SINGER)
def join(s: Session, actor: Actor, device: str, name: str, face: str = "") -> Singer:
    """A guest says a name; the phone's token makes it the same singer next time."""
    if not device:
        raise RightsError(reason="phone")
    found = s.exec(select(Singer).where(Singer.device == device)).first()
    singer = found or Singer(name="", device=device)
    singer.name = _name(name, MAX_NAME)
    singer.face = face if face in FACES else singer.face or random.choice(FACES)  # noqa: S311 - no secret
    s.add(singer)
    s.flush()
    announce(s, "singer", singer.id)
    return singer


@allow(Role.HOST)
def add_walk_up(s: Session, actor: Actor, name: str) -> Singer:
    """A singer without a phone."""
    singer = Singer(name=_name(name, MAX_NAME))
    s.add(singer)
    s.flush()
    announce(s, "singer", singer.id)
    return singer


@allow(Role.HOST, Role.SINGER)
def ask(s: Session, actor: Actor, song_id: str, singer_id: str = "") -> Turn:
    """Ask for a song: for oneself, or (the host) for anybody."""
    singer_id = actor.id if actor.role is Role.SINGER else singer_id
    if s.get(Singer, singer_id) is None:
        raise NotFound(what="singer")
    song = library.get(s, song_id)
    night = current(s)
    mine = [turn for turn in queue(s, night.id) if turn.singer_id == singer_id]
    if any(turn.song_id == song_id for turn in mine):
        raise AlreadyThere(name=song.title)
    if actor.role is Role.SINGER and len(mine) >= MAX_WAITING:
        raise Conflict(reason="too_many", limit=MAX_WAITING)
    last = s.exec(select(func.max(Turn.place)).where(Turn.night_id == night.id)).one()
    turn = Turn(night_id=night.id, singer_id=singer_id, song_id=song_id, place=(last or 0.0) + 1)
    s.add(turn)
    changed(s, night)
    return turn


@allow(Role.HOST)
def move(s: Session, actor: Actor, turn_id: str, to: int, version: int | None = None) -> None:
    """Put a waiting turn to place `to` (0 is next). `version` is the queue the host looked at."""
    night = current(s)
    _refuse_stale(night, version)
    turn = _waiting(s, turn_id)
    others = [each for each in queue(s, night.id) if each.id != turn_id]
    to = max(0, min(to, len(others)))
    for place, each in enumerate([*others[:to], turn, *others[to:]], 1):
        each.place = float(place)
        s.add(each)
    changed(s, night)


@allow(Role.HOST, Role.SINGER)
def remove(s: Session, actor: Actor, turn_id: str, version: int | None = None) -> Turn:
    """Take a waiting turn out: any turn by the host, one's own by a singer."""
    night = current(s)
    _refuse_stale(night, version)
    turn = _waiting(s, turn_id)
    if actor.role is Role.SINGER and turn.singer_id != actor.id:
        raise RightsError(reason="turn")
    turn.state = TurnState.REMOVED
    s.add(turn)
    changed(s, night)
    return turn


@allow(Role.HOST, Role.SINGER)
def put_back(s: Session, actor: Actor, turn_id: str) -> Turn:
    """Undo a removal: the turn has its old place again."""
    turn = s.get(Turn, turn_id)
    if turn is None or turn.state != TurnState.REMOVED:
        raise NotFound(what="song in the queue")
    if actor.role is Role.SINGER and turn.singer_id != actor.id:
        raise RightsError(reason="turn")
    turn.state = TurnState.WAITING
    s.add(turn)
    changed(s, current(s))
    return turn


def changed(s: Session, night: Night) -> None:
    """After every change of the queue: raise its version, let the work follow the singers, tell the screens."""
    night.version += 1
    s.add(night)
    s.flush()
    turns = queue(s, night.id)
    tracks = library.main_tracks(s, {turn.song_id for turn in turns})
    moments = expected(s, turns, tracks, time.time())
    urgencies: dict[str, float] = {}
    for turn in turns:
        track_id = tracks[turn.song_id].id
        urgencies[track_id] = min(moments[turn.id], urgencies.get(track_id, NOT_URGENT))
    playing = playback(s)
    if playing.track_id and playing.state != PlayState.IDLE:
        urgencies[playing.track_id] = time.time()
    jobs.hurry(s, urgencies)
    announce(s, "queue", night.id)


def expected(s: Session, turns: list[Turn], tracks: Mapping[str, Track], now: float) -> dict[str, float]:
    """Turn id → when it is expected to start; `tracks` by song."""
    playing = playback(s)
    free_at = now
    if playing.track_id and playing.state != PlayState.IDLE:
        seconds = s.get_one(Track, playing.track_id).seconds
        free_at += max(0.0, seconds - clock.position(playing, now)) + forecast.CHANGEOVER_SECONDS
    slots = [forecast.Slot(turn.id, tracks[turn.song_id].seconds) for turn in turns]
    return forecast.expected(slots, free_at)


def _waiting(s: Session, turn_id: str) -> Turn:
    turn = s.get(Turn, turn_id)
    if turn is None or turn.state != TurnState.WAITING:
        raise NotFound(what="song in the queue")
    return turn


def _refuse_stale(night: Night, version: int | None) -> None:
    if version is not None and version != night.version:
        raise StaleQueue(yours=version, now=night.version)


def _name(name: str, longest: int) -> str:
    clean = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not clean or len(clean) > longest:
        raise BadValue(what="name", value=clean, most=longest)
    return clean
