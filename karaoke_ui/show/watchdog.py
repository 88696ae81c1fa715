"""It never dies: looks at what the leading stage says of itself once a second, and acts when something is wrong.

    symptom   the leading stage                          what is done, in this order
    silent    says nothing any more                      a spare takes over; else the song waits, and goes on by itself
    left      was closed, or came back without sound     the same, soon: surely nobody hears the song
    deaf      has lost its sound, and wants a tap        a spare takes over; else the same
    stuck     plays, but not where the song should be    begin anew here; a spare, or load the page anew; skip the song
    broken    cannot decode what it is given             jump over it; a spare; skip the song

The host reads each of them in plain words. A song that was skipped is not counted as sung.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlmodel import Session, select

from karaoke_ui.show import clock, director, night, scenes, stages
from karaoke_ui.show.desk import changed
from karaoke_ui.show.tables import Performance, PlayState, Scene, Singer, Turn, TurnState
from karaoke_ui.show.views import NowView, ShowView, StageView
from pipeline.db import announce
from pipeline.tables import Song, Track

# A stage speaks once a second.
SILENT_SECONDS = 3.5
# A stage alone has the next half minute of the song: a cable may be out so long, and nobody hears it.
ALONE_SECONDS = 40.0
DEAF_SECONDS = 10.0
STUCK_SECONDS = 5.0
# A page that was closed may only be loading anew, with its sound on.
LEFT_SECONDS = 3.0
# To load the first seconds, where nothing speaks against it.
LOADING_SECONDS = 20.0
# What was done has this long to help.
REST_SECONDS = 6.0
OFF_SECONDS = 2.0
JUMP_SECONDS = 8.0
# After the last word the song is over once nothing has been heard for so long.
QUIET_SECONDS = 2.0
# What a stage says when the chunk of this moment never came.
NOTHING_LOADED = "no sound is loaded"


class Symptom(StrEnum):
    SILENT = "silent"
    DEAF = "deaf"
    STUCK = "stuck"
    BROKEN = "broken"


class Remedy(StrEnum):
    """What is done. Its value is what the host reads of it."""

    TELL = "silent"
    LEFT = "left"
    HAND_OVER = "handed_over"
    RECUE = "recued"
    JUMP = "jumped"
    RELOAD = "reloaded"
    WAIT = "waits"
    SKIP = "skipped"
    GO_ON = "goes_on"
    CLEAR = ""
    # Nothing is wrong: the last word is sung, and the sound has died away.
    FINISH = "finished"


# Over when the stage plays again as it should; the others stay until the next song.
PASSING = {Remedy.TELL, Remedy.RECUE, Remedy.JUMP, Remedy.RELOAD}
# The song waits for its stage, and goes on when that plays again.
WAITING = {Remedy.WAIT, Remedy.LEFT}
# They move the song from where the stage was heard: of no use once somebody else has moved it.
MOVING = {Remedy.RECUE, Remedy.JUMP, Remedy.WAIT, Remedy.LEFT, Remedy.SKIP, Remedy.FINISH}


@dataclass(frozen=True)
class Beat:
    """What a stage said of itself, and when (by the steady clock)."""

    at: float
    armed: bool = True
    cue: int | None = None
    position: float | None = None
    quiet: float = 0.0
    trouble: str = ""


@dataclass(frozen=True)
class Order:
    remedy: Remedy
    stage_id: str = ""
    second: float = 0.0
    # The turn that it is about: if another one is on stage by now, it is of no use. And the cue that was looked at.
    turn: str | None = None
    cue: int = 0


class Watchdog:
    """Remembers what the stages said, and what was tried already for the song that plays."""

    def __init__(self) -> None:
        self._beats: dict[str, Beat] = {}
        self._wrong: Symptom | None = None
        self._since = 0.0
        self._turn = ""
        self._cue: int | None = None
        self._leader = ""
        self._tried: list[Remedy] = []
        self._rests_until = 0.0
        # Since when, and since which second of the song, nobody plays it.
        self._nobody_since: tuple[float, float] | None = None
        # Since when a stage is known to be gone; and when a song was last heard from any of them.
        self._left: dict[str, float] = {}
        self._sounded: float | None = None

    def heard(self, stage_id: str, beat: Beat) -> None:
        self._beats[stage_id] = beat
        if beat.armed:
            self._left.pop(stage_id, None)
            self._sounded = beat.at if beat.cue is not None else self._sounded

    def left(self, stage_id: str, now: float, *, closed: bool) -> None:
        """Its page was closed, or has come back without sound. One whose cable is out says no such thing: it plays."""
        if stage_id not in self._left:
            self._left[stage_id] = now
            # It was heard until it was closed; what comes back may have been away for long.
            self._sounded = now if closed else self._sounded

    def back(self, stage_id: str, now: float) -> None:
        """Its page says that it is there, with its sound on: what it plays it tells with its next word."""
        self._left.pop(stage_id, None)
        if stage_id in self._beats:
            self._beats[stage_id] = Beat(now)

    def look(self, show: ShowView, now: float) -> Order | None:
        """What has to be done at this moment, if anything."""
        order = self._order(show, now)
        return order and replace(order, turn=show.now.turn_id if show.now else None, cue=show.cue)

    def _order(self, show: ShowView, now: float) -> Order | None:
        leader = next((stage for stage in show.stages if stage.leads), None)
        self._meet(show, leader, now)
        beat = self._beats.get(leader.id) if leader else None
        if leader is None or beat is None:
            return self._nobody(show, leader, now)
        beat = of_cue(beat, show.cue)
        self._nobody_since = None
        song = show.now
        if song is not None and song.turn_id != self._turn:
            self._turn, self._tried = song.turn_id, []
        left = self._left.get(leader.id)
        if left is not None:
            return self._gone(show, leader, left, now)
        found = symptom(show, beat, now)
        if found != self._wrong:
            self._wrong, worse = found, {found, self._wrong} == {Symptom.STUCK, Symptom.BROKEN}
            self._since = self._since if worse else now
        if found is None:
            return self._well(show, song, beat, now)
        if now < self._rests_until:
            return None
        second = beat.position if beat.position is not None else song.position if song else 0.0
        remedy = self._remedy(show, found, leader, beat, now)
        if remedy is None:
            return None
        if remedy != Remedy.TELL:
            self._tried.append(remedy)
            self._rests_until = now + REST_SECONDS
        return Order(remedy, leader.id, second)

    def _meet(self, show: ShowView, leader: StageView | None, now: float) -> None:
        """Nothing was wrong yet with a new cue; nor is it a new leader's fault what was wrong with the one before it."""
        if show.cue != self._cue:
            self._cue, self._wrong, self._since, self._nobody_since = show.cue, None, now, None
        if leader is not None and leader.id != self._leader:
            self._leader, self._wrong, self._since = leader.id, None, now

    def _gone(self, show: ShowView, leader: StageView, left: float, now: float) -> Order | None:
        """Nothing of the song is lost: it waits at the second that was heard last."""
        song = show.now
        sounds = song is not None and song.state in (PlayState.PLAYING, PlayState.STARTING)
        if now < max(left + LEFT_SECONDS, self._rests_until):
            return None
        remedy = Remedy.HAND_OVER if self._spare(show, leader, now) else Remedy.LEFT if sounds else None
        if remedy is None:
            return None
        self._tried.append(remedy)
        self._rests_until = now + REST_SECONDS
        last = left if self._sounded is None else self._sounded
        return Order(remedy, leader.id, song.second(clock.at(last)) if song else 0.0)

    def _nobody(self, show: ShowView, leader: StageView | None, now: float) -> Order | None:
        """No stage has spoken since the box was started, or the last one was sent away."""
        song = show.now
        there = leader is not None and leader.connected and leader.armed
        if there or song is None or song.state not in (PlayState.PLAYING, PlayState.STARTING):
            self._nobody_since = None
            return None
        if self._nobody_since is None:
            self._nobody_since = (now, song.second(clock.at(now)))
        since, second = self._nobody_since
        return Order(Remedy.WAIT, second=second) if now >= since + ALONE_SECONDS else None

    def _well(self, show: ShowView, song: NowView | None, beat: Beat, now: float) -> Order | None:
        said = told(show)
        if said in WAITING and beat.armed and song is not None and song.state == PlayState.PAUSED:
            return Order(Remedy.GO_ON)
        if said in PASSING and now >= self._since + REST_SECONDS:
            return Order(Remedy.CLEAR)
        return Order(Remedy.FINISH) if song is not None and is_over(show, song, beat) else None

    def _remedy(
        self, show: ShowView, found: Symptom, leader: StageView, beat: Beat, now: float
    ) -> Remedy | None:
        spare = self._spare(show, leader, now)
        sounds = show.now is not None and show.now.state in (PlayState.PLAYING, PlayState.STARTING)
        if found in (Symptom.SILENT, Symptom.DEAF):
            alone = found == Symptom.SILENT
            over = now >= (beat.at + ALONE_SECONDS if alone else self._since + DEAF_SECONDS)
            if spare:
                return Remedy.HAND_OVER
            if sounds and over:
                return Remedy.WAIT
            return Remedy.TELL if alone and not show.trouble else None
        patience = STUCK_SECONDS if beat.trouble or _is_playing(show) else LOADING_SECONDS
        if now < self._since + patience:
            return None
        first = Remedy.JUMP if found == Symptom.BROKEN else Remedy.RECUE
        for remedy in (first, Remedy.HAND_OVER if spare else Remedy.RELOAD):
            if remedy not in self._tried:
                return remedy
        return Remedy.SKIP

    def _spare(self, show: ShowView, leader: StageView, now: float) -> bool:
        """Another stage that is armed, and speaks."""
        others = [stage for stage in show.stages if stage.id != leader.id and stage.connected and stage.armed]
        return any(
            each.id in self._beats and now - self._beats[each.id].at < SILENT_SECONDS for each in others
        )


