"""The server's own eye on the clock: what is over by itself is moved on, whether or not a stage is there to say so."""

from sqlmodel import Session

from karaoke_ui.show import clock, director, messages, night, scenes
from karaoke_ui.show.scenes import PATIENCE_SECONDS, counts_to
from karaoke_ui.show.tables import PlayState, Scene, TurnState
from karaoke_ui.show.views import ShowView, TurnView
from pipeline.tables import Track

# How long after its last second a song is ended by the server when the stage does not say so.
END_GRACE_SECONDS = 3.0


def is_due(show: ShowView, now: float) -> bool:
    """Whether it is worth a look into the database. Cheap: it is asked several times a second."""
    scene, song = show.scene, show.now
    if show.message_until is not None and now >= show.message_until:
        return True
    if scene.until is not None and now >= scene.until:
        return True
    if song is not None and song.state == PlayState.PLAYING:
        counting = scene.name == Scene.COUNTDOWN
        return (
            song.second(now) >= counts_to(song.first_word, song.sounds_from)
            if counting
            else song.is_over(now, END_GRACE_SECONDS)
        )
    match scene.name:
        case Scene.CALLED if now >= scene.at + PATIENCE_SECONDS:
            return True
        case Scene.CALLED | Scene.WAITING:
            called = scene.called.turn_id if scene.called else ""
            return called not in {turn.id for turn in show.queue}
        case Scene.IDLE:
            startable = any(_can_be_called(turn, now) for turn in show.queue)
            return show.rules.run == "itself" and startable and show.stage is not None
    return False


def _can_be_called(turn: TurnView, now: float) -> bool:
    waits = turn.paused or turn.asks or turn.too_late
    return turn.readiness.can_start and not waits and (turn.not_before or 0.0) <= now


def look(s: Session, now: float) -> None:
    """Move on what is due."""
    messages.fade(s, now)
    playback = night.playback(s)
    if playback.track_id is not None and playback.state == PlayState.PLAYING:
        seconds = s.get_one(Track, playback.track_id).seconds
        if clock.is_over(playback, seconds, now, END_GRACE_SECONDS):
            director.move(s, scenes.End(TurnState.SUNG))
            return
    director.move(s, scenes.Tick())
