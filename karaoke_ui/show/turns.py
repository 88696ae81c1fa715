"""What else becomes of a turn than to be asked for, pinned and removed: by the host, by its singer, by those who sing along."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from karaoke_ui.show import asking, clock, deeds, lineup, night
from karaoke_ui.show.asking import Wanted
from karaoke_ui.show.night import refuse_others, refuse_stale, waiting_turn
from karaoke_ui.show.rights import Actor, Role, allow
from karaoke_ui.show.tables import Partner, Performance, Singer, Turn, TurnState
from pipeline import library
from pipeline.errors import BadValue, Conflict, NotFound, RightsError

MAX_WISH = 40
MAX_LATER = 20


@allow(Role.HOST)
def unpin(s: Session, actor: Actor, turn_id: str, version: int | None = None) -> None:
    """Let the rules decide again where it stands."""
    tonight = night.current(s)
    refuse_stale(tonight, version)
    turn = waiting_turn(s, turn_id)
    deeds.note(s, actor, "unpinned", turn)
    turn.pinned = None
    s.add(turn)
    night.changed(s, tonight)


@allow(Role.HOST)
def swap(s: Session, actor: Actor, turn_id: str, other_id: str, version: int | None = None) -> None:
    """Let two turns change places; both are pinned there."""
    tonight = night.current(s)
    refuse_stale(tonight, version)
    turn, other = waiting_turn(s, turn_id), waiting_turn(s, other_id)
    if turn.called_at is not None or other.called_at is not None:
        raise Conflict(reason="called")
    line = [each.id for each in lineup.of(s, tonight, clock.now()).turns]
    deeds.note(s, actor, "swapped", turn, other, other=other_id)
    turn.pinned, other.pinned = line.index(other.id) + 1, line.index(turn.id) + 1
    turn.later = other.later = 0
    s.add(turn)
    s.add(other)
    night.changed(s, tonight)


@allow(Role.HOST)
def to_end(s: Session, actor: Actor, turn_id: str, version: int | None = None) -> None:
    """Behind all who wait now."""
    night.move(s, actor, turn_id, len(night.queue(s, night.current(s).id)), version)


@allow(Role.HOST, Role.SINGER)
def change(
    s: Session,
    actor: Actor,
    turn_id: str,
    *,
    song_id: str | None = None,
    key: int | None = None,
    tempo: float | None = None,
    partner_ids: Sequence[str] | None = None,
    message: str | None = None,
) -> Turn:
    """Sing another song, or in another way, in the same place. What is not named stays."""
    turn = waiting_turn(s, turn_id, TurnState.WAITING, TurnState.REQUESTED)
    refuse_others(actor, turn)
    deeds.note(s, actor, "changed", turn)
    if song_id is not None and song_id != turn.song_id:
        _change_song(s, actor, turn, song_id)
    asking.dress(
        s,
        actor,
        turn,
        Wanted(
            key=turn.key if key is None else key,
            tempo=turn.tempo if tempo is None else tempo,
            partner_ids=partner_ids,
            message=turn.message if message is None else message,
        ),
    )
    s.add(turn)
    night.changed(s, night.current(s))
    return turn


def _change_song(s: Session, who: Actor, turn: Turn, song_id: str) -> None:
    """A singer's new song is held to the rules as if it were asked for, and may wait for the host again."""
    if turn.called_at is not None and who.role is Role.SINGER:
        raise Conflict(reason="called")
    song, singer, tonight = library.get(s, song_id), s.get_one(Singer, turn.singer_id), night.current(s)
    asking.refuse_twice(s, tonight, singer, song)
    asking.refuse_failed(s, song)
    if who.role is Role.SINGER:
        turn.state = asking.check(s, tonight, singer, song, from_outside=False, turn=turn)
    turn.song_id, turn.key = song_id, 0
    turn.approved = who.role is Role.HOST and turn.state is TurnState.WAITING


@allow(Role.HOST, Role.SINGER)
def reorder(s: Session, actor: Actor, turn_ids: Sequence[str]) -> None:
    """Sing one's own songs in this order, in the places that one has."""
    tonight = night.current(s)
    mine = [waiting_turn(s, turn_id) for turn_id in turn_ids]
    if not mine or len({turn.singer_id for turn in mine}) != 1 or len(set(turn_ids)) != len(turn_ids):
        raise BadValue(what="order", value=", ".join(turn_ids))
    for turn in mine:
        refuse_others(actor, turn)
        if turn.called_at is not None:
            raise Conflict(reason="called")
    deeds.note(s, actor, "reordered", *mine)
    for turn, place in zip(mine, sorted(turn.place for turn in mine), strict=True):
        turn.place = place
        s.add(turn)
    night.changed(s, tonight)


@allow(Role.HOST, Role.SINGER)
def later(s: Session, actor: Actor, turn_id: str, turns: int = 1) -> Turn:
    """Let so many others go first; 0 takes that back."""
    turn = waiting_turn(s, turn_id)
    refuse_others(actor, turn)
    if not 0 <= turns <= MAX_LATER:
        raise BadValue(what="later", value=turns, most=MAX_LATER)
    if turn.called_at is not None:
        raise Conflict(reason="called")
    if turn.later == turns:
        return turn
    if turns > turn.later and not _has_one_behind(s, turn):
        raise Conflict(reason="last")
    deeds.note(s, actor, "later", turn, turns=turns)
    turn.later = turns
    s.add(turn)
    night.changed(s, night.current(s))
    return turn