def of_cue(beat: Beat, cue: int) -> Beat:
    """What a stage says of a cue that is over tells nothing of the one that is wanted."""
    if beat.cue in (None, cue):
        return beat
    return replace(beat, cue=None, position=None, quiet=0.0, trouble="")


def symptom(show: ShowView, beat: Beat, now: float) -> Symptom | None:
    """What is wrong with the leading stage, by its last word."""
    song = show.now
    if now - beat.at > SILENT_SECONDS:
        return Symptom.SILENT
    if not beat.armed:
        return Symptom.DEAF
    if song is None or song.state not in (PlayState.PLAYING, PlayState.STARTING):
        return None
    # Measured at the moment when the stage spoke.
    due = song.position + max(0.0, clock.at(beat.at) - song.at) * song.tempo
    there = (
        beat.cue == show.cue
        and beat.position is not None
        and (song.state == PlayState.STARTING or abs(beat.position - due) < OFF_SECONDS)
    )
    if there and song.state == PlayState.PLAYING and beat.trouble != NOTHING_LOADED:
        return None
    return Symptom.BROKEN if beat.trouble else Symptom.STUCK


def _is_playing(show: ShowView) -> bool:
    return show.now is not None and show.now.state == PlayState.PLAYING


def is_over(show: ShowView, song: NowView, beat: Beat) -> bool:
    """The last word is sung, and what was left of the sound has died away."""
    on = show.scene.name in (Scene.PLAYING, Scene.CLOSING) and song.state == PlayState.PLAYING
    sung = song.last_word is not None and beat.position is not None and beat.position > song.last_word
    return on and sung and beat.cue == show.cue and beat.quiet >= QUIET_SECONDS


