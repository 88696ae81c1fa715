"""The demo's band: three arrangements, one for each mood, played from a score's chords.

Instruments stand far to the left and right and never in the middle, which is the singer's.
"""

from collections.abc import Callable

import numpy as np

from pipeline.demo.desk import Desk
from pipeline.demo.score import Chord, Score
from pipeline.engines import Audio

LEFT, RIGHT = -0.85, 0.85

Arrangement = Callable[[Desk], None]


def accompany(score: Score, arrangement: Arrangement, seconds: float, seed: int) -> Audio:
    """The whole band, dry."""
    desk = Desk(score, seconds, np.random.default_rng(seed))
    arrangement(desk)
    return desk.sound


def waltz(desk: Desk) -> None:
    """Fairground: bass and ukulele in three, accordion on the right, brushes, and bells where nobody sings."""
    *bars, last = desk.score.chords
    sung = {syllable.beat for syllable in desk.score.syllables}
    for number, (before, chord) in enumerate(zip([last, *bars], bars, strict=False)):
        again = number % 2 == 1 and before.root == chord.root
        desk.bass(chord.beat, low(chord, 2 if again else 0), 1.6, 0.5)
        for offset in (1.0, 2.0):
            _strum(desk, chord.beat + offset, voicing(chord, 55), 0.2, LEFT)
            desk.snare(chord.beat + offset, 0.09, 0.5, 22.0, 0.1)
        for note in voicing(chord, 58):
            desk.reed(chord.beat, note, 2.8, 0.10, RIGHT)
        desk.hat(chord.beat, 0.12, -0.6)
        waiting = number % 4 == 3 and sung.isdisjoint({chord.beat + 1.0, chord.beat + 2.0})
        if number < 2 or waiting:
            for offset, note in enumerate(voicing(chord, 79)):
                desk.bell(chord.beat + offset, note, 0.16, -0.95 + 0.4 * offset)
    desk.bass(last.beat, low(last, 0), 2.8, 0.55)
    for string, note in enumerate([*voicing(last, 55), *voicing(last, 79)]):
        desk.pluck(last.beat + 0.05 * string, note, 0.22, LEFT if string % 2 else RIGHT)
        desk.bell(last.beat + 0.12 * string, note + (12 if note < 79 else 0), 0.12, 0.7)


def candlelight(desk: Desk) -> None:
    """Two lutes in broken chords left and right, soft strings below, and for the refrain a drum far away."""
    *bars, last = desk.score.chords
    refrain = last.beat / 2 + 3
    for chord in bars:
        notes = voicing(chord, 52)
        broken = [notes[0], notes[1], notes[2], notes[0] + 12, notes[2], notes[1]]
        for eighth in range(int(chord.beats)):
            desk.pluck(chord.beat + eighth, broken[eighth], 0.34 if eighth % 3 == 0 else 0.24, LEFT, 2200.0)
            if eighth % 3 != 1:
                desk.pluck(chord.beat + eighth, broken[(eighth + 2) % 6] + 12, 0.15, RIGHT, 3000.0)
        desk.pluck(chord.beat, low(chord, 0, 40), 0.34, RIGHT, 1400.0)
        desk.bass(chord.beat, low(chord, 0), chord.beats * 0.9, 0.36)
        if chord.beat >= 12.0:
            _strings(desk, chord, 54, 0.12 if chord.beat >= refrain else 0.085)
        if chord.beat >= refrain:
            desk.hat(chord.beat + 2, 0.10, 0.7, 30.0)
            desk.kick(chord.beat, 0.22)
    desk.bass(last.beat, low(last, 0), 5.5, 0.4)
    for string, note in enumerate([low(last, 0, 40), *voicing(last, 52), *voicing(last, 64), 76]):
        desk.pluck(last.beat + 0.22 * string, note, 0.3, LEFT if string % 2 else RIGHT)


def midnight(desk: Desk) -> None:
    """Piano left, strummed guitar right, bass and drums that grow when everybody joins in."""
    *bars, last = desk.score.chords
    joined = last.beat / 2 + 4
    for chord in bars:
        strokes = 0.5 if chord.beat >= joined else 1.0
        for pulse in np.arange(0.0, chord.beats):
            for note in voicing(chord, 55):
                desk.piano(chord.beat + pulse, note, 1.0, 0.17 if pulse % 2 == 0 else 0.12, LEFT)
            desk.bass(chord.beat + pulse, low(chord, 0 if pulse % 2 == 0 else 2), 0.9, 0.5)
        desk.piano(chord.beat, low(chord, 0, 43), chord.beats, 0.2, LEFT)
        for stroke in np.arange(0.5, chord.beats, strokes):
            _strum(desk, chord.beat + stroke, voicing(chord, 62), 0.15, RIGHT)
        if chord.beat >= joined:
            _strings(desk, chord, 60, 0.10)
    _beat(desk, first=4, joined=joined, last=int(last.beat))
    desk.bass(last.beat, low(last, 0), 3.8, 0.55)
    desk.kick(last.beat, 0.55)
    for string, note in enumerate([low(last, 0, 43), *voicing(last, 55), *voicing(last, 67)]):
        desk.piano(last.beat + 0.03 * string, note, 3.8, 0.2, LEFT)
        desk.pluck(last.beat + 0.06 * string, note, 0.18, RIGHT)


def voicing(chord: Chord, lowest: int) -> list[int]:
    """The chord's notes in close position from `lowest` upwards."""
    return sorted(lowest + (chord.root + step - lowest) % 12 for step in chord.steps)


def low(chord: Chord, step: int, lowest: int = 36) -> int:
    """One of the chord's notes in the octave from `lowest` upwards."""
    return lowest + (chord.root + chord.steps[step] - lowest) % 12


def _strum(desk: Desk, beat: float, notes: list[int], gain: float, pan: float) -> None:
    for string, note in enumerate(notes):
        desk.pluck(beat + 0.022 * string, note, gain, pan, 3000.0)


def _strings(desk: Desk, chord: Chord, lowest: int, gain: float) -> None:
    for pan, note in zip((-0.9, 0.9, -0.7), voicing(chord, lowest), strict=False):
        desk.strings(chord.beat, note, chord.beats, gain, pan)


def _beat(desk: Desk, first: int, joined: float, last: int) -> None:
    """Four to the bar: kick and snare by turns, the hat in eighths."""
    for beat in range(last):
        desk.hat(beat, 0.16, -0.65)
        desk.hat(beat + 0.5, 0.11, -0.65)
        if beat >= first and beat % 2 == 0:
            desk.kick(beat, 0.5)
        elif beat >= first:
            desk.snare(beat, 0.3 if beat >= joined else 0.16, 0.35, 18.0, 0.5)
