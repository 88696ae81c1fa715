"""A file of words, whichever of its kinds it is: told by its content."""

from typing import Literal

from pipeline.formats import lrc, ultrastar
from pipeline.words import Lyrics

Kind = Literal["sidecar", "ultrastar"]


def read(content: bytes, seconds: float | None = None) -> tuple[Kind, Lyrics]:
    """Where the words are from, and the words, for a song of that length."""
    text = lrc.decode_text(content)
    if ultrastar.recognise(text):
        return "ultrastar", ultrastar.parse(ultrastar.decode_text(content), seconds)
    return "sidecar", lrc.parse(text, seconds)


def head(content: bytes | None) -> ultrastar.Head | None:
    """What an UltraStar file says of its song; None for any other."""
    if content is None:
        return None
    text = ultrastar.decode_text(content)
    return ultrastar.head(text) if ultrastar.recognise(text) else None
