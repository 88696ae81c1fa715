"""From a score to the singer's sounds: which phone is made when, and where each word can be heard.

Vowels begin on the beat and consonants come before it, as singers do it.
"""

from dataclasses import dataclass

from pipeline.demo.phones import CONSONANTS, VOWELS, Gesture
from pipeline.demo.score import Score, Syllable

# A diphthong stays on its first half and moves on late, in a long note only at its end.
GLIDE_SHARE, GLIDE_SECONDS = 0.45, 0.3
# Consonants take at most this share of a syllable; in quick ones they are made faster.
MOST_CONSONANTS = 0.55
# Below this a gesture cannot be heard: the closed lips before a P.
AUDIBLE = 0.15


@dataclass(frozen=True)
class SungWord:
    """A word and where it can be heard, in seconds."""

    text: str
    start: float
    end: float
    line: int


@dataclass(frozen=True)
class Block:
    """One gesture, held from `start` to `end` seconds."""

    start: float
    end: float
    gesture: Gesture


@dataclass(frozen=True)
class _Parts:
    """A syllable's gestures before, in and after its vowel."""

    onset: tuple[Gesture, ...]
    vowel: tuple[Gesture, ...]
    coda: tuple[Gesture, ...]


@dataclass(frozen=True)
class Sung:
    """A syllable with all its gestures placed."""

    syllable: Syllable
    blocks: tuple[Block, ...]

    @property
    def audible_from(self) -> float:
        return next(block.start for block in self.blocks if _audible(block.gesture))


def pronounce(score: Score) -> list[Sung]:
    """Place every phone of the song in time."""
    sung = []
    parts = [_parts(syllable) for syllable in score.syllables]
    squeeze = 1.0
    for number, (syllable, now) in enumerate(zip(score.syllables, parts, strict=True)):
        start, end = score.seconds(syllable.beat), score.seconds(syllable.beat + syllable.beats)
        onset = _chain(now.onset, start - _length(now.onset) * squeeze, squeeze)
        # The next syllable's first consonants are made in this one's time, unless a rest leaves them theirs.
        ahead = (
            max(0.0, _length(parts[number + 1].onset) - _rest(score, number)) if parts[number + 1 :] else 0.0
        )
        squeeze = min(1.0, MOST_CONSONANTS * (end - start) / max(1e-9, ahead + _length(now.coda)))
        close = end - (ahead + _length(now.coda)) * squeeze
        coda = _chain(now.coda, close, squeeze)
        sung.append(Sung(syllable, (*onset, *_hold(now.vowel, start, close), *coda)))
        squeeze = squeeze if ahead else 1.0
    return sung


def sung_words(sung: list[Sung]) -> list[SungWord]:
    """Syllables put together to words, with the times between which they sound."""
    words = []
    text, start = "", None
    for each in sung:
        start = each.audible_from if start is None else start
        text += each.syllable.text.rstrip("-")
        if each.syllable.ends_word:
            words.append(SungWord(text, start, each.blocks[-1].end, each.syllable.line))
            text, start = "", None
    return words


def _parts(syllable: Syllable) -> _Parts:
    """Split at the vowels; those that follow each other are sung as one."""
    phones = syllable.phones
    vowels = [index for index, phone in enumerate(phones) if phone in VOWELS]
    first, last = vowels[0], vowels[-1] + 1
    return _Parts(
        onset=tuple(gesture for phone in phones[:first] for gesture in CONSONANTS[phone]),
        vowel=tuple(gesture for phone in phones[first:last] for gesture in VOWELS[phone]),
        coda=tuple(gesture for phone in phones[last:] for gesture in CONSONANTS[phone]),
    )


def _rest(score: Score, number: int) -> float:
    """Seconds of silence between a syllable and the next."""
    now, following = score.syllables[number : number + 2]
    return score.seconds(following.beat - now.beat - now.beats)


def _chain(gestures: tuple[Gesture, ...], start: float, squeeze: float) -> list[Block]:
    blocks = []
    for gesture in gestures:
        end = start + gesture.seconds * squeeze
        blocks.append(Block(start, end, gesture))
        start = end
    return blocks


def _hold(vowel: tuple[Gesture, ...], start: float, end: float) -> list[Block]:
    """The first posture is held; the others share the glide."""
    if len(vowel) == 1:
        return [Block(start, end, vowel[0])]
    glide = max(start + GLIDE_SHARE * (end - start), end - GLIDE_SECONDS)
    step = (end - glide) / (len(vowel) - 1)
    rest = [
        Block(glide + number * step, glide + (number + 1) * step, posture)
        for number, posture in enumerate(vowel[1:])
    ]
    return [Block(start, glide, vowel[0]), *rest]


def _length(gestures: tuple[Gesture, ...]) -> float:
    return sum(gesture.seconds for gesture in gestures)


def _audible(gesture: Gesture) -> bool:
    return gesture.voice + gesture.breath + gesture.noise > AUDIBLE
