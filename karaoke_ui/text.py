"""Texts for whoever reads them: the catalogue of the screens and the command line, in the language that is spoken.

A language is a folder beside `texts/en`, here and in the pipeline; what it does not have yet is said in English.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from pipeline import catalogue as texts
from pipeline.errors import EncoreError

FOLDER = Path(__file__).parent / "texts"

# Of this request or this command.
spoken: ContextVar[str] = ContextVar("spoken", default="")
# Each language in its own words, as it is offered.
NAMES = {"en": "English", "de": "Deutsch", "es": "Español", "fr": "Français"}
# How each writes, where that is not as in English: what counts as one, dates, decimals, percents, quotes.
ONE = {"fr": (0, 1)}
DAY = {"de": "%d.%m.%Y", "es": "%d/%m/%Y", "fr": "%d/%m/%Y"}
POINT = {"de": ",", "es": ",", "fr": ","}
PERCENT = {"de": "\N{NO-BREAK SPACE}%", "es": "\N{NO-BREAK SPACE}%", "fr": "\N{NO-BREAK SPACE}%"}
QUOTES = {"de": "„“", "es": "«»", "fr": "«»"}
# Between the last two of several names; Spanish says “e” before the sound of an i.
AND = {"es": "y"}
SOUNDS_AS_I = re.compile(r"h?[ií](?![aeo])", re.IGNORECASE)
# What stands between a quote and its marks.
AIR = {"fr": "\N{NARROW NO-BREAK SPACE}"}


class Listener:
    """Outside of a request somebody else may know who reads: the page that is open."""

    find: Callable[[], str] = staticmethod(lambda: "")


def language() -> str:
    return spoken.get() or Listener.find() or texts.ENGLISH


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Where many texts follow each other it is not looked up for each who reads them."""
    before = spoken.set(language)
    try:
        yield
    finally:
        spoken.reset(before)


@cache
def languages() -> list[str]:
    """The codes of those there are."""
    return sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


def of_terminal(environ: Mapping[str, str]) -> str:
    """“de_DE.UTF-8” → “de”; English when the terminal says nothing that is known."""
    said = next(filter(None, map(environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    name = said.partition("_")[0].lower()
    return name if name in languages() else texts.ENGLISH


def t(key: str, /, **values: object) -> str:
    """The text of `part.key`, with its values filled in."""
    text = texts.read(FOLDER, language(), key.partition(".")[0])[key]
    return text.format_map(values) if values else text


def plural(key: str, count: int, /, **values: object) -> str:
    """`key.one` or `key.many`, with `{n}` filled in."""
    form = "one" if count in ONE.get(language(), (1,)) else "many"
    return t(f"{key}.{form}", n=count, **values)


def number(value: float, decimals: int = 0) -> str:
    """1234.5 → “1234.5” or “1234,5”."""
    return f"{value:.{decimals}f}".replace(".", POINT.get(language(), "."))


def percent(share: float) -> str:
    return f"{share:.0%}".replace("%", percent_sign())


def percent_sign() -> str:
    """The sign, with the space before it where one is written."""
    return PERCENT.get(language(), "%")


def clock(moment: float) -> str:
    """The time of day on the box's own clock: “22:10” in all of them."""
    return time.strftime("%H:%M", time.localtime(moment))


def day(moment: float) -> str:
    """“20 Nov 2026”, “20.11.2026”."""
    return time.strftime(DAY.get(language(), "%d %b %Y"), time.localtime(moment)).removeprefix("0")


def quoted(words: str) -> str:
    """“words”, „words“."""
    before, after = list(QUOTES.get(language(), "“”"))
    air = AIR.get(language(), "")
    return f"{before}{air}{words}{air}{after}"


def together(names: Sequence[str], spoken_in: str = "") -> str:
    """“Ada”, “Ada & Ben”, “Ada, Ben & Cleo”: those who sing together, in their order."""
    if len(names) < 2:
        return "".join(names)
    joint = AND.get(spoken_in or language(), "&")
    if joint == "y" and SOUNDS_AS_I.match(names[-1]):
        joint = "e"
    return f"{', '.join(names[:-1])} {joint} {names[-1]}"


def everywhere(key: str) -> dict[str, str]:
    """A text in every language there is."""
    return {each: texts.read(FOLDER, each)[key] for each in languages()}


def part(name: str) -> dict[str, str]:
    """All texts of one part without its prefix: what a page of our own takes along."""
    found = texts.read(FOLDER, language(), name.partition(".")[0])
    return {key.removeprefix(f"{name}."): text for key, text in found.items() if key.startswith(f"{name}.")}


def catalogue() -> Mapping[str, str]:
    return texts.read(FOLDER, language())


def of_error(error: EncoreError) -> str:
    return error.sentence(language())


def of_code(code: str, **context: object) -> str:
    """The same for what is no error of ours: a request that the framework refuses."""
    return texts.sentence(code, context, language())


def of_note(note: str) -> str:
    """An error that was written down somewhere, in words."""
    return texts.of_note(note, language())
