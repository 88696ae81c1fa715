"""UltraStar's song files: the words by syllable, on the beat, and the names of the files that belong to them.

The head says `#TITLE:…`, `#MP3:…`, `#BPM:…` and so on. Then come the notes, one a line: kind (`:` sung, `*` golden,
`F` free, `R` and `G` spoken), beat, length, pitch, and the syllable with the space that parts it from its neighbours.
`-` ends a line of the song, `P1`, `P2` and `P3` change the singer (`P3`: both), `E` ends the file. A beat is a quarter
of what the head calls one: t = GAP/1000 + beat*60/(BPM*4). In a relative file beats count from the last line break.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pipeline.errors import NotWords
from pipeline.formats import lrc
from pipeline.formats.lrc import MAX_LINE, MAX_LINES
from pipeline.words import Line, Lyrics, Word, clean

# More syllables than any song has.
MAX_NOTES = 20_000
# Two voices that begin the same line this close to each other sing it together.
TOGETHER_SECONDS = 0.1

_HEAD = re.compile(r"#\s*([A-Za-z0-9]+)\s*:(.*)")
_NOTE = re.compile(r"[:*FRG]\s*(-?\d{1,7})\s+(\d{1,6})\s+-?\d{1,6}(?:[ \t](.*))?")
_BREAK = re.compile(r"-\s*(-?\d{1,7})?(?:\s+(-?\d{1,7}))?\s*")
_TEMPO = re.compile(r"B\s*(-?\d{1,7}(?:[.,]\d+)?)\s+(\d{1,6}(?:[.,]\d+)?)\s*")
_VOICE = re.compile(r"P\s*([123])\s*")
_NUMBER = re.compile(r"\s*(-?\d{1,9}(?:[.,]\d{1,9})?)\s*")
# The encodings that a head names and that cannot be told by looking at the bytes.
_ENCODING = re.compile(rb"^#ENCODING:\s*(cp-?125\d)\s*$", re.IGNORECASE | re.MULTILINE)

# Both names of what plays: the old and the new.
_AUDIO = ("AUDIO", "MP3")
# And of who sings each voice.
_SINGERS = (("P1", "DUETSINGERP1"), ("P2", "DUETSINGERP2"))


@dataclass(frozen=True)
class Head:
    """What the file says of its song. Files are named as they lie beside it; empty where it names none."""

    title: str = ""
    artist: str = ""
    language: str = ""
    year: int | None = None
    audio: str = ""
    video: str = ""
    cover: str = ""
    instrumental: str = ""
    vocals: str = ""
    # Who sings the two voices of a duet; empty where it names nobody.
    voices: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class _Syllable:
    beat: int
    length: int
    text: str


@dataclass
class _Tempo:
    """Seconds of a beat, with the changes of tempo that old files have."""

    gap: float
    # (beat, seconds since the gap, seconds a beat), the first at beat 0.
    changes: list[tuple[float, float, float]] = field(default_factory=list)

    def change(self, beat: float, bpm: float) -> None:
        since = self._since(beat) if self.changes else 0.0
        self.changes.append((beat if self.changes else 0.0, since, 60 / (bpm * 4)))

    def at(self, beat: float) -> float:
        return self.gap + self._since(beat)

    def _since(self, beat: float) -> float:
        start, since, each = next((c for c in reversed(self.changes) if c[0] <= beat), self.changes[0])
        return since + (beat - start) * each


def decode_text(data: bytes) -> str:
    """The text in the encoding its head names, else in whichever it is."""
    named = _ENCODING.search(data[:2000])
    if (
        named
        and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
        and len(data) <= lrc.MAX_BYTES
    ):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return data.decode(named[1].decode().lower().replace("-", ""), "replace")
    return lrc.decode_text(data)


def recognise(text: str) -> bool:
    """Whether this is such a file at all: a head with a tempo, and notes."""
    lines = text.lstrip("\ufeff").splitlines()
    return any(line.upper().startswith("#BPM:") for line in lines[:100]) and any(map(_NOTE.fullmatch, lines))


def head(text: str) -> Head:
    said = _head(text)
    year = re.search(r"(?:1[5-9]|20)\d\d", said.get("YEAR", ""))
    return Head(
        title=said.get("TITLE", ""),
        artist=said.get("ARTIST", ""),
        language=said.get("LANGUAGE", ""),
        year=int(year[0]) if year else None,
        audio=_first(said, *_AUDIO),
        video=said.get("VIDEO", ""),
        cover=said.get("COVER", ""),
        instrumental=said.get("INSTRUMENTAL", ""),
        vocals=said.get("VOCALS", ""),
        voices=(_first(said, *_SINGERS[0]), _first(said, *_SINGERS[1])),
    )


def parse(text: str, seconds: float | None = None) -> Lyrics:
    """The words for a song of that length. Single lines that make no sense are left out; without a tempo none do."""
    said = _head(text)
    bpm = _number(said.get("BPM", ""))
    if not 1 <= bpm <= 100_000:
        raise NotWords("no tempo")
    tempo = _Tempo(_number(said.get("GAP", "")) / 1000)
    tempo.change(0, bpm)
    relative = said.get("RELATIVE", "").lower() in {"yes", "true", "1"}
    sung = [
        line
        for voice, syllables in _phrases(text, relative, tempo)
        if (line := _line(syllables, voice, tempo, seconds)) is not None
    ]
    sung.sort(key=lambda line: (line.start or 0.0, line.voice))
    tags = {"ti": said.get("TITLE", ""), "ar": said.get("ARTIST", ""), "la": said.get("LANGUAGE", "")}
    return Lyrics(tuple(_together(sung[:MAX_LINES])), "word", {k: v for k, v in tags.items() if v})


def _head(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for raw in text.lstrip("\ufeff").splitlines()[:2000]:
        if said := _HEAD.match(raw):
            found.setdefault(said[1].upper(), clean(said[2], MAX_LINE))
    return found


def _first(said: Mapping[str, str], *names: str) -> str:
    return next((said[name] for name in names if said.get(name)), "")


def _number(text: str) -> float:
    found = _NUMBER.match(text)
    return float(found[1].replace(",", ".")) if found else 0.0


def _phrases(text: str, relative: bool, tempo: _Tempo) -> Iterator[tuple[int, list[_Syllable]]]:
    """Each line's voice and syllables, in beats from the beginning; the changes of tempo go into `tempo`."""
    voice, origin, count = 0, 0, 0
    syllables: list[_Syllable] = []
    for raw in text.splitlines():
        if found := _NOTE.fullmatch(raw):
            count += 1
            if count > MAX_NOTES:
                break
            syllables.append(_Syllable(origin + int(found[1]), max(1, int(found[2])), found[3] or ""))
        elif found := _BREAK.fullmatch(raw):
            yield voice, syllables
            syllables = []
            if relative:
                origin += int(found[2] or found[1] or 0)
        elif found := _VOICE.fullmatch(raw):
            yield voice, syllables
            # Each voice counts from the beginning.
            syllables, origin = [], 0
            voice = int(found[1]) % 3
        elif (found := _TEMPO.fullmatch(raw)) and 1 <= (bpm := _number(found[2])) <= 100_000:
            tempo.change(origin + _number(found[1]), bpm)
        elif raw.strip() == "E":
            break
    yield voice, syllables


