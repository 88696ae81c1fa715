"""A demo song on paper: who sings what, on which note, for how long, over which chords.

Melodies are written as small tables, one syllable a row: `note beats syllable phones`. A slur joins notes and beats
with `+`, a rest is `.`, a syllable that ends in `-` goes on in the next row, an empty row ends the line on the screen.
Phones are ARPAbet without stress marks.
"""

from dataclasses import dataclass

SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
QUALITIES = {"": (0, 4, 7), "m": (0, 3, 7), "7": (0, 4, 7, 10)}


@dataclass(frozen=True)
class Pitch:
    """One note of a syllable: MIDI number and length in beats."""

    midi: int
    beats: float


@dataclass(frozen=True)
class Syllable:
    """What is sung on one or more slurred notes; `beat` counts from the song's start."""

    beat: float
    pitches: tuple[Pitch, ...]
    text: str
    phones: tuple[str, ...]
    line: int

    @property
    def beats(self) -> float:
        return sum(pitch.beats for pitch in self.pitches)

    @property
    def ends_word(self) -> bool:
        return not self.text.endswith("-")


@dataclass(frozen=True)
class Chord:
    """A chord and its place in the song, in beats."""

    beat: float
    beats: float
    root: int
    steps: tuple[int, ...]


@dataclass(frozen=True)
class Score:
    """The whole song on paper; how it is played is the arrangement's matter."""

    bpm: float
    syllables: tuple[Syllable, ...]
    chords: tuple[Chord, ...]

    def seconds(self, beats: float) -> float:
        return beats * 60.0 / self.bpm


def midi(name: str) -> int:
    """MIDI number of a name such as `C#5`; C4 is 60."""
    return SEMITONES[name[0]] + name.count("#") - name.count("b", 1) + 12 * (int(name[-1]) + 1)


def melody(table: str, start: float, transpose: int = 0) -> tuple[Syllable, ...]:
    """Read a melody table whose first row falls on beat `start`."""
    beat, line, syllables = start, 0, []
    for row in table.strip().splitlines():
        if not row.strip():
            line += 1
            continue
        notes, lengths, *rest = row.split()
        beats = [float(length) for length in lengths.split("+")]
        if notes != ".":
            pitches = tuple(
                Pitch(midi(note) + transpose, length)
                for note, length in zip(notes.split("+"), beats, strict=True)
            )
            syllables.append(Syllable(beat, pitches, rest[0], tuple(rest[1:]), line))
        beat += sum(beats)
    return tuple(syllables)


def chords(row: str, bar: float, transpose: int = 0) -> tuple[Chord, ...]:
    """Read a row of chords, one word a bar; `C/G7` shares the bar evenly."""
    found = []
    for number, word in enumerate(row.split()):
        names = word.split("/")
        length = bar / len(names)
        for part, name in enumerate(names):
            letters = 2 if name[1:2] in ("#", "b") else 1
            root = SEMITONES[name[0]] + name[:letters].count("#") - name[1:letters].count("b")
            steps = QUALITIES[name[letters:]]
            found.append(Chord(number * bar + part * length, length, (root + transpose) % 12, steps))
    return tuple(found)
