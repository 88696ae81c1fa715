"""Reads how the show stands, lets `scenes.py` move it, and writes what follows: the playback row, and what becomes of
the turns.
"""

import time

from sqlmodel import Session, col, func, select

from karaoke_ui.show import along, clock, cues, night, rules, scenes
from karaoke_ui.show.desk import changed
from karaoke_ui.show.readiness import readiness
from karaoke_ui.show.scenes import Event, Facts, Show, Step
from karaoke_ui.show.tables import Performance, Playback, Scene, Stage, Turn, TurnState
from karaoke_ui.text import quoted
from pipeline import jobs, library
from pipeline.audio import stems
from pipeline.errors import NotReady
from pipeline.tables import Track

# Who stopped within this time began by mistake: it does not use up their turn.
FALSE_START_SECONDS = 30.0
CREDITS_LEAST, CREDITS_PER_NAME, CREDITS_MOST = 20.0, 1.5, 180.0


def move(s: Session, event: Event) -> Playback:
    """Something happened: move the show, and all that hangs on it."""
    playback, now = night.playback(s), clock.now()
    before = stands(s, playback)
    step = scenes.move(before, event, now, facts(s, playback, now))
    if step.show == before and not step.missed and not step.cue:
        return playback
    return _write(s, playback, before, step, now)


def stands(s: Session, playback: Playback) -> Show:
    turn = s.get(Turn, playback.turn_id) if playback.turn_id else None
    return Show(
        scene=playback.scene,
        at=playback.scene_at,
        until=playback.scene_until,
        called=playback.called_id,
        turn=playback.turn_id,
        closing=turn is not None and turn.closing,
        sound=playback.state,
        position=playback.position,
        sounds_from=playback.sounds_from,
    )


def facts(s: Session, playback: Playback, now: float) -> Facts:
    tonight = night.current(s)
    called = s.get(Turn, playback.called_id) if playback.called_id else None
    words = cues.of(s, playback.track_id) if playback.track_id else cues.Cues()
    second = clock.position(playback, now)
    singers = select(func.count(col(Performance.singer_id).distinct()))
    names = (
        s.exec(singers.where(Performance.night_id == tonight.id)).one()
        if playback.scene in (Scene.CLOSING, Scene.CREDITS) or playback.turn_id is None
        else 0
    )
    return Facts(
        run_itself=rules.of(tonight).run == rules.Run.ITSELF,
        armed=is_armed(s),
        following=following(s, but=playback.called_id) if playback.turn_id is None else None,
        called_waits=called is not None
        and (called.state, called.night_id) == (TurnState.WAITING, tonight.id),
        second=second,
        first_word=words.first,
        tempo=playback.tempo,
        line=words.line_at(second),
        credits_seconds=min(CREDITS_MOST, CREDITS_LEAST + CREDITS_PER_NAME * names),
    )


def following(s: Session, but: str | None = None, *, early: bool = False) -> str | None:
    """The next turn that can be called; `but` was called and did not come. `early`: even one that was told a later time."""
    turn = night.next_turn(s, but=but, early=early)
    return turn.id if turn else None


def can_start(s: Session, track: Track) -> bool:
    job = jobs.of_tracks(s, [track.id]).get(track.id)
    return readiness(track, job, jobs.speed(s, track.engine or "htdemucs")).can_start


def resume(s: Session) -> Playback:
    """Go on after a stop; a song only where it is heard."""
    if night.playback(s).turn_id is not None and not is_armed(s):
        raise NotReady(what="stage")
    return move(s, scenes.Resume())


def check_can_start(s: Session, song_id: str) -> Track:
    """The track that would play: its sound is here, and so is a stage that would be heard."""
    track = library.main_track(s, song_id)
    if not can_start(s, track):
        raise NotReady(what=quoted(library.get(s, song_id).title))
    if not is_armed(s):
        raise NotReady(what="stage")
    return track


def is_armed(s: Session) -> bool:
    """A stage is there that would be heard."""
    return s.exec(select(Stage).where(Stage.leads, Stage.connected, Stage.armed)).first() is not None


def start(s: Session, turn: Turn) -> Playback:
    """Put a turn on stage; nothing starts that could not be heard."""
    track = check_can_start(s, turn.song_id)
    return move(s, scenes.Start(turn.id, cues.of(s, track.id).first, turn.tempo, turn.closing))


def _write(s: Session, playback: Playback, before: Show, step: Step, now: float) -> Playback:
    show = step.show
    if before.turn and step.ended is not None:
        _end(s, playback, s.get_one(Turn, before.turn), step.ended)
    if before.called and (step.missed or show.called != before.called):
        _lock(s, before.called, None, missed=step.missed)
    if show.called and (step.missed or show.called != before.called):
        _lock(s, show.called, now)
    if show.turn and show.turn != before.turn:
        _begin(s, playback, s.get_one(Turn, show.turn))
    playback.scene, playback.scene_at, playback.scene_until = show.scene, show.at, show.until
    playback.called_id = show.called
    if step.cue:
        playback.state, playback.position, playback.at = show.sound, show.position, now
        playback.sounds_from = show.sounds_from
        playback.cue += 1
    changed(s, playback)
    if (before.called, before.turn) != (show.called, show.turn) or step.missed:
        night.changed(s, night.current(s))
    return playback


def _lock(s: Session, turn_id: str, at: float | None, *, missed: bool = False) -> None:
    turn = s.get_one(Turn, turn_id)
    turn.called_at = at
    if missed:
        night.missed(s, turn)
    s.add(turn)


def _begin(s: Session, playback: Playback, turn: Turn) -> None:
    track = library.main_track(s, turn.song_id)
    night.takes_stage(s, turn)
    turn.state = TurnState.ON_STAGE
    s.add(turn)
    s.add(
        Performance(
            turn_id=turn.id,
            night_id=turn.night_id,
            singer_id=turn.singer_id,
            song_id=turn.song_id,
            started_at=time.time(),
            counted=not turn.closing,
            partners=list(along.yes(turn.partners)),
        )
    )
    playback.turn_id, playback.track_id = turn.id, track.id
    stems.hold(s, track.id)
    playback.key, playback.tempo, playback.rescue, playback.trouble = turn.key, turn.tempo, False, ""


def _end(s: Session, playback: Playback, turn: Turn, state: TurnState) -> None:
    performance = s.exec(select(Performance).where(Performance.turn_id == turn.id)).one()
    if state == TurnState.WAITING:
        night.comes_back(s, turn)
        s.delete(performance)
    else:
        turn.state = state
        s.add(turn)
        performance.ended_at = time.time()
        performance.seconds = round(max(0.0, clock.position(playback, clock.now())), 1)
        performance.finished = state == TurnState.SUNG
        if not performance.finished and performance.seconds < FALSE_START_SECONDS:
            performance.counted = False
        performance.key, performance.tempo = playback.key, playback.tempo
        s.add(performance)
    playback.turn_id = playback.track_id = None
    stems.hold(s, "")
    playback.key, playback.tempo, playback.rescue = 0, 1.0, False
