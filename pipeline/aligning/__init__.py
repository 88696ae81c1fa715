"""Word times inside lines that came with times of their own only, heard from the separated voice.

English is aligned by an acoustic model; where that cannot be done, the words of a line are laid over its sung moments by
their syllables. Each line gets a confidence, so that somebody can look at the weak ones.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.aligning import syllables
from pipeline.aligning.activity import Activity, listen
from pipeline.aligning.speech import Recogniser, Span, for_speech
from pipeline.audio.chunks import CHUNK_FRAMES, RATE, Audio, Reel
from pipeline.words import Line, Lyrics, Word

# How far a line may really begin before its own time, and end after it.
MARGIN = 0.4
# What can be sung: seconds a syllable, and how long the words of a line may last where nobody is heard.
QUICKEST, SLOWEST = 0.07, 2.0
UNHEARD = 0.35
# Times for words without any are kept only if they are this sure all in all.
_GOOD_ENOUGH = 0.6


@dataclass(frozen=True)
class Voice:
    """The separated voice; `clear` where a model took it out, so that single words can be recognised in it."""

    reel: Reel
    clear: bool


@dataclass(frozen=True)
class _Timed:
    """A line's words with their times."""

    line: Line
    # Whether the acoustic model heard them there; None: it was not asked.
    heard: bool | None


def is_open(lyrics: Lyrics) -> bool:
    """Is there anything to find out, or to find out better?"""
    if lyrics.timed == "none":
        return lyrics.language == "en"
    return any(_is_open(line) for line in lyrics.lines)


def align(lyrics: Lyrics, voice: Voice, check: Callable[[], None]) -> Lyrics:
    """The same words with times for each. Those that came with the words stay as they are."""
    recogniser = Recogniser() if voice.clear and lyrics.language == "en" else None
    activity = listen(voice.reel, check)
    if not activity.sung.any():
        return lyrics  # an instrumental: there is nobody to hear
    if lyrics.timed == "none":
        return _whole(lyrics, voice, activity, recogniser, check) if recogniser else lyrics
    timed = list(_lines(lyrics, voice, activity, recogniser, check))
    asked = [each.heard for each in timed if each.heard is not None]
    # Words of another song fit here and there by chance: what most lines say goes for each.
    share = sum(asked) / len(asked) if asked else 1.0
    lines = tuple(
        replace(each.line, confidence=_confidence(each, activity, share, lyrics.language))
        if _is_open(old)
        else old
        for each, old in zip(timed, lyrics.lines, strict=True)
    )
    return replace(lyrics, lines=lines, timed="word")


def _is_open(line: Line) -> bool:
    return line.start is not None and (not line.words or line.confidence is not None)


def _lines(
    lyrics: Lyrics,
    voice: Voice,
    activity: Activity,
    recogniser: Recogniser | None,
    check: Callable[[], None],
) -> Iterator[_Timed]:
    sung_until: dict[int, float] = {}
    for line in lyrics.lines:
        check()
        if line.start is None or line.end is None or not _is_open(line):
            yield _Timed(line, heard=None)
            continue
        earliest = max(line.start - MARGIN, sung_until.get(line.voice, 0.0))
        pieces = syllables.pieces(line.text)
        window = (max(0.0, min(earliest, line.start)), line.end + MARGIN)
        heard = _hear(recogniser, pieces, voice.reel, window, check) if recogniser else None
        english = lyrics.language == "en"
        spans = _laid(pieces, line, activity, english=english) if heard is None else heard
        words = _in_order(pieces, spans, window[0], line.end)
        sung_until[line.voice] = words[-1].end
        start = min(line.start, words[0].start)
        yield _Timed(replace(line, start=start, words=words), heard=heard is not None if recogniser else None)


