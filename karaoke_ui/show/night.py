"""The night: its queue of turns, and who sings next. Every change of the queue raises the night's version."""

from dataclasses import replace
from itertools import dropwhile

from sqlmodel import Session, col, func, select

from karaoke_ui import text
from karaoke_ui.show import asking, clock, deeds, lineup, promises, rules
from karaoke_ui.show.lineup import Lineup
from karaoke_ui.show.rights import BOX, Actor, Right, Role, allow
from karaoke_ui.show.tables import (
    Guest,
    Night,
    PhoneSinger,
    Playback,
    PlayState,
    Singer,
    Turn,
    TurnState,
)
from karaoke_ui.text import t
from pipeline import jobs, library
from pipeline.db import announce
from pipeline.errors import BadValue, Conflict, NotFound, RightsError, StaleQueue
from pipeline.tables import NOT_URGENT

MAX_NIGHT_NAME = 60
MAX_WAITING = rules.Rules().max_waiting
# Calls without an answer, in a night that runs itself.
MOST_MISSED = 3


def current(s: Session) -> Night:
    """The open night; there is always one."""
    known = s.info.get("night")
    if isinstance(known, Night) and known.is_open:
        return known
    night = s.exec(select(Night).where(Night.is_open)).first()
    if night is None:
        # The rules of the house go on from night to night.
        last = s.exec(select(Night).order_by(col(Night.opened_at).desc()).limit(1)).first()
        night = Night(name=t("host.night.unnamed"), rules=rules.for_next(last))
        s.add(night)
        s.flush()
        announce(s, "night", night.id)
    s.info["night"] = night
    return night


def playback(s: Session) -> Playback:
    row = s.get(Playback, 1)
    if row is None:
        row = Playback()
        s.add(row)
        s.flush()
    return row


def is_under_way(s: Session) -> bool:
    """Somebody is on stage, or the room waits for a moment that it was told."""
    row = playback(s)
    return row.turn_id is not None or row.scene_until is not None


def guest(s: Session, singer_id: str) -> Guest:
    """The singer, as one who is here tonight."""
    tonight = current(s)
    found = s.get(Guest, (tonight.id, singer_id))
    if found is None:
        found = Guest(night_id=tonight.id, singer_id=singer_id)
        s.add(found)
        s.flush()
        announce(s, "singer", singer_id)
    return found


def queue(s: Session, night_id: str) -> list[Turn]:
    """The waiting turns in the order they will be sung; to be read alone."""
    return list(lineup.of(s, s.get_one(Night, night_id), clock.now()).turns)


def next_turn(s: Session, *, but: str | None = None, early: bool = False) -> Turn | None:
    """Whom to call now: the first whose song can start, who waits for nobody's answer, and who was told no later moment
    (unless `early`).

    `but` is left out: who was just called and did not come.
    """
    now = clock.now()
    tonight = current(s)
    line = lineup.of(s, tonight, now)
    chosen = rules.of(tonight)
    # A night that runs itself keeps to its end: nothing begins that would last longer.
    curfew = chosen.ends_at if chosen.run is rules.Run.ITSELF else None
    for turn in line.turns:
        slot = line.places[turn.id].turn
        if curfew is not None and now + slot.seconds > curfew:
            continue
        told = slot.told > now and turn.pinned is None and not early
        if turn.id == but or slot.paused or slot.asks or told or not line.readiness(turn).can_start:
            continue
        return s.get_one(Turn, turn.id)
    return None


@allow(Role.HOST, right=Right.HOST)
def rename(s: Session, actor: Actor, name: str) -> Night:
    night = current(s)
    clean = clean_text(name)
    if not clean or len(clean) > MAX_NIGHT_NAME:
        raise BadValue(what="name", value=clean, most=MAX_NIGHT_NAME)
    deeds.note(s, actor, "renamed", night, name=clean)
    night.name = clean
    s.add(night)
    announce(s, "night", night.id)
    return night


