"""LRC, the usual file of timed words: read in all its dialects, repaired where it can be, and written.

A line is `[01:23.45]words`, with several stamps where it comes again; `<01:23.45>` (or the same in square brackets)
before a word times that word, and one with nothing behind it ends the word before. A stamp with no words at all ends
the line before. Without any stamp the file is plain text, and its lines have no times.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.errors import NotWords
from pipeline.words import Line, Lyrics, Word, clean

MAX_BYTES = 1_000_000
MAX_LINES = 2000
MAX_LINE = 400
_MAX_RAW = 4000  # a line as it stands in the file, with its stamps

# How long a line or a word may stand when only the next one, far away, says that it is over.
LONGEST_LINE = 10.0
LONGEST_WORD = 5.0

# Hours only where a fraction leaves no doubt: in `00:12:50` the last number is a fraction as well.
_TIME = r"\s*(-)?(?:(\d{1,2}):(?=\d+:\d+[.,]))?(\d{1,3}):(\d{1,2})(?:[.:,](\d{1,3}))?\s*"
_STAMP = re.compile(rf"\[{_TIME}\]")
_WORD_STAMP = re.compile(rf"[\[<]{_TIME}[\]>]")
_TAG = re.compile(r"\[\s*([A-Za-z#]\w*)\s*:(.*)\]\s*")
_HEADING = re.compile(r"\[[^\]]*\]\s*")
# Who sings: a woman, a man, both. Written by some players in front of a line.
_SINGER = re.compile(r"\s*[FMD]:\s*")


@dataclass(frozen=True)
class _Stamped:
    """A word as it stands in the file, maybe without its end."""

    start: float
    end: float | None
    text: str


@dataclass(frozen=True)
class _Entry:
    """One stamp of a line, before its end is known. One without text only ends what stands before it."""

    start: float
    text: str = ""
    words: tuple[_Stamped, ...] = ()


def decode_text(data: bytes) -> str:
    """Text in whatever encoding it came."""
    if len(data) > MAX_BYTES:
        raise NotWords(f"{len(data)} bytes")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    elif data[:200].count(0) > len(data[:200]) / 4:
        # UTF-16 without its mark: every other byte of western text is zero.
        text = data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    if "\0" in text or text.count("\ufffd") > len(text) / 10:
        raise NotWords("more bytes than letters")
    return text


def parse(text: str, seconds: float | None = None) -> Lyrics:
    """The lines of a file for a song of that length. Nothing in it is an error: what makes no sense is left out."""
    entries: list[_Entry] = []
    plain: list[str] = []
    tags: dict[str, str] = {}
    for raw in (each[:_MAX_RAW] for each in text.lstrip("\ufeff").splitlines()):
        found = list(_entries(raw))
        tag = _TAG.fullmatch(raw.strip())
        if found:
            entries += found
        elif tag:
            tags[tag[1].lower()] = clean(tag[2], MAX_LINE)
        elif not _HEADING.fullmatch(raw.strip()):
            plain.append(raw)
    offset = _offset(tags.pop("offset", "0"))
    entries = [_shift(entry, -offset) for entry in entries]
    entries = sorted(entries, key=lambda entry: entry.start)[:MAX_LINES]
    lines = tuple(_lines(entries, seconds))
    if not lines or (len(lines) > 1 and lines[0].start == lines[-1].start):
        # Not timed, or only in name (every stamp the same).
        texts = [clean(each, MAX_LINE) for each in plain[:MAX_LINES]] + [entry.text for entry in entries]
        return Lyrics(tuple(Line(None, None, each) for each in texts if each), "none", tags)
    return Lyrics(lines, "word" if any(line.words for line in lines) else "line", tags)


def render(lyrics: Lyrics) -> str:
    """The same words as a file, with times to a hundredth of a second."""
    out = [f"[{name}:{value}]" for name, value in lyrics.tags.items()]
    for line, following in zip(lyrics.lines, [*lyrics.lines[1:], None], strict=True):
        if line.start is None or line.end is None:
            out.append(line.text)
            continue
        out.append(f"[{stamp(line.start)}]{_render_words(line.words) or line.text}")
        next_start = following.start if following is not None else None
        if next_start is None or stamp(next_start) != stamp(line.end) or line.end - line.start > LONGEST_LINE:
            out.append(f"[{stamp(line.end)}]")
    return "\n".join(out) + "\n"


def stamp(seconds: float) -> str:
    hundredths = round(max(0.0, seconds) * 100)
    return f"{hundredths // 6000:02}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"


def _render_words(words: tuple[Word, ...]) -> str:
    out = ""
    for word, following in zip(words, [*words[1:], None], strict=False):
        out += f"<{stamp(word.start)}>{word.text}"
        next_start = following.start if following is not None else None
        if next_start is None or stamp(next_start) != stamp(word.end) or word.end - word.start > LONGEST_WORD:
            out += f"<{stamp(word.end)}>"
    return out


def _entries(raw: str) -> Iterator[_Entry]:
    """What one line of the file says: the same words at each of its stamps."""
    body, starts = raw.lstrip(), []
    while found := _STAMP.match(body):
        starts.append(_seconds(found))
        body = body[found.end() :].lstrip()
    if not starts and (found := _WORD_STAMP.match(body)):
        starts.append(_seconds(found))
    if not starts:
        return
    if singer := _SINGER.match(body):
        body = body[singer.end() :]
    words = _words(body, starts[0])
    text = "".join(word.text for word in words) if words else clean(body, MAX_LINE)
    if len(words) == 1 and " " in words[0].text:
        words = ()  # one stamp for the whole line times the line, not a word
    for start in starts:
        yield _shift(_Entry(starts[0], text, words), start - starts[0])


def _words(body: str, line_start: float) -> tuple[_Stamped, ...]:
    stamps = list(_WORD_STAMP.finditer(body))
    if not stamps:
        return ()
    starts = [line_start, *(_seconds(found) for found in stamps)]
    edges = [0, *(edge for found in stamps for edge in found.span()), len(body)]
    words: list[_Stamped] = []
    for start, begin, end in zip(starts, edges[::2], edges[1::2], strict=True):
        piece, text = body[begin:end], clean(body[begin:end], MAX_LINE)
        if words and piece[:1].isspace():
            # The space between two words belongs to the first.
            words[-1] = replace(words[-1], text=words[-1].text.rstrip() + " ")
        if text:
            words.append(_Stamped(start, None, text + (" " if piece[-1].isspace() else "")))
        elif words and words[-1].end is None:
            words[-1] = replace(words[-1], end=start)
    if words:
        words[-1] = replace(words[-1], text=words[-1].text.rstrip())
    return tuple(words)


def _lines(entries: list[_Entry], seconds: float | None) -> Iterator[Line]:
    """Lines in order, each with an end: the next stamp, the song's end, or as long as a line may stand."""
    limit = seconds or float("inf")
    for place, entry in enumerate(entries):
        if not entry.text or entry.start >= limit:
            continue
        end = entry.start + LONGEST_LINE
        if entry.words:
            end = max(end, entry.words[-1].end or 0.0)
        # Two lines with the same stamp (a translation, a second voice) stand together.
        following = next((later for later in entries[place + 1 :] if later.start > entry.start), None)
        if following is not None:
            end = min(following.start, end) if following.text else following.start
        end = min(end, limit)
        yield Line(entry.start, end, entry.text, tuple(_timed(entry.words, entry.start, end)))


def _timed(words: tuple[_Stamped, ...], at: float, line_end: float) -> Iterator[Word]:
    """Words inside their line, from `at` on, one after the other."""
    for word, following in zip(words, [*words[1:], None], strict=False):
        start = min(max(at, word.start), line_end)
        latest = min(line_end, max(start, following.start)) if following is not None else line_end
        at = min(latest, start + LONGEST_WORD if word.end is None else max(start, word.end))
        yield Word(start, at, word.text)


def _shift(entry: _Entry, by: float) -> _Entry:
    """The same entry at another time, never before the song."""
    words = tuple(
        _Stamped(max(0.0, word.start + by), None if word.end is None else max(0.0, word.end + by), word.text)
        for word in entry.words
    )
    return _Entry(max(0.0, entry.start + by), entry.text, words)


def _seconds(found: re.Match[str]) -> float:
    minus, hours, minutes, seconds, fraction = found.groups()
    value = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction or 0}")
    return -value if minus else value


def _offset(text: str) -> float:
    """In seconds; a positive offset shows the words earlier."""
    found = re.fullmatch(r"([+-]?\d{1,7})(\.\d+)?", text.replace(" ", ""))
    return int(found[1]) / 1000 if found else 0.0
