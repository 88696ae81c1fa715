"""What plays: every press of the host's player, and every report of the stage, is one change of the playback row."""

import time

from sqlmodel import Session, select

from karaoke_ui.show import clock, night
from karaoke_ui.show.desk import changed
from karaoke_ui.show.readiness import readiness
from karaoke_ui.show.rights import Actor, Role, allow
from karaoke_ui.show.tables import Performance, Playback, PlayState, Stage, Turn, TurnState
from pipeline import jobs, library
from pipeline.errors import BadValue, NotFound, NotReady
from pipeline.tables import Track

# How long after its last second a song is ended by the server when the stage does not say so.
END_GRACE_SECONDS = 3.0
# Seconds of a song by which the stage may correct the clock while it plays: another tempo is heard a moment after it
# was asked for.
TEMPO_LAG = 1.0


@allow(Role.HOST)
def play(s: Session, actor: Actor, turn_id: str = "") -> Playback:
    """Go on with what is paused; else start the next turn, or the one named, if its song can start."""
    playback = night.playback(s)
    if playback.state == PlayState.PAUSED and not turn_id:
        return _cue(s, playback, PlayState.STARTING, playback.position)
    if playback.state != PlayState.IDLE:
        return playback
    waiting = night.queue(s, night.current(s).id)
    turn = next((each for each in waiting if not turn_id or each.id == turn_id), None)
    if turn is None:
        raise NotFound(what="song in the queue")
    return _start(s, playback, turn)


@allow(Role.HOST)
def pause(s: Session, actor: Actor) -> Playback:
    playback = night.playback(s)
    if playback.state not in (PlayState.PLAYING, PlayState.STARTING):
        return playback
    return _cue(s, playback, PlayState.PAUSED, clock.position(playback, time.time()))


@allow(Role.HOST)
def seek(s: Session, actor: Actor, position: float) -> Playback:
    playback = _something_plays(s)
    seconds = s.get_one(Track, playback.track_id).seconds
    if not 0 <= position < seconds:
        raise BadValue(
            what="The position", value=f"{position:g}", allowed=f"the song has {seconds:.0f} seconds"
        )
    state = PlayState.PAUSED if playback.state == PlayState.PAUSED else PlayState.STARTING
    return _cue(s, playback, state, position)


@allow(Role.HOST)
def restart(s: Session, actor: Actor) -> Playback:
    return _cue(s, _something_plays(s), PlayState.STARTING, 0.0)


@allow(Role.HOST)
def skip(s: Session, actor: Actor) -> Playback:
    """End the turn before its song is over."""
    return _end(s, _something_plays(s), TurnState.SKIPPED)


@allow(Role.STAGE)
def anchored(s: Session, actor: Actor, cue: int, position: float, at: float) -> None:
    """The stage says when the sound of this cue began, or went over to another tempo: so the server's clock counts."""
    playback = night.playback(s)
    if not s.get_one(Stage, actor.id).leads or playback.cue != cue:
        return
    shift = abs(clock.position(playback, at) - position)
    if playback.state == PlayState.STARTING or (playback.state == PlayState.PLAYING and shift < TEMPO_LAG):
        # A stage's idea of the time is not trusted further than a start can take.
        playback.at = min(max(at, time.time() - 5.0), time.time() + 5.0)
        playback.position = position
        playback.state = PlayState.PLAYING
        changed(s, playback)


@allow(Role.STAGE)
def ended(s: Session, actor: Actor, cue: int) -> None:
    """The stage has played the last second."""
    playback = night.playback(s)
    if s.get_one(Stage, actor.id).leads and playback.cue == cue and playback.state == PlayState.PLAYING:
        _end(s, playback, TurnState.SUNG)


def watch(s: Session, now: float) -> bool:
    """The server's own look at the clock: a song that must be over ends, even if no stage is there to say so."""
    playback = night.playback(s)
    if playback.track_id is None or playback.state != PlayState.PLAYING:
        return False
    if not clock.is_over(playback, s.get_one(Track, playback.track_id).seconds, now, END_GRACE_SECONDS):
        return False
    _end(s, playback, TurnState.SUNG)
    return True


def _start(s: Session, playback: Playback, turn: Turn) -> Playback:
    song = library.get(s, turn.song_id)
    track = library.main_track(s, turn.song_id)
    job = jobs.of_tracks(s, [track.id]).get(track.id)
    if not readiness(track, job, jobs.speed(s, track.engine or "htdemucs")).can_start:
        raise NotReady(what=f"“{song.title}”")
    if s.exec(select(Stage).where(Stage.leads, Stage.connected, Stage.armed)).first() is None:
        raise NotReady("no armed stage", what="The stage")
    turn.state = TurnState.ON_STAGE
    s.add(turn)
    s.add(
        Performance(
            turn_id=turn.id,
            night_id=turn.night_id,
            singer_id=turn.singer_id,
            song_id=turn.song_id,
            started_at=time.time(),
        )
    )
    playback.turn_id, playback.track_id = turn.id, track.id
    playback.key, playback.tempo, playback.rescue = turn.key, turn.tempo, False
    _cue(s, playback, PlayState.STARTING, 0.0)
    night.changed(s, night.current(s))
    return playback


def _end(s: Session, playback: Playback, state: TurnState) -> Playback:
    turn = s.get_one(Turn, playback.turn_id)
    turn.state = state
    s.add(turn)
    performance = s.exec(select(Performance).where(Performance.turn_id == turn.id)).one()
    performance.ended_at = time.time()
    performance.seconds = round(clock.position(playback, time.time()), 1)
    performance.finished = state == TurnState.SUNG
    performance.key, performance.tempo = playback.key, playback.tempo
    s.add(performance)
    playback.turn_id = playback.track_id = None
    playback.key, playback.tempo, playback.rescue = 0, 1.0, False
    _cue(s, playback, PlayState.IDLE, 0.0)
    night.changed(s, night.current(s))
    return playback


def _something_plays(s: Session) -> Playback:
    playback = night.playback(s)
    if playback.state == PlayState.IDLE:
        raise NotFound(what="song")
    return playback


def _cue(s: Session, playback: Playback, state: PlayState, position: float) -> Playback:
    playback.state, playback.position, playback.at = state, position, time.time()
    playback.cue += 1
    return changed(s, playback)
