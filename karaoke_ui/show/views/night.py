"""The night as the screens show it: who sings, who comes next, who is here, and which TVs there are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sqlmodel import Session, col, select

from karaoke_ui.show import along, asking, backdrops, cues, messages, names, night, rules, stages, wifi
from karaoke_ui.show.backdrops import SCENE, Backdrop
from karaoke_ui.show.forecast import CHANGEOVER_SECONDS, LastCall
from karaoke_ui.show.lineup import Kept
from karaoke_ui.show.rules import Rules
from karaoke_ui.show.scenes import STOPPED
from karaoke_ui.show.tables import Performance, PlayState, Scene, Singer, Turn
from karaoke_ui.show.views.library import cover
from karaoke_ui.show.views.queue import TurnView, queue
from karaoke_ui.show.views.rows import by_id
from karaoke_ui.show.views.scene import CreditsView, SceneView, credits_of, scene
from karaoke_ui.show.views.voices import Voices, partners
from karaoke_ui.show.wifi import Wifi
from pipeline import lyrics, model
from pipeline.audio.sound import gain
from pipeline.db import newest_change
from pipeline.model import ModelState
from pipeline.sources import breaker
from pipeline.tables import Lane, Song, Track


@dataclass(frozen=True)
class NowView(Voices):
    """The turn on stage and where its song stands."""

    turn_id: str
    song_id: str
    track_id: str
    title: str
    artist: str
    cover: str
    seconds: float
    chunks: int
    separated: int
    engine: str
    # The factor that brings it to the loudness of the other songs.
    gain: float
    lyrics_id: str
    state: PlayState
    # The song's second at the moment `at`: below zero while it is counted in.
    position: float
    at: float
    # Nothing sounds before this second.
    sounds_from: float = 0.0
    tempo: float = 1.0
    # Where the words begin and end, where that is known.
    first_word: float | None = None
    last_word: float | None = None
    # The singer wished this for the room to read.
    message: str = ""
    wish: str = ""
    backdrop: Backdrop = SCENE
    closing: bool = False
    # Beats a minute at the song's own tempo, where they are known.
    bpm: float | None = None

    def second(self, now: float) -> float:
        """The second of the song that is heard at the moment `now`."""
        gone = max(0.0, now - self.at) * self.tempo if self.state == PlayState.PLAYING else 0.0
        return min(self.seconds, self.position + gone)

    def is_over(self, now: float, grace: float) -> bool:
        """It should have ended so long ago, however silent the stage is."""
        gone = (now - self.at - grace) * self.tempo
        return self.state == PlayState.PLAYING and self.position + gone > self.seconds


@dataclass(frozen=True)
class SungView:
    names: tuple[str, ...]
    title: str


@dataclass(frozen=True)
class StageView:
    id: str
    leads: bool
    connected: bool
    armed: bool


@dataclass(frozen=True)
class ShowView:
    """The night as it stands."""

    night_id: str = ""
    night: str = ""
    # The version of the queue, to be handed back with every press that moves it.
    version: int = 0
    now: NowView | None = None
    queue: tuple[TurnView, ...] = ()
    # What waits for the host's yes, and what can still be sung where the night has an end.
    requests: tuple[TurnView, ...] = ()
    last_call: LastCall | None = None
    # When a song would come that is asked for now.
    free_at: float = 0.0
    changeover: float = CHANGEOVER_SECONDS
    last: SungView | None = None
    # Counters of the playback row, and its two gains.
    playback: int = 0
    cue: int = 0
    guide: float = 0.0
    volume: float = 0.8
    muted: bool = False
    rescue: bool = False
    key: int = 0
    tempo: float = 1.0
    scene: SceneView = field(default_factory=SceneView)
    rules: Rules = field(default_factory=Rules)
    # The host's line for the room.
    message: str = ""
    # When it goes by itself; None: it is kept.
    message_until: float | None = None
    # What the watchdog last saw or did, as JSON.
    trouble: str = ""
    # While the night comes to its end.
    credits: CreditsView | None = None
    stages: tuple[StageView, ...] = ()
    model: ModelState = field(default_factory=ModelState)
    # The guests' Wi-Fi, where the host wrote it down.
    wifi: Wifi | None = None
    # Services outside that give no answer.
    down: tuple[breaker.State, ...] = ()
    # Lanes in which nobody works on songs.
    missing: frozenset[Lane] = frozenset()
    # Singer → what the screens call them tonight.
    names: Mapping[str, str] = field(default_factory=dict)

    # Looked up once for all the phones that are told of it.

    @cached_property
    def waiting(self) -> Mapping[str, TurnView]:
        """All turns that wait, in the queue or for the host, by their ids."""
        return {turn.id: turn for turn in (*self.queue, *self.requests)}

    @cached_property
    def of_singer(self) -> Mapping[str, list[TurnView]]:
        found: dict[str, list[TurnView]] = {}
        for turn in self.waiting.values():
            found.setdefault(turn.singer_id, []).append(turn)
        return found

    @cached_property
    def of_partner(self) -> Mapping[str, list[TurnView]]:
        """Those in which somebody is asked to sing along, or does."""
        found: dict[str, list[TurnView]] = {}
        for turn in self.waiting.values():
            for partner in turn.partners:
                found.setdefault(partner.id, []).append(turn)
        return found

    @cached_property
    def concerned(self) -> set[str]:
        """Who sings, waits, or is asked to sing along: all others only look on."""
        on_stage = [each for each in (self.now, self.scene.called) if each is not None]
        named = (voices.singer_id for voices in on_stage)
        along = (partner.id for voices in on_stage for partner in voices.partners)
        return {*self.of_singer, *self.of_partner, *named, *along}

    @property
    def stopped(self) -> bool:
        """The host holds the show, or it has a break."""
        return self.scene.name in STOPPED

    @property
    def is_held(self) -> bool:
        """Nobody knows when it goes on: no moment can be told."""
        return self.stopped and self.scene.until is None

    @property
    def takes_songs(self) -> bool:
        """Guests may ask, and what they ask for would be sung before the night ends."""
        ends_at = self.rules.ends_at
        return self.rules.requests_open and (ends_at is None or self.free_at < ends_at)

    @property
    def is_over(self) -> bool:
        """The night was closed, and no other has begun."""
        return self.rules.over and self.now is None and not self.waiting

    @property
    def stage(self) -> StageView | None:
        return next((stage for stage in self.stages if stage.leads and stage.connected), None)


def show(s: Session, kept: Kept | None = None) -> ShowView:
    """Everything about the night that screens show at all times. `kept`: the order that the last change ended with."""
    line = kept.line if kept is not None and kept.change == newest_change(s) else None
    open_night = night.current(s)
    playback = night.playback(s)
    called = names.tonight(s, open_night.id)
    waiting = queue(s, open_night, called, line)
    return ShowView(
        night_id=open_night.id,
        night=open_night.name,
        version=open_night.version,
        now=_now(s, called),
        queue=waiting.turns,
        requests=waiting.requests,
        last_call=waiting.last_call,
        free_at=waiting.free_at,
        changeover=waiting.changeover,
        last=_last(s, open_night.id, called),
        playback=playback.version,
        cue=playback.cue,
        guide=playback.guide,
        volume=playback.volume,
        muted=playback.muted,
        rescue=playback.rescue,
        key=playback.key,
        tempo=playback.tempo,
        scene=scene(s, playback, called),
        rules=rules.of(open_night),
        message=playback.message,
        message_until=messages.shown_until(s) if playback.message else None,
        trouble=playback.trouble,
        credits=credits_of(s, open_night.id, called)
        if playback.scene in (Scene.CLOSING, Scene.CREDITS)
        else None,
        stages=tuple(StageView(x.id, x.leads, x.connected, x.armed) for x in stages.paired(s)),
        model=model.state(s),
        wifi=wifi.of(s),
        down=tuple(state for state in breaker.states(s).values() if state.down),
        names=called,
    )


def _now(s: Session, called: Mapping[str, str]) -> NowView | None:
    playback = night.playback(s)
    if playback.turn_id is None or playback.track_id is None:
        return None
    turn = s.get_one(Turn, playback.turn_id)
    singer = s.get_one(Singer, turn.singer_id)
    of = s.get_one(Song, turn.song_id)
    track = s.get_one(Track, playback.track_id)
    words = lyrics.of_track(s, track.id)
    known = cues.of(s, track.id)
    return NowView(
        turn_id=turn.id,
        singer_id=singer.id,
        singer=called.get(singer.id, singer.name),
        face=singer.face,
        song_id=of.id,
        track_id=track.id,
        title=of.title,
        artist=of.artist,
        cover=cover(of, 600),
        seconds=track.seconds,
        chunks=track.chunks,
        separated=track.separated,
        engine=track.engine,
        gain=gain(track.loudness, track.peak),
        lyrics_id=words.id if words else "",
        state=playback.state,
        position=playback.position,
        at=playback.at,
        sounds_from=playback.sounds_from,
        tempo=playback.tempo,
        first_word=known.first,
        last_word=known.last,
        partners=partners(turn, by_id(s, Singer, {*along.yes(turn.partners)}), called),
        message=asking.for_the_room(turn),
        wish=turn.wish,
        backdrop=backdrops.of(of, track, rules.of(night.current(s))),
        closing=turn.closing,
        bpm=track.bpm,
    )


def _last(s: Session, night_id: str, called: Mapping[str, str]) -> SungView | None:
    sung = select(Performance, Singer, Song).join(Singer, col(Singer.id) == Performance.singer_id).join(Song)
    sung = sung.where(Performance.night_id == night_id, col(Performance.finished))
    row = s.exec(sung.order_by(col(Performance.ended_at).desc()).limit(1)).first()
    if row is None:
        return None
    performance, singer, song = row
    strangers = by_id(s, Singer, {*performance.partners} - called.keys())
    names = {each.id: each.name for each in (singer, *strangers.values())} | dict(called)
    voices = (singer.id, *performance.partners)
    return SungView(tuple(names[each] for each in voices if each in names), song.title)
