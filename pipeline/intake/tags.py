"""What a song's file says about itself: tags in every usual form, and its name where there are none.

Tags are somebody's text: bounded, cleaned, and never a reason to refuse a song.
"""

import base64
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mutagen
import structlog
from mutagen.flac import FLAC, Picture
from mutagen.id3 import SYLT, PictureType

from pipeline.formats import lrc
from pipeline.words import clean

log = structlog.get_logger()

MAX_TEXT = 300
MAX_COVER = 10_000_000

# Where each thing stands: ID3, Vorbis and APE, MP4, ASF.
_TITLE = ("tit2", "title", "©nam")
_ARTIST = ("tpe1", "artist", "©art", "author")
_ALBUM = ("talb", "album", "©alb", "wm/albumtitle")
_YEAR = ("tdrc", "tyer", "date", "year", "©day", "wm/year")
# Words that may have times come first.
_LYRICS = ("sylt", "syncedlyrics", "lyrics", "uslt", "unsyncedlyrics", "unsynced lyrics", "©lyr", "wm/lyrics")

# What a broken tag makes the reader stumble over.
_BROKEN = (
    mutagen.MutagenError,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)

_Picture: Any = Picture
_IMAGES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"GIF8": "image/gif"}


@dataclass(frozen=True)
class Cover:
    """A picture, told by its bytes."""

    data: bytes
    mime: str


@dataclass(frozen=True)
class Tags:
    """All that could be read. `lyrics` is plain text or LRC."""

    title: str | None = None
    artist: str | None = None
    album: str | None = None
    year: int | None = None
    lyrics: str | None = None
    cover: Cover | None = None


def read(path: Path) -> Tags:
    """Read the tags of a file; an empty answer where there are none or they are broken."""
    try:
        with path.open("rb") as file:
            audio = mutagen.File(file)
        return Tags() if audio is None else _tags(audio)
    except _BROKEN as error:
        log.warning("tags unreadable", file=path.name, reason=repr(error))
        return Tags()


def _tags(audio: mutagen.FileType) -> Tags:
    found = _values(audio)
    year = re.search(r"(?:1[5-9]|20)\d\d", _first(found, _YEAR) or "")
    return Tags(
        title=_first(found, _TITLE),
        artist=_first(found, _ARTIST),
        album=_first(found, _ALBUM),
        year=int(year[0]) if year else None,
        lyrics=_lyrics(found),
        cover=next(_covers(audio, found), None),
    )


def _values(audio: mutagen.FileType) -> dict[str, list[Any]]:
    """Every tag under its plain name in lower case, with the frames of ID3 as they are."""
    found: dict[str, list[Any]] = {}
    tags: Any = audio.tags
    if tags is None:
        return found
    for key, value in tags.items():
        kind, _, rest = key.partition(":")
        # Free tags carry their name at the end: `TXXX:LYRICS`, `----:com.apple.iTunes:LYRICS`.
        name = rest.rpartition(":")[2] if kind in {"TXXX", "----"} else kind
        found.setdefault(name.casefold(), []).extend(value if isinstance(value, list) else [value])
    return found


def _text(value: Any) -> str:
    """The text of one value, whichever class its format has for it."""
    for field in ("text", "value"):
        value = getattr(value, field, value)
    if isinstance(value, list):
        return ", ".join(str(each) for each in value[:10])
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def _first(found: dict[str, list[Any]], names: tuple[str, ...]) -> str | None:
    for name in names:
        text = clean(", ".join(_text(value)[: 2 * MAX_TEXT] for value in found.get(name, [])[:10]), MAX_TEXT)
        if text:
            return text
    return None


def _lyrics(found: dict[str, list[Any]]) -> str | None:
    """The words with the finest times; the first ones found where none have any."""
    texts = []
    for name in _LYRICS:
        for value in found.get(name, [])[:5]:
            text = _synced(value) if isinstance(value, SYLT) else _text(value)
            text = "\n".join(
                clean(line, lrc.MAX_LINE * 4) for line in text[: lrc.MAX_BYTES].splitlines()
            ).strip()
            if text:
                texts.append(text)
    return max(texts, key=lambda text: ("none", "line", "word").index(lrc.parse(text).timed), default=None)


def _synced(frame: Any) -> str:
    """Timed words of ID3, in milliseconds; where pieces are syllables, a line feed begins each line."""
    if frame.format != 2 or frame.type not in {0, 1, 2}:
        return ""
    pieces = [(text, stamp / 1000) for text, stamp in frame.text[:20_000] if isinstance(text, str)]
    by_syllable = any(text.startswith(("\n", "\r")) for text, _ in pieces[1:])
    out = ""
    for place, (text, seconds) in enumerate(pieces):
        if place == 0 or not by_syllable or text.startswith(("\n", "\r")):
            out += f"\n[{lrc.stamp(seconds)}]"
        out += f"<{lrc.stamp(seconds)}>{text.strip(chr(10) + chr(13))}" if by_syllable else text.strip()
    return out


def _covers(audio: mutagen.FileType, found: dict[str, list[Any]]) -> Iterator[Cover]:
    """Pictures that are what they say, the front of the cover first."""
    pictures = [*found.get("apic", []), *(audio.pictures if isinstance(audio, FLAC) else [])]
    for value in found.get("metadata_block_picture", []):
        try:
            pictures.append(_Picture(base64.b64decode(_text(value))))
        except _BROKEN as error:
            log.debug("cover unreadable", reason=repr(error))
    ordered = sorted(pictures, key=lambda picture: bool(picture.type != PictureType.COVER_FRONT))
    for data in [picture.data for picture in ordered] + [bytes(value) for value in found.get("covr", [])]:
        mime = next((mime for begin, mime in _IMAGES.items() if data.startswith(begin)), None)
        if mime and len(data) <= MAX_COVER:
            yield Cover(data, mime)
