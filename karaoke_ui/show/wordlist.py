"""Names and messages pass a short list of rude words before a whole room reads them. The host decides about the rest."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WORDS = Path(__file__).with_name("rude_words.txt")
# What stands for a letter.
DISGUISES = str.maketrans("0134578@$!|+", "oieastbasiit")


# Shorter ones are other words by the same letters: “cull” is not drawn out.
SHORTEST_DRAWN_OUT = 4


@dataclass(frozen=True)
class _List:
    whole: frozenset[str]
    starts: tuple[str, ...]
    phrases: tuple[str, ...]
    harmless: tuple[str, ...]


def is_rude(text: str) -> bool:
    # “d’un …” is two words, “f’u’c’k” is one.
    return any(_has_rude(_plain(form)) for form in {text, re.sub("['’]", " ", text)})


def _has_rude(plain: str) -> bool:
    known = _list()
    said = f" {' '.join(plain.split())} "
    for phrase in known.harmless:
        said = said.replace(f" {phrase} ", " ")
    if any(f" {phrase} " in said for phrase in known.phrases):
        return True
    # “f u c k” is one word.
    spelled = re.sub(r"\b(\w) (?=\w\b)", r"\1", said).split()
    forms = (form for word in {*said.split(), *spelled} for form in _forms(word))
    return any(form in known.whole or form.startswith(known.starts) for form in forms)


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.replace("ß", "ss").casefold())
    bare = "".join(c for c in letters if not unicodedata.combining(c))
    # An exclamation mark is a letter within a word alone.
    bare = re.sub(r"[!|+]+(?!\w)", " ", bare).translate(DISGUISES)
    return re.sub(r"[^\w]+|_", " ", re.sub(r"(?<=\w)[.*'’-](?=\w)", "", bare))


def _forms(word: str) -> set[str]:
    """As it stands, and without letters that are drawn out."""
    once = re.sub(r"(\w)\1+", r"\1", word)
    drawn_out = len(once) >= SHORTEST_DRAWN_OUT or re.search(r"(\w)\1\1", word)
    return {word, once if drawn_out else word, re.sub(r"(\w)\1{2,}", r"\1\1", word)}


@cache
def _list() -> _List:
    lines = [line.strip() for line in WORDS.read_text(encoding="utf-8").splitlines()]
    words = [line for line in lines if line and not line.startswith("#")]
    harmless = {word for word in words if word.startswith("!")}
    starts = {word for word in words if word.endswith("*")}
    phrases = {word for word in words if " " in word} - harmless
    return _List(
        whole=frozenset({*words} - harmless - starts - phrases),
        starts=tuple(word[:-1] for word in starts),
        phrases=tuple(phrases),
        harmless=tuple(word[1:] for word in harmless),
    )
