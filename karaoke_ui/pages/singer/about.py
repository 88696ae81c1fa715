"""What the sheet of a song says to one singer: the key to begin with, the ranges, who could sing along."""

from dataclasses import dataclass

from sqlmodel import Session

from karaoke_ui.show import asking, clock, history, lineup, night, views
from karaoke_ui.show.history import range_of
from karaoke_ui.show.keys import FEWEST
from karaoke_ui.show.tables import Favourite, Singer, Turn, TurnState
from pipeline import library
from pipeline.errors import EncoreError

UNASKED = "unasked"


@dataclass(frozen=True)
class Person:
    id: str
    # With the face before it.
    name: str


@dataclass(frozen=True)
class About:
    people: tuple[Person, ...]
    # Half tones to begin with, where something can be said, and whether they were kept with this very song.
    key: int | None = None
    kept: bool = False
    # The lowest and the highest note of the song, and of what the singer has sung.
    range: tuple[float, float] | None = None
    own: tuple[float, float] | None = None
    favourite: bool = False
    # When it would be sung if it were asked for now.
    at: float = 0.0
    # Why it would not be taken tonight, and whether it would wait for the host's yes.
    refused: EncoreError | None = None
    waits: bool = False
    # A few words for the room may come with it.
    may_write: bool = False


def about(s: Session, singer_id: str, song_id: str | None, instead: str = "") -> About:
    """`instead`: the turn whose place it is to take."""
    people = tuple(
        Person(each.id, f"{each.face} {each.name}".strip())
        for each in views.singers(s)
        if each.id != singer_id and not each.removed
    )
    may_write = _may_write(s, singer_id)
    if song_id is None:
        return About(people, may_write=may_write)
    refused, waits = _answer(s, singer_id, song_id, s.get(Turn, instead) if instead else None)
    song = range_of(library.main_track(s, song_id))
    kept = [each for each in history.of_singer(s, singer_id) if each.finished]
    tracks = library.main_tracks(s, {each.song_id for each in kept})
    ranges = [(each.key, found) for each in kept if (found := range_of(tracks.get(each.song_id)))]
    own = None
    if len(ranges) >= FEWEST:
        own = (min(r.lowest + key for key, r in ranges), max(r.highest + key for key, r in ranges))
    return About(
        people,
        key=history.suggested_key(s, singer_id, song_id),
        kept=any(each.song_id == song_id for each in kept),
        range=(song.lowest, song.highest) if song else None,
        own=own,
        favourite=s.get(Favourite, (singer_id, song_id)) is not None,
        at=_would_come_at(s, singer_id, song_id),
        refused=refused,
        waits=waits,
        may_write=may_write,
    )


def _may_write(s: Session, singer_id: str) -> bool:
    try:
        asking.check_may_speak(s, night.current(s), singer_id)
    except EncoreError:
        return False
    return True


def _answer(s: Session, singer_id: str, song_id: str, turn: Turn | None) -> tuple[EncoreError | None, bool]:
    """What the box would answer to this request, and whether the host would have to say yes; one that could take the
    place of another is no refusal.
    """
    tonight, singer, song = night.current(s), s.get_one(Singer, singer_id), library.get(s, song_id)
    try:
        asking.refuse_twice(s, tonight, singer, song)
        state = asking.check(s, tonight, singer, song, from_outside=False, turn=turn)
    except EncoreError as error:
        return None if error.context.get("reason") == "too_many" else error, False
    return None, state is TurnState.REQUESTED


def _would_come_at(s: Session, singer_id: str, song_id: str) -> float:
    """The night played to its end with this turn in it, which nobody has asked for."""
    tonight = night.current(s)
    turn = Turn(id=UNASKED, night_id=tonight.id, singer_id=singer_id, song_id=song_id, place=float("inf"))
    return lineup.of(s, tonight, clock.now(), also=turn).places[UNASKED].at
