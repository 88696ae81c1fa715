"""How long words take to sing, in syllables: told by their letters, roughly, in any script."""

import re
import unicodedata

# A run of them is one syllable.
_VOWELS = re.compile(r"[aeiouyæœøıаеёиоуыэюяіїєαεηιουω]+")
_SILENT_END = re.compile(r"[^aeiouyl]e$")
# Scripts without spaces between words, and those that write a syllable, or most of one, as one letter.
_UNSPACED = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_LETTER_A_SYLLABLE = re.compile(
    r"[\u0900-\u0dff\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)
# They lengthen or join the syllable before them.
_JOINED = "ャュョァィゥェォッーゃゅょぁぃぅぇぉっ"
_PIECE = re.compile(rf"[{_UNSPACED}][{_JOINED}]*[^\w]*|[^\s{_UNSPACED}]+\s*")


def pieces(text: str) -> list[str]:
    """A line cut into its words, each with the space behind it; where a script has no spaces, into its letters."""
    return _PIECE.findall(text)


def count(word: str, english: bool = False) -> int:
    """At least 1: whatever stands in a line takes some time."""
    word = word.casefold()
    letters = _LETTER_A_SYLLABLE.findall(re.sub(f"[{_JOINED}]", "", word))
    if letters:
        return len(letters)
    plain = re.sub(
        r"[^\w]|\d",
        "",
        "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)),
    )
    found = len(_VOWELS.findall(plain))
    if english and found > 1 and _SILENT_END.search(plain):
        found -= 1
    if not found and not re.search(r"[a-z]", plain):
        found = round(len(plain) / 2.5)  # an alphabet that leaves its vowels out
    return max(1, found)