def told(show: ShowView) -> Remedy | None:
    """What the host reads now."""
    return Remedy(json.loads(show.trouble)["key"]) if show.trouble else None


def carry_out(s: Session, order: Order) -> None:
    """Do it, and tell the host."""
    playback = night.playback(s)
    if playback.turn_id != order.turn or (order.remedy in MOVING and playback.cue != order.cue):
        return
    tells: Mapping[str, str] = {}
    match order.remedy:
        case Remedy.FINISH:
            director.move(s, scenes.End(TurnState.SUNG))
            return
        case Remedy.HAND_OVER:
            stages.saw(s, order.stage_id, connected=False, armed=False)
        case Remedy.RECUE:
            director.move(s, scenes.Seek(max(order.second, playback.position)))
        case Remedy.JUMP:
            _jump(s, order.second)
        case Remedy.RELOAD:
            announce(s, "reload", order.stage_id)
        case Remedy.WAIT | Remedy.LEFT:
            director.move(s, scenes.Pause())
            playback.position = order.second
        case Remedy.GO_ON:
            director.move(s, scenes.Resume())
        case Remedy.SKIP:
            tells = _skip(s)
    passing = order.remedy in (Remedy.GO_ON, Remedy.CLEAR)
    playback.trouble = "" if passing else json.dumps({"key": order.remedy.value} | dict(tells))
    changed(s, playback)


def _jump(s: Session, second: float) -> None:
    playback = night.playback(s)
    to = max(second, playback.position, 0.0) + JUMP_SECONDS
    over = playback.track_id is None or to >= s.get_one(Track, playback.track_id).seconds
    director.move(s, scenes.End(TurnState.SUNG) if over else scenes.Seek(to))


def _skip(s: Session) -> Mapping[str, str]:
    """The box could not play it: that is nobody's turn used up."""
    playback = night.playback(s)
    if playback.turn_id is None:
        return {}
    turn = s.get_one(Turn, playback.turn_id)
    director.move(s, scenes.End(TurnState.SKIPPED))
    performance = s.exec(select(Performance).where(Performance.turn_id == turn.id)).one()
    performance.counted = False
    s.add(performance)
    return {"singer": s.get_one(Singer, turn.singer_id).name, "title": s.get_one(Song, turn.song_id).title}
