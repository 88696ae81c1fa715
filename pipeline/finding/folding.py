"""Text as people type it: without case, accents and punctuation, as words; and how far two words are apart. Pure rules."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# What no decomposition takes apart, and the signs that people write out or use as letters.
_SPELLED = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "ħ": "h",
        "$": "s",
        "&": " and ",
        "%": " percent ",
        "+": " plus ",
        "#": " sharp ",
        "÷": " divide ",
        "×": " multiply ",
        "=": " equals ",
    }
)
_BANG = re.compile(r"(?<=\w)!(?=\w)")
# Scripts that put no space between words: each character counts as a word.
_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])")
_WORD = re.compile(r"[^\W_]+")
MAX_WORD = 40
# How much somebody who typed a beginning of a word meant the word.
BEGUN = 0.95


def fold(text: str) -> str:
    """“Beyoncé” → “beyonce”: what remains can be compared. Signs that are spoken become words."""
    plain = unicodedata.normalize("NFKD", text.casefold()).casefold()
    bare = "".join(c for c in plain if unicodedata.category(c) != "Mn")
    # “P!nk”; and back to one character for each syllable of Hangul.
    return unicodedata.normalize("NFC", _BANG.sub("i", bare).translate(_SPELLED))


def indexed(text: str) -> str:
    """The words of a title as they are looked up. “AC/DC” counts as “ac dc” and as “acdc”."""
    return " ".join(word for chunk in text.split() for forms in _forms(chunk) for word in forms)


def asked(text: str, most: int = 8) -> list[list[tuple[str, ...]]]:
    """What was typed: for each word the ways to write it, each a row of words that stand side by side."""
    return [forms for chunk in text.split()[:most] if (forms := list(_forms(chunk)))]


def _forms(chunk: str) -> Iterator[tuple[str, ...]]:
    folded = fold(chunk)
    split = _UNSPACED.sub(r" \1 ", folded)
    parts = tuple(part[:MAX_WORD] for part in _WORD.findall(split))
    if parts:
        yield parts
    if len(parts) > 1 and split == folded:
        yield ("".join(parts)[:MAX_WORD],)


def grams(word: str) -> set[str]:
    """The groups of three letters in a word, with its edges; and these two, which a slip inside leaves alone."""
    edged = f"^{word}$"
    return {edged[at : at + 3] for at in range(len(edged) - 2)} | {f"{word[0]}~{word[-1]}"}


def slips(word: str) -> int:
    """How many slips of the finger are forgiven in a word of this length."""
    return 0 if len(word) < 3 else 1 if len(word) < 5 else 2


def distance(typed: str, meant: str, most: int) -> tuple[int, int]:
    """Letters missed, added, mistaken or swapped between two words, and between the first and any beginning of the second.

    Both are `most` + 1 where they are larger than `most`.
    """
    beyond, wide = most + 1, len(typed) + most + 1
    if len(typed) - len(meant) > most:
        return beyond, beyond
    meant = meant[:wide]
    # Only the cells near the diagonal can stay within the bound.
    older: list[int] = []
    earlier = [at if at <= most else beyond for at in range(len(meant) + 1)]
    for i, a in enumerate(typed, 1):
        row = [beyond] * (len(meant) + 1)
        row[0] = min(i, beyond)
        for j in range(max(1, i - most), min(len(meant), i + most) + 1):
            b = meant[j - 1]
            cost = min(earlier[j] + 1, row[j - 1] + 1, earlier[j - 1] + (a != b))
            if i > 1 and j > 1 and a == meant[j - 2] and typed[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row[j] = cost
        if min(row) > most:
            return beyond, beyond
        older, earlier = earlier, row
    return min(earlier[-1], beyond), min(*earlier, beyond)


@lru_cache(maxsize=4096)
def likeness(typed: str, meant: str) -> float:
    """How probable it is that somebody who typed one word meant the other: 1 the same, 0 not at all."""
    if typed == meant:
        return 1.0
    if meant.startswith(typed):
        return BEGUN
    most = slips(typed)
    if most == 0:
        return 0.0
    whole, beginning = distance(typed, meant, most)
    if whole <= most:
        return 0.9 - 0.4 * whole / len(typed) - (0.05 if typed[0] != meant[0] else 0.0)
    if len(typed) > 4 and beginning < most:
        return 0.8 - 0.4 * beginning / len(typed)
    return 0.5 * len(typed) / len(meant) if typed in meant else 0.0