def _line(syllables: list[_Syllable], voice: int, tempo: _Tempo, seconds: float | None) -> Line | None:
    """One line as words, within the song; None where nothing of it is."""
    words: list[Word] = []
    for note in sorted(syllables, key=lambda each: each.beat):
        start, end = max(0.0, tempo.at(note.beat)), tempo.at(note.beat + note.length)
        if end <= 0 or (seconds is not None and start >= seconds):
            continue
        if words and words[-1].end > start:
            words[-1] = replace(words[-1], end=start)
        _append(words, start, min(end, seconds or end), note.text)
    if not words:
        return None
    words[-1] = replace(words[-1], text=words[-1].text.rstrip())
    text = "".join(word.text for word in words)
    return Line(words[0].start, words[-1].end, text, tuple(words), voice)


def _append(words: list[Word], start: float, end: float, raw: str) -> None:
    """Add a syllable; one that is only `~` holds the one before."""
    text = clean(raw.replace("~", ""), MAX_LINE)
    if words and raw[:1].isspace():
        # The space between two words belongs to the first.
        words[-1] = replace(words[-1], text=words[-1].text.rstrip() + " ")
    if text:
        words.append(Word(start, end, text + (" " if raw[-1].isspace() else "")))
    elif words:
        held = words[-1].text.rstrip() + " " if raw[-1:].isspace() else words[-1].text
        words[-1] = replace(words[-1], end=end, text=held)


def _together(sung: list[Line]) -> Iterator[Line]:
    """A line that both voices have at the same moment is one for everybody."""
    waiting = list(sung)
    while waiting:
        line = waiting.pop(0)
        twin = next((other for other in waiting[:4] if _twins(line, other)), None)
        if twin is not None:
            waiting.remove(twin)
            line = replace(line, voice=0)
        yield line


def _twins(one: Line, other: Line) -> bool:
    return (
        {one.voice, other.voice} == {1, 2}
        and one.text.casefold() == other.text.casefold()
        and abs((one.start or 0.0) - (other.start or 0.0)) < TOGETHER_SECONDS
    )