def _whole(
    lyrics: Lyrics, voice: Voice, activity: Activity, recogniser: Recogniser, check: Callable[[], None]
) -> Lyrics:
    """Words without any times, over the whole song; as they were where that does not come out well."""
    cut = [syllables.pieces(line.text) for line in lyrics.lines]
    seconds = voice.reel.seconds()
    spans = _hear(
        recogniser, [piece for pieces in cut for piece in pieces], voice.reel, (0.0, seconds), check
    )
    if spans is None:
        return lyrics
    lines, at, before = [], 0, 0.0
    for line, pieces in zip(lyrics.lines, cut, strict=True):
        own = spans[at : at + len(pieces)]
        at += len(pieces)
        words = _in_order(pieces, own, before, seconds)
        before = words[-1].end
        timed = replace(line, start=words[0].start, end=words[-1].end, words=words)
        lines.append(replace(timed, confidence=_confidence(_Timed(timed, True), activity, 1.0, "en")))
    sure = sum(line.confidence or 0.0 for line in lines) / len(lines)
    return replace(lyrics, lines=tuple(lines), timed="word") if sure >= _GOOD_ENOUGH else lyrics


def _hear(
    recogniser: Recogniser, pieces: Sequence[str], voice: Reel, window: Span, check: Callable[[], None]
) -> list[Span] | None:
    """The words' times in the song, as the acoustic model hears them; None where it cannot follow."""
    spans = recogniser.spans(pieces, for_speech(_sound(voice, *window)), check)
    if spans is None:
        return None
    moved = [(window[0] + span[0], window[0] + span[1]) if span else None for span in spans]
    return _filled(moved, pieces, *window)


def _sound(voice: Reel, start: float, end: float) -> Iterator[Audio]:
    """The voice between two moments, a chunk at a time."""
    at, stop = round(max(0.0, start) * RATE), round(end * RATE)
    while at < stop and (block := voice.read(at, min(stop, at + CHUNK_FRAMES))).shape[1]:
        yield block
        at += block.shape[1]


def _laid(pieces: Sequence[str], line: Line, activity: Activity, *, english: bool) -> list[Span]:
    """Over the sung moments of the line, by syllables; over as long as it may take where nobody is heard."""
    start, end = line.start or 0.0, line.end or 0.0
    weights = [float(syllables.count(piece, english)) for piece in pieces]
    if activity.seconds(start, end) < QUICKEST * sum(weights):
        end = min(end, start + UNHEARD * sum(weights))
    return activity.spread(start, end, weights)


def _filled(found: Sequence[Span | None], pieces: Sequence[str], start: float, end: float) -> list[Span]:
    """Times for what makes no sound of its own (a number, a dash): it shares the gap that it stands in."""
    filled: list[Span] = []
    for place, own in enumerate(found):
        before = share = 0.0
        if own is None:
            following = [each[0] for each in found[place:] if each is not None]
            waiting = next(
                (n for n, each in enumerate(found[place:]) if each is not None), len(found) - place
            )
            before = filled[-1][1] if filled else start
            after = max(before, following[0] if following else end)
            share = min(UNHEARD * len(pieces[place]), (after - before) / waiting)
        filled.append(own or (before, before + share))
    return filled


def _in_order(
    pieces: Sequence[str], spans: Sequence[Span], earliest: float, latest: float
) -> tuple[Word, ...]:
    """Words one after the other, inside their line."""
    words, at = [], earliest
    for piece, (start, end) in zip(pieces, spans, strict=True):
        begin = min(max(at, start), latest)
        at = min(max(begin, end), latest)
        words.append(Word(begin, at, piece))
    return tuple(words)


def _confidence(of: _Timed, activity: Activity, share: float, language: str) -> float:
    """How far to trust a line's times: is somebody singing there, at a pace that can be sung, and was it recognised?"""
    words = of.line.words
    length = sum(word.end - word.start for word in words)
    if not length:
        return 0.0
    sung = sum(activity.seconds(word.start, word.end) for word in words) / length
    pace = length / sum(syllables.count(word.text, language == "en") for word in words)
    known = 0.55 + 0.4 * share if of.heard else 0.35 + 0.35 * share
    return round(known * (0.3 + 0.7 * min(1.0, sung)) * (1.0 if QUICKEST <= pace <= SLOWEST else 0.6), 2)
