"""The song on stage: every press of the host's player, and every report of the stage, is one change of the playback row."""

from sqlmodel import Session, select

from karaoke_ui.show import clock, cues, deeds, director, night, scenes
from karaoke_ui.show.desk import changed
from karaoke_ui.show.rights import Actor, Role, allow
from karaoke_ui.show.scenes import COUNTDOWN_SECONDS
from karaoke_ui.show.tables import Performance, Playback, PlayState, Stage, Turn, TurnState
from pipeline.errors import BadValue, Conflict, NotFound
from pipeline.tables import Track

# Seconds of a song by which the stage may correct the clock while it plays: another tempo is heard a moment after it
# was asked for.
TEMPO_LAG = 1.0


@allow(Role.HOST)
def play(s: Session, actor: Actor, turn_id: str = "") -> Playback:
    """Go on with what is stopped; else start the turn that is named, or called, or next."""
    playback = night.playback(s)
    if playback.state == PlayState.PAUSED and not turn_id:
        return director.resume(s)
    if playback.state != PlayState.IDLE:
        return playback
    return director.start(s, _who_starts(s, playback, turn_id))


@allow(Role.HOST)
def go_on(s: Session, actor: Actor, turn_id: str) -> Playback:
    """Go on with this turn's song, seen paused; where it is over by now, nobody else starts."""
    playback = night.playback(s)
    if playback.turn_id != turn_id or playback.state != PlayState.PAUSED:
        return playback
    return director.resume(s)


@allow(Role.HOST)
def pause(s: Session, actor: Actor) -> Playback:
    return director.move(s, scenes.Pause())


@allow(Role.HOST)
def seek(s: Session, actor: Actor, position: float) -> Playback:
    playback = _something_plays(s)
    seconds = s.get_one(Track, playback.track_id).seconds
    if not 0 <= position < seconds:
        raise BadValue(what="second", value=f"{position:g}")
    return director.move(s, scenes.Seek(position))


@allow(Role.HOST)
def skip_intro(s: Session, actor: Actor) -> Playback:
    """Go to a few seconds before the first word."""
    playback = _something_plays(s)
    first = cues.of(s, playback.track_id or "").first
    to = (first or 0.0) - COUNTDOWN_SECONDS * playback.tempo
    if to <= max(0.0, clock.position(playback, clock.now())):
        raise Conflict(reason="no_intro")
    return director.move(s, scenes.Seek(to))


@allow(Role.HOST)
def restart(s: Session, actor: Actor) -> Playback:
    """Begin the song again; the turn goes on."""
    _something_plays(s)
    return director.move(s, scenes.Restart())


@allow(Role.HOST)
def finish(s: Session, actor: Actor) -> Playback:
    """The song is over, whatever is left of its sound: applause."""
    _something_plays(s)
    return director.move(s, scenes.End(TurnState.SUNG))


@allow(Role.HOST)
def skip(s: Session, actor: Actor) -> Playback:
    """End the turn before its song is over."""
    turn = s.get_one(Turn, _something_plays(s).turn_id)
    moved = director.move(s, scenes.End(TurnState.SKIPPED))
    performance = s.exec(select(Performance).where(Performance.turn_id == turn.id)).one()
    deeds.note_skipped(s, actor, performance)
    return moved


@allow(Role.HOST)
def false_start(s: Session, actor: Actor) -> Playback:
    """Take the turn off the stage as if it had not begun: its name is up again."""
    turn = s.get_one(Turn, _something_plays(s).turn_id)
    moved = director.move(s, scenes.End(TurnState.WAITING))
    deeds.note_said(s, actor, "false_start", turn)
    return moved


@allow(Role.STAGE)
def anchored(s: Session, actor: Actor, cue: int, position: float, at: float) -> None:
    """The stage says when the sound of this cue began, or went over to another tempo: so the server's clock counts."""
    playback = night.playback(s)
    if not s.get_one(Stage, actor.id).leads or playback.cue != cue:
        return
    shift = abs(clock.position(playback, at) - position)
    if playback.state == PlayState.STARTING or (playback.state == PlayState.PLAYING and shift < TEMPO_LAG):
        # A stage's idea of the time is not trusted further than a start can take.
        now = clock.now()
        playback.at = min(max(at, now - 5.0), now + 5.0)
        playback.position = position
        playback.state = PlayState.PLAYING
        changed(s, playback)


@allow(Role.STAGE)
def ended(s: Session, actor: Actor, cue: int) -> None:
    """The stage has played the last second, or the last word is sung and the sound has died away."""
    playback = night.playback(s)
    if s.get_one(Stage, actor.id).leads and playback.cue == cue and playback.state == PlayState.PLAYING:
        director.move(s, scenes.End(TurnState.SUNG))


def _who_starts(s: Session, playback: Playback, turn_id: str) -> Turn:
    """The turn that is named; else the one whose name is up; else the next, before it one whose song can start."""
    waiting = night.queue(s, night.current(s).id)
    wanted = turn_id or playback.called_id
    named = next((turn for turn in waiting if turn.id == wanted), None)
    if named is None and not turn_id:
        wanted = director.following(s)
        named = next((turn for turn in waiting if turn.id == wanted), waiting[0] if waiting else None)
    if named is None:
        raise NotFound(what="song in the queue")
    return s.get_one(Turn, named.id)


def _something_plays(s: Session) -> Playback:
    playback = night.playback(s)
    if playback.state == PlayState.IDLE:
        raise NotFound(what="song")
    return playback
