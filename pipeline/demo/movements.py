"""The singer's throat and mouth, frame by frame: phones as steady blocks, smoothed so that one glides into the next."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.demo.articulation import Block
from pipeline.demo.phones import NOISES
from pipeline.demo.score import Score
from pipeline.engines import RATE

HOP = 256
FRAMES_A_SECOND = RATE / HOP
COLOURS = tuple(NOISES)

# Pitch moves a little before the beat, and the first note of a phrase is reached from below.
EARLY, SCOOP_SECONDS, SCOOP = 0.03, 0.2, 1.2
# Into a rest this long the last vowel fades, and the singer breathes in before going on.
BREATH_REST, FADE = 0.25, 0.16

Frames = NDArray[np.float32]


@dataclass(frozen=True)
class Movements:
    """What the singer does. Every field has one value a frame."""

    pitch: Frames  # MIDI numbers with fractions, before vibrato
    held: Frames  # seconds since the note began, for vibrato that comes late
    formants: Frames  # (3, frames), in Hz
    voice: Frames
    breath: Frames
    noise: Frames  # (colours, frames)
    nasal: Frames

    @property
    def count(self) -> int:
        return len(self.voice)


def move(score: Score, blocks: list[Block], seconds: float) -> Movements:
    """Write the blocks out as frames and let them glide."""
    count = int(seconds * FRAMES_A_SECOND)
    formants = np.full((3, count), np.nan, dtype=np.float32)
    voice, breath, nasal = np.zeros((3, count), dtype=np.float32)
    noise = np.zeros((len(COLOURS), count), dtype=np.float32)
    for block in blocks:
        gesture = block.gesture
        here = slice(_frame(block.start), max(_frame(block.start) + 1, _frame(block.end)))
        if gesture.formants is not None:
            formants[:, here] = np.asarray(gesture.formants, dtype=np.float32)[:, None]
        voice[here], breath[here], nasal[here] = gesture.voice, gesture.breath, float(gesture.nasal)
        noise[COLOURS.index(gesture.colour), here] = gesture.noise
    for start, end in _rests(blocks):
        fading = slice(_frame(start - FADE), _frame(start))
        voice[fading] *= np.linspace(1.0, 0.6, fading.stop - fading.start)
        breathing = slice(_frame(max(start + 0.1, end - 0.42)), _frame(end - 0.08))
        breath[breathing] = 1.2 * np.hanning(breathing.stop - breathing.start)
    pitch, held = _tune(score, count)
    return Movements(
        pitch=pitch,
        held=held,
        formants=np.exp(smooth(np.log(_fill(formants)), 0.08)),
        voice=smooth(voice, 0.035),
        breath=smooth(breath, 0.03),
        noise=smooth(noise, 0.012),
        nasal=smooth(nasal, 0.03),
    )


def smooth(values: Frames, seconds: float) -> Frames:
    """A bell-shaped moving average along the last axis, `seconds` wide."""
    half = max(1, round(seconds * FRAMES_A_SECOND / 2))
    bell = np.hanning(2 * half + 1).astype(np.float32)[1:-1]
    bell /= bell.sum()
    padded = np.pad(np.atleast_2d(values), ((0, 0), (half - 1, half - 1)), mode="edge")
    rows = [np.convolve(row, bell, mode="valid") for row in padded]
    return np.asarray(rows, dtype=np.float32).reshape(values.shape)


def _frame(seconds: float) -> int:
    return max(0, round(seconds * FRAMES_A_SECOND))


def _rests(blocks: list[Block]) -> list[tuple[float, float]]:
    """The silences between the phrases, and those before the first and after the last."""
    starts = [*(block.start for block in blocks), blocks[-1].end + 1.0]
    ends = [max(0.0, starts[0] - 1.0), *(block.end for block in blocks)]
    return [(end, start) for end, start in zip(ends, starts, strict=True) if start - end > BREATH_REST]


def _fill(values: Frames) -> Frames:
    """Give frames without a value the next one (the mouth is ready early), those at the end the last one."""
    known = np.flatnonzero(~np.isnan(values[0]))
    following = np.minimum(np.searchsorted(known, np.arange(values.shape[1])), len(known) - 1)
    return values[:, known[following]]


def _tune(score: Score, count: int) -> tuple[Frames, Frames]:
    """Pitch that slides from note to note with a slight overshoot, and the time since each note began."""
    steps = np.full(count, np.nan, dtype=np.float32)
    held = np.zeros(count, dtype=np.float32)
    beat = -1.0
    for syllable in score.syllables:
        phrase_begins = syllable.beat > beat + 0.01
        beat = syllable.beat
        for pitch in syllable.pitches:
            start, end = (_frame(score.seconds(edge) - EARLY) for edge in (beat, beat + pitch.beats))
            steps[start:end] = pitch.midi
            held[start:end] = np.arange(end - start) / FRAMES_A_SECOND
            if phrase_begins:
                steps[start - _frame(SCOOP_SECONDS) : start + _frame(EARLY)] = pitch.midi - SCOOP
                phrase_begins = False
            beat += pitch.beats
    filled = _fill(steps[None])[0]
    return 1.22 * smooth(filled, 0.10) - 0.22 * smooth(filled, 0.24), held