@allow(Role.HOST, Role.SINGER)
def come_early(s: Session, actor: Actor, turn_id: str, yes: bool = True) -> Turn:
    """It is fine to be called earlier than was told."""
    turn = waiting_turn(s, turn_id)
    refuse_others(actor, turn)
    if turn.early_ok == yes:
        return turn
    deeds.note(s, actor, "early", turn)
    turn.early_ok = yes
    s.add(turn)
    night.changed(s, night.current(s))
    return turn


@allow(Role.HOST)
def wish(s: Session, actor: Actor, turn_id: str, words: str) -> Turn:
    """Let a turn come first for a reason that everybody reads: one jump a night for each singer. Empty takes it back."""
    turn = waiting_turn(s, turn_id)
    clean = night.clean_text(words)
    if len(clean) > MAX_WISH:
        raise BadValue(what="wish", value=clean[:MAX_WISH], most=MAX_WISH)
    if clean and _has_jumped(s, turn):
        raise Conflict(reason="wished")
    deeds.note(s, actor, "wished", turn, wish=clean)
    turn.wish = clean
    if clean:
        turn.pinned = None
    s.add(turn)
    night.changed(s, night.current(s))
    return turn


@allow(Role.HOST, Role.SINGER)
def answer_duet(s: Session, actor: Actor, turn_id: str, yes: bool, partner_id: str = "") -> Turn:
    """Who was asked to sing along says yes or no; the host may say it for one of them, or for all who are asked still."""
    turn = waiting_turn(s, turn_id, TurnState.WAITING, TurnState.REQUESTED)
    if actor.role is Role.SINGER:
        if turn.partners and actor.id not in turn.partners:
            raise RightsError(reason="turn")
        partner_id = actor.id
    asked = [each for each, said in turn.partners.items() if said == Partner.ASKED]
    those = [partner_id] if partner_id else asked
    if not those or not turn.partners.keys() >= set(those):
        raise NotFound(what="song in the queue")
    if yes and any(asking.was_sent_home(s, turn.night_id, each) for each in those):
        raise Conflict(reason="sent_home")
    deeds.note(s, actor, "answered", turn, yes=yes)
    turn.partners = turn.partners | dict.fromkeys(those, Partner.YES if yes else Partner.NO)
    s.add(turn)
    night.changed(s, night.current(s))
    return turn


@allow(Role.HOST)
def approve(s: Session, actor: Actor, turn_id: str) -> Turn:
    """Let a request into the queue, with the line that came with it."""
    turn = waiting_turn(s, turn_id, TurnState.REQUESTED, TurnState.REFUSED)
    deeds.note(s, actor, "approved", turn)
    turn.state, turn.approved = TurnState.WAITING, True
    if turn.message and turn.message_allowed is None:
        turn.message_allowed = True
    s.add(turn)
    night.changed(s, night.current(s))
    return turn


@allow(Role.HOST)
def refuse(s: Session, actor: Actor, turn_id: str) -> Turn:
    turn = waiting_turn(s, turn_id, TurnState.REQUESTED)
    deeds.note(s, actor, "refused", turn)
    turn.state = TurnState.REFUSED
    s.add(turn)
    night.changed(s, night.current(s))
    return turn


@allow(Role.HOST)
def allow_line(s: Session, actor: Actor, turn_id: str, yes: bool = True) -> Turn:
    """Let the room read the line that comes with a song, or take it off all screens."""
    turn = waiting_turn(s, turn_id, TurnState.WAITING, TurnState.REQUESTED)
    if not turn.message:
        raise NotFound(what="message")
    deeds.note(s, actor, "words_allowed" if yes else "words_refused", turn)
    turn.message_allowed = yes
    s.add(turn)
    night.changed(s, night.current(s))
    return turn


@allow(Role.HOST)
def set_counted(s: Session, actor: Actor, performance_id: str, counted: bool) -> Performance:
    """Whether what was sung (a song broken off) uses up the singer's turn."""
    performance = s.get(Performance, performance_id)
    if performance is None:
        raise NotFound(what="performance")
    deeds.note(s, actor, "counted" if counted else "forgiven", performance)
    performance.counted = counted
    s.add(performance)
    night.changed(s, night.current(s))
    return performance


def _has_one_behind(s: Session, turn: Turn) -> bool:
    """Whether somebody else could go first. Else it would let pass who comes later, and nobody would see it."""
    places = [*lineup.of(s, night.current(s), clock.now()).places.values()]
    here = next((n for n, place in enumerate(places) if place.turn.id == turn.id), len(places))
    behind = (place.turn for place in places[here + 1 :])
    return any(each.singer != turn.singer_id and not each.stands_aside for each in behind)


def _has_jumped(s: Session, turn: Turn) -> bool:
    """Whether this singer has another wish tonight, sung or still waiting."""
    theirs = select(Turn.id).where(
        Turn.night_id == turn.night_id, Turn.singer_id == turn.singer_id, Turn.wish != "", Turn.id != turn.id
    )
    over = col(Turn.state).in_((TurnState.REMOVED, TurnState.REFUSED))
    return s.exec(theirs.where(~over)).first() is not None