@allow(Role.HOST, right=Right.HOST)
def speak(s: Session, actor: Actor, language: str) -> None:
    """The house speaks another language; so does the name of a night that nobody has named."""
    unnamed = text.everywhere("host.night.unnamed")
    if current(s).name in unnamed.values() and language in unnamed:
        rename(s, actor, unnamed[language])
    rules.change(s, actor, current(s), {"language": language})


@allow(Role.HOST, Role.SINGER)
def ask(
    s: Session, actor: Actor, song_id: str, singer_id: str = "", wanted: asking.Wanted = asking.PLAIN
) -> Turn:
    """Ask for a song: for oneself, or (the host) for anybody. The same request twice is one turn."""
    if actor.role is Role.SINGER:
        singer_id = _in_whose_name(s, actor.id, singer_id)
        actor = replace(actor, id=singer_id)
    singer = s.get(Singer, singer_id)
    if singer is None or singer.merged_into:
        raise NotFound(what="singer")
    there = s.get(Turn, wanted.turn_id) if wanted.turn_id else None
    if there is not None:
        if (there.singer_id, there.song_id) != (singer_id, song_id):
            raise Conflict("the id of another turn")
        return there
    song = library.get(s, song_id)
    night = current(s)
    guest(s, singer.id)
    asking.refuse_twice(s, night, singer, song)
    asking.refuse_failed(s, song)
    state = TurnState.WAITING
    if actor.role is Role.SINGER:
        state = asking.check(s, night, singer, song, from_outside=wanted.from_outside)
    last = s.exec(select(func.max(Turn.place)).where(Turn.night_id == night.id)).one()
    turn = Turn(night_id=night.id, singer_id=singer_id, song_id=song_id, place=(last or 0.0) + 1, state=state)
    turn.approved = actor.role is Role.HOST
    if wanted.turn_id:
        turn.id = wanted.turn_id
    asking.dress(s, actor, turn, wanted)
    s.add(turn)
    s.flush()
    deeds.note_new(s, actor, "asked", turn)
    changed(s, night)
    return turn


def _in_whose_name(s: Session, asker_id: str, singer_id: str) -> str:
    """What was asked for before a phone was handed over may get through after it: it stays whose it was."""
    theirs = select(PhoneSinger.token).where(PhoneSinger.singer_id == singer_id)
    shared = select(PhoneSinger).where(PhoneSinger.singer_id == asker_id, col(PhoneSinger.token).in_(theirs))
    return asker_id if s.exec(shared.limit(1)).first() is None else singer_id


@allow(Role.HOST)
def move(s: Session, actor: Actor, turn_id: str, to: int, version: int | None = None) -> None:
    """Pin a waiting turn to place `to` (0 is next). `version` is the queue the host looked at."""
    night = current(s)
    refuse_stale(night, version)
    turn = waiting_turn(s, turn_id)
    if turn.called_at is not None:
        raise Conflict(reason="called")
    line = lineup.of(s, night, clock.now()).turns
    others = [each for each in line if each.id != turn_id]
    called = sum(1 for each in others if each.called_at is not None)
    to = max(called, min(to, len(others)))
    placed = [*others[:to], turn, *others[to:]]
    pinned = {place: s.get_one(Turn, each.id) for place, each in enumerate(placed, 1) if each.pinned}
    pinned[to + 1] = turn
    others = [each for each in pinned.values() if each is not turn]
    deeds.note(s, actor, "moved", turn, *others, to=to + 1)
    for place, each in pinned.items():
        each.pinned = place
        s.add(each)
    turn.later = 0
    changed(s, night)


