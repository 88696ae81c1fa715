"""The sound desk: what the host changes while a song goes on. None of it touches the cue: the sound never starts anew."""

from sqlmodel import Session

from karaoke_ui.show import clock, night
from karaoke_ui.show.rights import Actor, Role, allow
from karaoke_ui.show.tables import Playback
from pipeline.audio.sound import KEYS, TEMPOS
from pipeline.db import announce
from pipeline.errors import BadValue


@allow(Role.HOST)
def set_guide(s: Session, actor: Actor, value: float) -> Playback:
    """How much of the singer's voice on the record is heard: 0 (none) to 1 (as on the record)."""
    playback = night.playback(s)
    playback.guide = _share(value)
    return changed(s, playback)


@allow(Role.HOST)
def set_volume(s: Session, actor: Actor, value: float) -> Playback:
    playback = night.playback(s)
    playback.volume = _share(value)
    return changed(s, playback)


@allow(Role.HOST)
def set_muted(s: Session, actor: Actor, muted: bool) -> Playback:
    """Silence that leaves the volume where it is."""
    playback = night.playback(s)
    playback.muted = muted
    return changed(s, playback)


@allow(Role.HOST)
def rescue(s: Session, actor: Actor, on: bool) -> Playback:
    """While it is held the voice on the record carries the song, whatever the guide says."""
    playback = night.playback(s)
    playback.rescue = on
    return changed(s, playback)


@allow(Role.HOST)
def set_key(s: Session, actor: Actor, half_tones: int) -> Playback:
    """Half tones up or down, for the song that plays."""
    playback = night.playback(s)
    playback.key = checked_key(half_tones)
    return changed(s, playback)


@allow(Role.HOST)
def set_tempo(s: Session, actor: Actor, tempo: float) -> Playback:
    """The share of the song's own tempo. Its second stays what it is at this moment; from here on it runs faster."""
    playback = night.playback(s)
    clock.set_tempo(playback, checked_tempo(tempo), clock.now())
    return changed(s, playback)


def checked_key(half_tones: int) -> int:
    if half_tones not in KEYS:
        raise BadValue(what="key", value=half_tones, least=KEYS.start, most=KEYS.stop - 1)
    return half_tones


def checked_tempo(tempo: float) -> float:
    low, high = TEMPOS
    if not low <= tempo <= high:
        raise BadValue(what="tempo", value=f"{tempo:g}", least=low, most=high)
    # In hundredths: each step is a rendering of its own.
    return round(tempo, 2)


def changed(s: Session, playback: Playback) -> Playback:
    """Tell the screens."""
    playback.version += 1
    s.add(playback)
    announce(s, "playback")
    return playback


def _share(value: float) -> float:
    if not 0 <= value <= 1:
        raise BadValue(what="share", value=f"{value:g}")
    return value
