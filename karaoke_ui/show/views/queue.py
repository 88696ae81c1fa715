"""The queue as the screens show it: who waits, where, why there, and from when; and what waits for the host's yes."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from karaoke_ui.show import clock, forecast, lineup, names, night, readiness, rules
from karaoke_ui.show.forecast import LastCall
from karaoke_ui.show.lineup import Lineup
from karaoke_ui.show.places import Reason, Why
from karaoke_ui.show.readiness import Readiness
from karaoke_ui.show.tables import Night, PhoneSinger, Singer, Turn, TurnState
from karaoke_ui.show.views.library import cover
from karaoke_ui.show.views.rows import by_id
from karaoke_ui.show.views.voices import Voices, partners
from pipeline import library, lyrics
from pipeline.errors import NotFound
from pipeline.tables import Song, Track

PLAIN = Reason(Why.ASKED)
# Forecasts are told to the minute: what only moves by seconds is the same to whoever reads it.
MINUTE = 60.0

# Put together once, and columns alone: each change of the queue asks it.
_PEOPLE = sa.select(  # type: ignore[call-overload]
    Singer.id,
    Singer.name,
    Singer.face,
    sa.exists().where(col(PhoneSinger.singer_id) == Singer.id).label("has_phone"),
).where(col(Singer.id).in_(sa.bindparam("ids", expanding=True)))


@dataclass(frozen=True)
class TurnView(Voices):
    """A turn that waits, as every screen may see it."""

    id: str
    place: int
    has_phone: bool
    song_id: str
    title: str
    artist: str
    seconds: float
    expected_at: float
    readiness: Readiness
    has_words: bool
    # Why it stands where it does, and the moment before which it is not called; None: it can be any moment.
    reason: Reason = PLAIN
    not_before: float | None = None
    # It could come earlier than was told: its singer is asked.
    could_be_early: bool = False
    # Its name is up: nothing moves it any more.
    called: bool = False
    pinned: bool = False
    later: int = 0
    wish: str = ""
    # Times the called singer did not come.
    missed: int = 0
    paused: bool = False
    key: int = 0
    tempo: float = 1.0
    # As its singer and the host read it: others read `line`.
    message: str = ""
    message_allowed: bool | None = None
    cover: str = ""
    # It ends after the night does.
    too_late: bool = False

    @property
    def line(self) -> str:
        """The few words for the room, where the host lets it read them."""
        return self.message if self.message_allowed else ""

    @property
    def line_waits(self) -> bool:
        return bool(self.message) and self.message_allowed is None


@dataclass(frozen=True)
class QueueView:
    turns: tuple[TurnView, ...] = ()
    # Those that wait for the host's yes, in the order in which they came.
    requests: tuple[TurnView, ...] = ()
    # What can still be sung, where the night has an end.
    last_call: LastCall | None = None
    # When a song that is asked for now would come, and the seconds from one singer to the next as measured tonight.
    free_at: float = 0.0
    changeover: float = forecast.CHANGEOVER_SECONDS


def queue(s: Session, tonight: Night, called: Mapping[str, str], line: Lineup | None = None) -> QueueView:
    """`called`: what everybody is called tonight; `line`: the order, where it was just found out."""
    now = clock.now()
    line = line or lineup.of(s, tonight, now)
    places = list(line.places.values())
    ends_at = rules.of(tonight).ends_at
    last_call = forecast.last_call(places, ends_at) if ends_at else None
    asked = select(Turn).where(Turn.night_id == tonight.id, Turn.state == TurnState.REQUESTED)
    requests = list(s.exec(asked.order_by(col(Turn.asked_at))))
    painter = _Painter(s, line, requests, called)
    late = last_call.too_late if last_call else ()
    return QueueView(
        turns=tuple(
            painter.view(turn, place, now, too_late=turn.id in late)
            for place, turn in enumerate(line.turns, 1)
        ),
        requests=tuple(painter.view(turn, 0, now) for turn in requests),
        last_call=last_call,
        free_at=max((p.at + p.turn.seconds + line.changeover for p in places), default=line.free_at),
        changeover=line.changeover,
    )


@dataclass(frozen=True)
class Shift:
    """Where a turn stands, and where other rules would put it."""

    turn_id: str
    singer: str
    title: str
    place: int
    would_be: int


def preview(s: Session, chosen: Mapping[str, object]) -> list[Shift]:
    """What a change of the rules would do to the queue, in the order that it would bring."""
    tonight, now = night.current(s), clock.now()
    called = names.tonight(s, tonight.id)
    shown = {view.id: view for view in queue(s, tonight, called).turns}
    other = lineup.of(s, tonight, now, rules.checked(rules.of(tonight), chosen))
    return [
        Shift(view.id, view.singer, view.title, view.place, place)
        for place, each in enumerate(other.turns, 1)
        if (view := shown.get(each.id)) is not None
    ]


def turn(s: Session, turn_id: str) -> TurnView:
    """A turn that waits in the queue, or for the host."""
    tonight = night.current(s)
    found = queue(s, tonight, names.tonight(s, tonight.id))
    view = next((each for each in (*found.turns, *found.requests) if each.id == turn_id), None)
    if view is None:
        raise NotFound(what="song in the queue")
    return view


class _Painter:
    """Looks up all that the turns are about at once."""

    def __init__(self, s: Session, line: Lineup, requests: list[Turn], called: Mapping[str, str]) -> None:
        self._line = line
        self._called = called
        turns = [*line.turns, *requests]
        asked = {turn.song_id for turn in requests} - line.tracks.keys()
        self._tracks: dict[str, Track] = {**line.tracks, **(library.main_tracks(s, asked) if asked else {})}
        self._ready = {**line.ready, **readiness.of_tracks(s, [self._tracks[each] for each in asked])}
        people = {each for turn in turns for each in (turn.singer_id, *turn.partners)}
        self._singers = {each.id: each for each in s.exec(_PEOPLE, params={"ids": list(people)})}
        self._songs = by_id(s, Song, {turn.song_id for turn in turns})
        self._worded = lyrics.worded(s, list(self._tracks.values()))

    def view(self, turn: Turn, place: int, now: float, *, too_late: bool = False) -> TurnView:
        singer, song, track = (
            self._singers[turn.singer_id],
            self._songs[turn.song_id],
            self._tracks[turn.song_id],
        )
        slot = self._line.places.get(turn.id)
        at = slot.at if slot else 0.0
        told = slot.turn.told if slot else 0.0
        likely = _to_the_minute(forecast.not_before(at, now) or 0.0)
        return TurnView(
            id=turn.id,
            place=place,
            singer_id=singer.id,
            singer=self._called.get(singer.id, singer.name),
            face=singer.face,
            has_phone=singer.has_phone,
            song_id=song.id,
            title=song.title,
            artist=song.artist,
            seconds=track.seconds,
            expected_at=_to_the_minute(at),
            readiness=self._ready[track.id],
            has_words=track.id in self._worded,
            reason=slot.reason if slot else PLAIN,
            not_before=max(told if told > now else 0.0, likely) or None,
            could_be_early=slot is not None and slot.reason.why is Why.TOLD,
            called=turn.called_at is not None,
            pinned=turn.pinned is not None,
            later=turn.later,
            wish=turn.wish,
            missed=turn.missed,
            paused=slot is not None and slot.turn.paused,
            key=turn.key,
            tempo=turn.tempo,
            partners=partners(turn, self._singers, self._called),
            message=turn.message,
            message_allowed=turn.message_allowed,
            cover=cover(song),
            too_late=too_late,
        )


def _to_the_minute(moment: float) -> float:
    return moment - moment % MINUTE