@allow(Role.HOST, Role.SINGER)
def remove(s: Session, actor: Actor, turn_id: str, version: int | None = None) -> Turn:
    """Take a waiting turn out: any turn by the host, one's own by a singer."""
    night = current(s)
    refuse_stale(night, version)
    turn = waiting_turn(s, turn_id, TurnState.WAITING, TurnState.REQUESTED)
    refuse_others(actor, turn)
    line = lineup.of(s, night, clock.now())
    deeds.note(s, actor, "removed", turn, *_pinned_after(s, line, turn))
    _close_gap(s, line, turn)
    turn.state, turn.called_at = TurnState.REMOVED, None
    s.add(turn)
    changed(s, night)
    return turn


def takes_stage(s: Session, turn: Turn) -> None:
    """Before it leaves the queue for the stage: what is pinned behind it moves up, who let it pass has done so."""
    line = lineup.of(s, current(s), clock.now())
    place = line.places.get(turn.id)
    if place is None:
        return
    _close_gap(s, line, turn)
    if line.turns[0].id == turn.id:
        for turn_id in place.let_by:
            other = s.get_one(Turn, turn_id)
            other.later -= 1
            s.add(other)
    turn.later = 0
    s.add(turn)


def comes_back(s: Session, turn: Turn) -> None:
    """From the stage into the queue again, before all others: what is pinned moves down."""
    for each in lineup.waiting(s, turn.night_id):
        if each.pinned:
            each.pinned += 1
            s.add(each)
    turn.state = TurnState.WAITING
    s.add(turn)


def missed(s: Session, turn: Turn) -> None:
    """The singer was called and did not come: one place later, and the place is kept.

    Where nobody is there to decide, who never comes is passed over from some time on, until they say “I'm here”.
    """
    turn.missed += 1
    turn.later += 1
    turn.called_at = None
    s.add(turn)
    if turn.missed >= MOST_MISSED and rules.of(current(s)).run is rules.Run.ITSELF:
        absent = guest(s, turn.singer_id)
        deeds.note(s, BOX, "paused", absent)
        absent.paused = True
        s.add(absent)
        announce(s, "singer", turn.singer_id)


def changed(s: Session, night: Night) -> None:
    """After every change of the queue: raise its version, let the work follow the singers, tell the screens."""
    night.version += 1
    s.add(night)
    s.flush()
    now = clock.now()
    line = lineup.of(s, night, now)
    urgencies: dict[str, float] = {}
    for turn in line.turns:
        track_id = line.tracks[turn.song_id].id
        urgencies[track_id] = min(line.wanted[turn.id], urgencies.get(track_id, NOT_URGENT))
    playing = playback(s)
    if playing.track_id and playing.state != PlayState.IDLE:
        urgencies[playing.track_id] = now
    jobs.hurry(s, urgencies)
    promises.tell(s, line, now)
    announce(s, "queue", night.id)
    lineup.keep(s, line)


def waiting_turn(s: Session, turn_id: str, *states: TurnState) -> Turn:
    turn = s.get(Turn, turn_id)
    if turn is None or turn.state not in (states or (TurnState.WAITING,)):
        raise NotFound(what="song in the queue")
    return turn


def refuse_others(who: Actor, turn: Turn) -> None:
    """Only the asker, and the host, change a turn; who sings along answers."""
    if who.role is Role.SINGER and turn.singer_id != who.id:
        raise RightsError(reason="turn")


def refuse_stale(night: Night, version: int | None) -> None:
    if version is not None and version != night.version:
        raise StaleQueue(yours=version, now=night.version)


def clean_text(text: str) -> str:
    """One line of what somebody typed, without what cannot be seen."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _pinned_after(s: Session, line: Lineup, turn: Turn) -> list[Turn]:
    """The pinned turns behind this one, which move up when it goes."""
    behind = dropwhile(lambda each: each.id != turn.id, line.turns)
    return [s.get_one(Turn, each.id) for each in behind if each.pinned and each.id != turn.id]


def _close_gap(s: Session, line: Lineup, turn: Turn) -> None:
    for each in _pinned_after(s, line, turn):
        each.pinned = max(1, (each.pinned or 1) - 1)
        s.add(each)
