"""Where the demo's instruments come together: each plays notes on beats, at its own place between left and right."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from pipeline.demo import instruments as play
from pipeline.demo.score import Score
from pipeline.engines import RATE, Audio

HUMAN_TIMING = 0.006


@dataclass
class Desk:
    """Where the instruments' sounds come together. Each note is made once and used again."""

    score: Score
    seconds: float
    rng: np.random.Generator
    sound: Audio = field(init=False)
    made: dict[tuple[object, ...], Audio] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sound = np.zeros((2, int(self.seconds * RATE)), dtype=np.float32)

    def put(
        self, beat: float, note: tuple[object, ...], make: Callable[[], Audio], gain: float, pan: float
    ) -> None:
        """Play a note on a beat, a touch early or late and never twice as loud, at a place from -1 to 1."""
        if note not in self.made:
            self.made[note] = make()
        made = self.made[note]
        at = self.score.seconds(beat) + HUMAN_TIMING * self.rng.standard_normal()
        start = max(0, int(at * RATE))
        length = min(made.shape[1], self.sound.shape[1] - start)
        if length <= 0:
            return
        angle = (pan + 1.0) * np.pi / 4
        touch = gain * (1.0 + 0.08 * self.rng.standard_normal())
        self.sound[0, start : start + length] += np.float32(touch * np.cos(angle)) * made[0, :length]
        self.sound[1, start : start + length] += np.float32(touch * np.sin(angle)) * made[1, :length]

    def pluck(self, beat: float, midi: int, gain: float, pan: float, bright: float = 2400.0) -> None:
        def make() -> Audio:
            return play.plucked(midi, 2.2, self.rng, bright)

        self.put(beat, ("pluck", midi, pan, bright), make, gain, pan)

    def bass(self, beat: float, midi: int, beats: float, gain: float) -> None:
        seconds = self.score.seconds(beats)
        self.put(beat, ("bass", midi, beats), lambda: play.bass(midi, seconds, self.rng), gain, 0.0)

    def reed(self, beat: float, midi: int, beats: float, gain: float, pan: float) -> None:
        """Accordion: it speaks at once."""
        seconds = self.score.seconds(beats)
        note = ("reed", midi, beats, pan)
        self.put(beat, note, lambda: play.reed(midi, seconds, self.rng, soft=1700.0, attack=0.05), gain, pan)

    def strings(self, beat: float, midi: int, beats: float, gain: float, pan: float) -> None:
        """Darker and slower than the accordion."""
        seconds = self.score.seconds(beats)
        note = ("strings", midi, beats, pan)
        self.put(beat, note, lambda: play.reed(midi, seconds, self.rng, soft=1100.0, attack=0.35), gain, pan)

    def bell(self, beat: float, midi: int, gain: float, pan: float) -> None:
        self.put(beat, ("bell", midi), lambda: play.bell(midi, 1.6, self.rng), gain, pan)

    def piano(self, beat: float, midi: int, beats: float, gain: float, pan: float) -> None:
        seconds = self.score.seconds(beats) + 0.2
        self.put(beat, ("piano", midi, beats, pan), lambda: play.piano(midi, seconds, self.rng), gain, pan)

    def kick(self, beat: float, gain: float) -> None:
        self.put(beat, ("kick",), lambda: play.kick(self.rng), gain, 0.0)

    def snare(self, beat: float, gain: float, pan: float, length: float, tone: float) -> None:
        variant = int(self.rng.integers(3))
        self.put(beat, ("snare", length, variant), lambda: play.snare(self.rng, length, tone), gain, pan)

    def hat(self, beat: float, gain: float, pan: float, length: float = 55.0) -> None:
        variant = int(self.rng.integers(4))
        self.put(beat, ("hat", length, variant), lambda: play.hat(self.rng, length), gain, pan)
