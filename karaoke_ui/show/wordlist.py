"""Names and messages pass a short list of rude words before a whole room reads them. The host decides about the rest."""

import re
import unicodedata
from functools import cache
from pathlib import Path

WORDS = Path(__file__).with_name("rude_words.txt")
# What stands for a letter.
DISGUISES = str.maketrans("0134578@$!|+", "oieastbasiit")


def is_rude(text: str) -> bool:
    words = _plain(text).split()
    # “f u c k” is one word.
    spelled = re.sub(r"\b(\w) (?=\w\b)", r"\1", " ".join(words)).split()
    return any(_is_listed(form) for word in {*words, *spelled} for form in _forms(word))


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.replace("ß", "ss").casefold())
    bare = "".join(c for c in letters if not unicodedata.combining(c)).translate(DISGUISES)
    return re.sub(r"[^\w]+|_", " ", re.sub(r"(?<=\w)[.*'’-](?=\w)", "", bare))


def _forms(word: str) -> set[str]:
    """As it stands, and without letters that are drawn out."""
    return {word, re.sub(r"(\w)\1+", r"\1", word), re.sub(r"(\w)\1{2,}", r"\1\1", word)}


def _is_listed(word: str) -> bool:
    whole, starts = _list()
    return word in whole or word.startswith(starts)


@cache
def _list() -> tuple[frozenset[str], tuple[str, ...]]:
    lines = [line.strip() for line in WORDS.read_text(encoding="utf-8").splitlines()]
    words = [line for line in lines if line and not line.startswith("#")]
    return frozenset(w for w in words if not w.endswith("*")), tuple(w[:-1] for w in words if w.endswith("*"))
