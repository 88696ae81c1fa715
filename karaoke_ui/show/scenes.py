"""From one singer to the next: one stored state, and the one function that moves it.

    scene      the room sees                   and hears          until
    idle       the night and its QR code       filler             a turn is called or started
    applause   who just sang                   filler fades in    a few seconds passed
    called     the next name and song          filler             they start; after a while it asks for them
    waiting    “where is …?”                   filler             they start, or (run itself) their minute is over
    countdown  the first two lines, a number   the intro          the first word
    playing    the words                       the song           the last word and silence, the file's end, the host
    hold       “Back in a moment”              nothing            the host goes on
    break      when singing goes on            filler             that moment, or the host goes on
    closing    the words and everyone's name   the song           as playing
    credits    songs and singers of the night  filler             all names have passed

Pure: what happened, when, and what the night looks like go in; the new state and what becomes of the turns come out.
`player.py` reads and writes it.
"""

from dataclasses import dataclass, replace

from karaoke_ui.show.tables import PlayState, Scene, TurnState

APPLAUSE_SECONDS = 4.0
# A called singer is asked for after this, and, where the night runs itself, missed after this.
PATIENCE_SECONDS = 20.0
ANSWER_SECONDS = 60.0
# The first word never comes sooner than this after the start.
COUNTDOWN_SECONDS = 5.0
# In silence, before the line where a stopped song goes on.
COUNT_IN_SECONDS = 3.0

ON_STAGE = (Scene.COUNTDOWN, Scene.PLAYING, Scene.CLOSING)
STOPPED = (Scene.HOLD, Scene.BREAK)


@dataclass(frozen=True)
class Show:
    """How the show stands: the stored part of the playback row."""

    scene: Scene = Scene.IDLE
    at: float = 0.0
    until: float | None = None
    # The turn whose name is up, and the one on stage.
    called: str | None = None
    turn: str | None = None
    closing: bool = False
    sound: PlayState = PlayState.IDLE
    position: float = 0.0
    sounds_from: float = 0.0


@dataclass(frozen=True)
class Facts:
    """What the night looks like at this moment."""

    run_itself: bool = False
    # A stage could play.
    armed: bool = True
    # The next turn whose song can start, the called one left out.
    following: str | None = None
    # The called turn still waits in the queue.
    called_waits: bool = True
    # The second of the song that is heard now.
    second: float = 0.0
    first_word: float | None = None
    # Seconds of the song in a second of the room.
    tempo: float = 1.0
    # The start of the line that is sung at this second.
    line: float | None = None
    credits_seconds: float = 20.0


@dataclass(frozen=True)
class Start:
    """A turn goes on stage. Its first word and tempo are told, since the facts are those of the song before."""

    turn: str
    first_word: float | None = None
    tempo: float = 1.0
    closing: bool = False


@dataclass(frozen=True)
class Call:
    turn: str


@dataclass(frozen=True)
class Miss:
    """The called singer is not here."""


@dataclass(frozen=True)
class End:
    """The turn on stage is over: it was sung, or it was skipped, or it goes back to wait."""

    state: TurnState = TurnState.SUNG


@dataclass(frozen=True)
class Pause:
    pass


@dataclass(frozen=True)
class Resume:
    """Go on after a pause, a hold or a break."""


@dataclass(frozen=True)
class Seek:
    second: float


@dataclass(frozen=True)
class Restart:
    pass


@dataclass(frozen=True)
class Stop:
    """Hold the show; with `until` it is a break that everybody sees the end of."""

    until: float | None = None


@dataclass(frozen=True)
class Roll:
    """The night's credits."""


@dataclass(frozen=True)
class Clear:
    """Take down whatever name is up."""


@dataclass(frozen=True)
class Tick:
    """Time passed."""


Event = Start | Call | Miss | End | Pause | Resume | Seek | Restart | Stop | Roll | Clear | Tick


@dataclass(frozen=True)
class Step:
    """Where the show stands now, and what becomes of the turns."""

    show: Show
    # How the turn that was on stage ended.
    ended: TurnState | None = None
    # The turn that was called did not come: one place later.
    missed: bool = False
    # The sound has to be scheduled anew.
    cue: bool = False


def move(show: Show, event: Event, now: float, facts: Facts) -> Step:
    """The one transition function. What makes no sense in a scene changes nothing."""
    match event:
        case Tick():
            return _tick(show, now, facts)
        case Stop() if show.scene not in STOPPED or show.until != event.until:
            return _stop(show, event, now, facts)
        case Resume() if show.sound == PlayState.PAUSED or show.scene in STOPPED:
            return _resume(show, now, facts)
        case End() if show.turn is not None:
            return _end(show, event.state, now, facts)
    return _between(show, event, now, facts) if show.turn is None else _sound(show, event, now, facts)


def _between(show: Show, event: Event, now: float, facts: Facts) -> Step:
    """What can happen while nobody is on stage."""
    match event:
        case Start():
            return Step(_begin(event, now), cue=True)
        case Call():
            return Step(_call(event.turn, now, facts))
        case Miss() if show.called is not None:
            return _missed(show, now, facts)
        case Roll():
            return Step(Show(Scene.CREDITS, now, now + facts.credits_seconds))
        case Clear():
            return Step(Show(at=now))
    return Step(show)


