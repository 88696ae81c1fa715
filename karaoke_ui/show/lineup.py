"""The queue as it will be sung: what the database knows of tonight, put through the rotation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, inspect
from sqlmodel import Session, col, select

from karaoke_ui.show import along, clock, forecast, readiness, rules
from karaoke_ui.show.places import Place, Sung, Waiting
from karaoke_ui.show.readiness import Readiness, Ready
from karaoke_ui.show.rotation import order
from karaoke_ui.show.rules import Order, Rules
from karaoke_ui.show.tables import Guest, Hint, Night, Performance, Playback, Scene, Turn, TurnState
from pipeline import db, library
from pipeline.tables import Track

NEVER = float("inf")
# “I'm here” is believed for this long.
HERE_SECONDS = 900.0
KEPT = "line"

# Put together once, and columns alone: each change of the queue asks them.
_WAITING = (
    sa.select(*inspect(Turn).columns)
    .where(col(Turn.night_id) == sa.bindparam("night"), col(Turn.state) == TurnState.WAITING)
    .order_by(col(Turn.place), col(Turn.asked_at), col(Turn.id))
)
_GUESTS = sa.select(Guest.singer_id, Guest.hint, Guest.hint_at, Guest.paused).where(  # type: ignore[call-overload]
    Guest.night_id == sa.bindparam("night")
)
_SUNG = (
    sa.select(  # type: ignore[call-overload]
        Performance.started_at,
        Performance.ended_at,
        Performance.counted,
        Performance.singer_id,
        Performance.partners,
        Turn.pinned,
        Turn.wish,
    )
    .join(Turn, col(Turn.id) == Performance.turn_id)
    .where(Performance.night_id == sa.bindparam("night"))
    .order_by(col(Performance.started_at))
)


@dataclass(frozen=True)
class Lineup:
    """Tonight's waiting turns in their order, and what that order was made from."""

    # To be read: whoever changes one gets its row.
    turns: tuple[Turn, ...]
    places: Mapping[str, Place]
    # By song, and by track.
    tracks: Mapping[str, Track]
    ready: Mapping[str, Readiness]
    now: float
    free_at: float
    changeover: float
    past: Sequence[Sung]
    policy: Order

    @cached_property
    def wanted(self) -> Mapping[str, float]:
        """Turn → when it would come if every song were ready: what the work on them follows."""
        places: Iterable[Place] = self.places.values()
        slots = [place.turn for place in places]
        if any(self.now < each.ready_at < NEVER for each in slots):
            timeless = [
                each if each.is_hopeless else replace(each, ready_at=0.0, told=0.0, asks=False)
                for each in slots
            ]
            places = order(timeless, self.past, self.policy, self.free_at, self.changeover)
        return {place.turn.id: place.at for place in places}

    def readiness(self, turn: Turn) -> Readiness:
        return self.ready[self.tracks[turn.song_id].id]


@dataclass(frozen=True)
class Kept:
    """The order that a transaction ended with, and its newest change: as long as there is no newer one, it holds."""

    change: int
    line: Lineup


def keep(s: Session, line: Lineup) -> None:
    """Nothing is to be written after this: else the order is forgotten."""
    s.flush()
    s.info[KEPT] = line


def kept(s: Session) -> Kept | None:
    s.flush()
    line = s.info.get(KEPT)
    return Kept(db.newest_change(s), line) if line is not None else None


@event.listens_for(db.Writing, "after_flush")
def _forget(s: Session, _: object) -> None:
    s.info.pop(KEPT, None)


def waiting(s: Session, night_id: str) -> list[Turn]:
    """The waiting turns in the order in which they were asked for."""
    theirs = select(Turn).where(Turn.night_id == night_id, Turn.state == TurnState.WAITING)
    return list(s.exec(theirs.order_by(col(Turn.place), col(Turn.asked_at), col(Turn.id))))


