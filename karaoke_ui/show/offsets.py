"""How late a TV's sound and picture come, and the tapping along that finds it out.

The stage strikes an even beat, first to be heard, then to be seen, and says when each was handed out. Somebody taps
along with it. How far the taps lie behind the beat is the delay, and what the person and the network add to both passes
falls out of the difference: that much the words wait, or hurry.
"""

import cmath
import math
from dataclasses import dataclass, field
from enum import StrEnum

from sqlmodel import Session

from karaoke_ui.show import clock, night
from karaoke_ui.show.rights import Actor, Role, allow
from karaoke_ui.show.tables import PlayState, Stage
from pipeline.db import announce
from pipeline.errors import BadValue, Conflict, NotFound

# Longer than any loudspeaker is late, twice.
BEAT = 1.0
# The first taps find the beat; so many then have to agree.
FINDING = 2
TAPS = 8
STEADY = 0.06
MOST = 1.0


class Mode(StrEnum):
    SOUND = "sound"
    PICTURE = "picture"


@dataclass
class Tapping:
    """One tapping along; only one TV is tapped to at a time, and nothing of it outlives the process."""

    stage_id: str = ""
    mode: Mode | None = None
    # Rises with each pass, so that nothing of an old one counts.
    run: int = 0
    struck: float | None = None
    taps: list[float] = field(default_factory=list)
    late: dict[Mode, float] = field(default_factory=dict)

    def begin(self, stage_id: str, mode: Mode | None) -> None:
        if stage_id != self.stage_id or mode is Mode.SOUND:
            self.late = {}
        self.stage_id, self.mode, self.run = stage_id, mode, self.run + 1
        self.struck, self.taps = None, []

    def hear(self, run: int, at: float) -> None:
        """The stage says when it struck a beat."""
        if run == self.run:
            self.struck = at

    def tap(self, at: float) -> None:
        if self.mode is None or self.struck is None:
            return
        self.taps.append(at)
        late, spread = lateness(self.taps[FINDING:][-TAPS:], self.struck)
        if len(self.taps) >= FINDING + TAPS and spread < STEADY:
            self.late[self.mode] = late
            self.begin(self.stage_id, Mode.PICTURE if self.mode is Mode.SOUND else None)

    @property
    def found(self) -> float | None:
        """Seconds by which the sound comes later than the picture."""
        if set(self.late) != set(Mode):
            return None
        return round(math.remainder(self.late[Mode.SOUND] - self.late[Mode.PICTURE], BEAT), 3)

    def told(self, stage_id: str) -> dict[str, object] | None:
        """What this stage has to do."""
        if self.mode is None or stage_id != self.stage_id:
            return None
        return {"mode": self.mode.value, "beat": BEAT, "run": self.run}


def lateness(taps: list[float], struck: float) -> tuple[float, float]:
    """How far taps lie behind an even beat, and how much they differ, both in seconds."""
    if not taps:
        return 0.0, math.inf
    middle = sum(cmath.exp(2j * math.pi * (tap - struck) / BEAT) for tap in taps) / len(taps)
    spread = math.sqrt(max(0.0, -2 * math.log(max(abs(middle), 1e-9)))) * BEAT / (2 * math.pi)
    return cmath.phase(middle) * BEAT / (2 * math.pi), spread


@allow(Role.HOST)
def set_offsets(
    s: Session, actor: Actor, stage_id: str, sound: float | None = None, picture: float | None = None
) -> Stage:
    """How late the sound and the picture of a TV come, in seconds; it is heeded at once. What is not named is right."""
    stage = _paired(s, stage_id)
    for value in (sound, picture):
        if value is not None and not 0 <= value <= MOST:
            raise BadValue(what="delay", value=f"{value:g}", most=MOST)
    stage.sound_offset = stage.sound_offset if sound is None else round(sound, 3)
    stage.picture_offset = stage.picture_offset if picture is None else round(picture, 3)
    stage.offset_at = clock.now()
    s.add(stage)
    announce(s, "stage", stage.id)
    return stage


@allow(Role.HOST)
def listen(s: Session, actor: Actor, tapping: Tapping, stage_id: str, mode: Mode | None) -> Tapping:
    """Let a TV strike the beat to be heard, to be seen, or no more."""
    stage = _paired(s, stage_id)
    if mode is not None and night.playback(s).state not in (PlayState.IDLE, PlayState.PAUSED):
        raise Conflict(reason="singing")
    tapping.begin(stage.id, mode)
    announce(s, "stage", stage.id)
    return tapping


@allow(Role.HOST, Role.STAGE)
def tap(s: Session, actor: Actor, tapping: Tapping, stage_id: str, at: float) -> Tapping:
    """Somebody tapped, on the host's screen or on the TV itself. After the last tap what was found is set."""
    if stage_id != tapping.stage_id:
        return tapping
    run = tapping.run
    tapping.tap(at)
    if tapping.run != run:
        stage = _paired(s, tapping.stage_id)
        if (found := tapping.found) is not None:
            stage.sound_offset, stage.picture_offset = max(0.0, found), max(0.0, -found)
            stage.offset_at = clock.now()
            s.add(stage)
        announce(s, "stage", stage.id)
    return tapping


def _paired(s: Session, stage_id: str) -> Stage:
    stage = s.get(Stage, stage_id)
    if stage is None or stage.paired_at is None:
        raise NotFound(what="stage")
    return stage
