"""Between two singers: whose name is up, who comes, the show held or stopped for a while, and the end of the night."""

import time

from sqlmodel import Session, select

from karaoke_ui.show import along, clock, deeds, director, night, rules, scenes
from karaoke_ui.show.rights import Actor, Role, allow
from karaoke_ui.show.tables import Guest, Hint, Playback, PlayState, Scene, Singer, Stage, Turn
from karaoke_ui.text import quoted, t
from pipeline import library
from pipeline.db import announce
from pipeline.errors import BadValue, Conflict, NotFound, NotReady, StaleQueue

MAX_BREAK_MINUTES = 240
CALLING = (Scene.CALLED, Scene.WAITING)


@allow(Role.HOST)
def call(s: Session, actor: Actor, turn_id: str = "") -> Playback:
    """Put a name up: of the turn that is named, or of the next one whose song can start."""
    _nobody_on_stage(s)
    tonight = night.current(s)
    turn_id = turn_id or director.following(s) or director.following(s, early=True) or ""
    turn = next((each for each in night.queue(s, tonight.id) if each.id == turn_id), None)
    if turn is None:
        raise NotFound(what="song in the queue")
    if not director.can_start(s, library.main_track(s, turn.song_id)):
        raise NotReady(what=quoted(library.get(s, turn.song_id).title))
    return director.move(s, scenes.Call(turn.id))


@allow(Role.HOST)
def miss(s: Session, actor: Actor, turn_id: str = "") -> Playback:
    """Who was called is not here: the next one first, and then they. `turn_id`: whose name the host saw."""
    called = night.playback(s).called_id
    if called is None:
        raise NotFound(what="song in the queue")
    if turn_id and turn_id != called:
        raise StaleQueue(yours=turn_id, now=called)
    deeds.note(s, actor, "missed", s.get_one(Turn, called))
    return director.move(s, scenes.Miss())


@allow(Role.SINGER, Role.STAGE)
def arrive(s: Session, actor: Actor, turn_id: str = "") -> Playback:
    """“I'm here”, on the phone or by a tap at the stage: it starts the song in a night that runs itself, and is a hint
    for the host in one that does not. `turn_id`: whose name was seen; another one may be up by now.
    """
    playback = night.playback(s)
    called = s.get(Turn, playback.called_id) if playback.called_id else None
    tonight = night.current(s)
    if actor.role is Role.SINGER:
        _hint(s, tonight.id, actor.id)
    if called is None or playback.scene not in CALLING or not _may_start(s, actor, called):
        return playback
    if turn_id not in ("", called.id) or rules.of(tonight).run != rules.Run.ITSELF:
        return playback
    return director.start(s, called)


@allow(Role.HOST)
def hold(s: Session, actor: Actor) -> Playback:
    """Stop the show for a moment: whatever sounds fades, and the room reads that it goes on soon."""
    return director.move(s, scenes.Stop())


@allow(Role.HOST)
def take_break(s: Session, actor: Actor, minutes: float) -> Playback:
    """Stop the show until a time that everybody sees."""
    if not 0 < minutes <= MAX_BREAK_MINUTES:
        raise BadValue(what="break", value=f"{minutes:g}", most=MAX_BREAK_MINUTES)
    return director.move(s, scenes.Stop(clock.now() + minutes * 60))


@allow(Role.HOST)
def go_on(s: Session, actor: Actor) -> Playback:
    """After a hold or a break: where the song stood, or with the next name."""
    return director.resume(s)


@allow(Role.HOST)
def clear(s: Session, actor: Actor) -> Playback:
    """Take the name down: the room sees the night and its address again."""
    return director.move(s, scenes.Clear())


@allow(Role.HOST)
def close(s: Session, actor: Actor, song_id: str) -> Playback:
    """The last number, sung by all: everybody's name rolls over it, and the night's credits follow."""
    _nobody_on_stage(s)
    director.check_can_start(s, song_id)
    turn = Turn(
        night_id=night.current(s).id, singer_id=_everybody(s).id, song_id=song_id, place=0.0, closing=True
    )
    s.add(turn)
    s.flush()
    return director.start(s, turn)


@allow(Role.HOST)
def roll_credits(s: Session, actor: Actor) -> Playback:
    """The night's songs and names, without a closing number."""
    _nobody_on_stage(s)
    return director.move(s, scenes.Roll())


def _nobody_on_stage(s: Session) -> None:
    if night.playback(s).state != PlayState.IDLE:
        raise Conflict(reason="singing")


def _may_start(s: Session, who: Actor, called: Turn) -> bool:
    if who.role is Role.STAGE:
        return s.get_one(Stage, who.id).leads
    return who.id in (called.singer_id, *along.yes(called.partners))


def _hint(s: Session, night_id: str, singer_id: str) -> None:
    guest = s.get(Guest, (night_id, singer_id)) or Guest(night_id=night_id, singer_id=singer_id)
    guest.hint, guest.hint_at, guest.paused = Hint.HERE, time.time(), False
    s.add(guest)
    announce(s, "singer", singer_id)


def _everybody(s: Session) -> Singer:
    """Stands for the whole room, in the closing number of every night."""
    found = s.exec(select(Singer).join(Turn, Turn.singer_id == Singer.id).where(Turn.closing)).first()  # type: ignore[arg-type]
    if found is None:
        found = Singer(name=t("show.everybody"), face="🎤", created_at=0.0)
        s.add(found)
        s.flush()
    return found