def of(s: Session, night: Night, now: float, chosen: Rules | None = None, also: Turn | None = None) -> Lineup:
    """The order by tonight's rules, or as it would be by others; as it would be if `also` waited too, instead of the
    turn that it is now.
    """
    chosen = chosen or rules.of(night)
    turns: list[Turn] = [*s.exec(_WAITING, params={"night": night.id})]  # type: ignore[call-overload]
    if also is not None:
        turns = [*(turn for turn in turns if turn.id != also.id), also]
    tracks = library.main_tracks(s, {turn.song_id for turn in turns})
    turns = [turn for turn in turns if turn.song_id in tracks]
    ready = readiness.of_tracks(s, list(tracks.values()))
    guests = {row.singer_id: row for row in s.exec(_GUESTS, params={"night": night.id})}
    sung = s.exec(_SUNG, params={"night": night.id}).all()
    changeover = forecast.changeover([(each.started_at, each.ended_at) for each in sung])
    free_at = _free_at(s, now, changeover)
    ready_at = _ready_at(turns, tracks, ready, now)
    slots = [
        _slot(turn, tracks[turn.song_id], ready_at[turn.id], guests.get(turn.singer_id), chosen)
        for turn in turns
    ]
    past = [_past(each, chosen) for each in sung if each.counted]
    places = order(slots, past, chosen.order, free_at, changeover)
    by_id = {turn.id: turn for turn in turns}
    return Lineup(
        turns=tuple(by_id[place.turn.id] for place in places),
        places={place.turn.id: place for place in places},
        tracks=tracks,
        ready=ready,
        now=now,
        free_at=free_at,
        changeover=changeover,
        past=past,
        policy=chosen.order,
    )


def _slot(turn: Turn, track: Track, ready_at: float, guest: Any, chosen: Rules) -> Waiting:
    is_here = guest is not None and guest.hint == Hint.HERE and guest.hint_at > clock.now() - HERE_SECONDS
    told = turn.not_before or 0.0
    if turn.early_ok or is_here:
        told = 0.0
    return Waiting(
        id=turn.id,
        singer=turn.singer_id,
        place=turn.place,
        asked_at=turn.asked_at,
        seconds=track.seconds / turn.tempo,
        along=along.yes(turn.partners) if chosen.duet_counts == "both" else (),
        ready_at=ready_at,
        asks=along.waits(turn.partners),
        told=told,
        pinned=turn.pinned,
        later=turn.later,
        wish=bool(turn.wish),
        called_at=turn.called_at,
        paused=guest is not None and guest.paused,
    )


def _ready_at(
    turns: Iterable[Turn], tracks: Mapping[str, Track], ready: Mapping[str, Readiness], now: float
) -> dict[str, float]:
    """Turn → from when its song can start. One song is worked on after the other."""
    moments: dict[str, float] = {}
    of_track: dict[str, float] = {}
    free = now
    for turn in turns:
        track_id = tracks[turn.song_id].id
        found = ready[track_id]
        if track_id not in of_track and found.state is Ready.SOON:
            free += found.seconds
            of_track[track_id] = free
        moments[turn.id] = (
            0.0 if found.can_start else NEVER if found.state is Ready.FAILED else of_track[track_id]
        )
    return moments


def _past(sung: Any, chosen: Rules) -> Sung:
    others = sung.partners if chosen.duet_counts == "both" else ()
    return Sung((sung.singer_id, *others), sung.started_at, apart=bool(sung.pinned or sung.wish))


def _free_at(s: Session, now: float, changeover: float) -> float:
    """When the stage is free for the next singer: not before a break is over. Nobody knows when a hold is; till then it
    is the earliest moment.
    """
    playing = s.get(Playback, 1)
    if playing is None:
        return now
    goes_on = max(now, playing.scene_until or now) if playing.scene is Scene.BREAK else now
    if not playing.track_id or not playing.turn_id:
        return goes_on
    left = s.get_one(Track, playing.track_id).seconds - clock.position(playing, now)
    return goes_on + max(0.0, left) / playing.tempo + changeover