def counts_to(first_word: float | None, sounds_from: float) -> float:
    """The second of the song to which it is counted down."""
    return max(first_word or 0.0, sounds_from)


def _begin(start: Start, now: float) -> Show:
    return Show(
        Scene.CLOSING if start.closing else Scene.COUNTDOWN,
        now,
        turn=start.turn,
        closing=start.closing,
        sound=PlayState.STARTING,
        position=min(0.0, (start.first_word or 0.0) - COUNTDOWN_SECONDS * start.tempo),
    )


def _call(turn: str, now: float, facts: Facts) -> Show:
    return Show(Scene.CALLED, now, now + ANSWER_SECONDS if facts.run_itself else None, called=turn)


def _next(now: float, facts: Facts) -> Show:
    """The next name, where there is one whose song can start."""
    return _call(facts.following, now, facts) if facts.following else Show(at=now)


def _missed(show: Show, now: float, facts: Facts) -> Step:
    """Another one first; where nobody else can start, the same one is waited for."""
    if facts.following:
        return Step(_call(facts.following, now, facts), missed=True)
    until = now + ANSWER_SECONDS if facts.run_itself else None
    return Step(replace(show, scene=Scene.WAITING, at=now, until=until), missed=True)


def _end(show: Show, state: TurnState, now: float, facts: Facts) -> Step:
    if state == TurnState.WAITING and show.turn is not None:
        after = _call(show.turn, now, facts)
    elif show.closing:
        after = Show(Scene.CREDITS, now, now + facts.credits_seconds)
    elif state == TurnState.SUNG:
        after = Show(Scene.APPLAUSE, now, now + APPLAUSE_SECONDS)
    else:
        after = _next(now, facts)
    return Step(after, ended=state, cue=True)


def _stop(show: Show, stop: Stop, now: float, facts: Facts) -> Step:
    scene = Scene.HOLD if stop.until is None else Scene.BREAK
    halted = replace(show, scene=scene, at=now, until=stop.until)
    if show.sound not in (PlayState.STARTING, PlayState.PLAYING):
        return Step(halted)
    return Step(replace(halted, sound=PlayState.PAUSED, position=facts.second), cue=True)


def _resume(show: Show, now: float, facts: Facts) -> Step:
    if show.turn is None:
        called = show.called if facts.called_waits else None
        return Step(_call(called, now, facts) if called else _next(now, facts))
    if facts.line is not None:
        position, sounds_from = facts.line - COUNT_IN_SECONDS * facts.tempo, facts.line
    else:
        position, sounds_from = show.position, max(0.0, show.position)
    return Step(_from(show, position, sounds_from, now, facts), cue=True)


def _sound(show: Show, event: Event, now: float, facts: Facts) -> Step:
    """What moves the song on stage."""
    match event:
        case Pause() if show.sound in (PlayState.STARTING, PlayState.PLAYING):
            return Step(replace(show, sound=PlayState.PAUSED, position=facts.second), cue=True)
        case Restart():
            start = Start(show.turn or "", facts.first_word, facts.tempo, show.closing)
            return Step(_begin(start, now), cue=True)
        case Seek() if show.sound == PlayState.PAUSED:
            return Step(replace(show, position=event.second, sounds_from=max(0.0, event.second)), cue=True)
        case Seek():
            return Step(_from(show, event.second, max(0.0, event.second), now, facts), cue=True)
    return Step(show)


def _from(show: Show, position: float, sounds_from: float, now: float, facts: Facts) -> Show:
    """The song goes on from here, counted in where words are still to come."""
    waits = position < counts_to(facts.first_word, sounds_from)
    scene = Scene.CLOSING if show.closing else Scene.COUNTDOWN if waits else Scene.PLAYING
    return replace(
        show,
        scene=scene,
        at=now,
        until=None,
        sound=PlayState.STARTING,
        position=position,
        sounds_from=sounds_from,
    )


def _tick(show: Show, now: float, facts: Facts) -> Step:
    over = show.until is not None and now >= show.until
    match show.scene:
        case Scene.IDLE if facts.run_itself and facts.armed and facts.following:
            return Step(_call(facts.following, now, facts))
        case Scene.APPLAUSE if over:
            return Step(_next(now, facts))
        case Scene.CALLED | Scene.WAITING if not facts.called_waits:
            return Step(_next(now, facts))
        case Scene.CALLED | Scene.WAITING if over:
            return _missed(show, now, facts)
        case Scene.CALLED if now >= show.at + PATIENCE_SECONDS:
            return Step(replace(show, scene=Scene.WAITING))
        case Scene.COUNTDOWN if show.sound == PlayState.PLAYING:
            counted = facts.second >= counts_to(facts.first_word, show.sounds_from)
            return Step(replace(show, scene=Scene.PLAYING, at=now) if counted else show)
        case Scene.CREDITS if over:
            return Step(Show(at=now))
        case Scene.BREAK if over:
            # Somebody stands on the stage in the middle of a song: the host sees them, the clock does not.
            waits = show.turn is not None and not (facts.run_itself and facts.armed)
            return (
                Step(replace(show, scene=Scene.HOLD, at=now, until=None))
                if waits
                else _resume(show, now, facts)
            )
    return Step(show)
