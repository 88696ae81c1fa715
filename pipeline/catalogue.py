"""The catalogue: every text that a person reads, by its key. One folder a language, one file a part of the product.

The pipeline has one part of its own, `errors`: the sentence for each error, and for each of its reasons. Logs are
English; what a person is shown is put into words where it is shown, in the language of whoever reads it.
"""

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "texts"
ENGLISH = "en"


@cache
def read(folder: Path, language: str, part: str = "*") -> Mapping[str, str]:
    """The texts of a folder, or of one part of it, by `part.key`; English where the language has none of its own."""
    return {**written(folder, ENGLISH, part), **written(folder, language, part)}


def written(folder: Path, language: str, part: str = "*") -> dict[str, str]:
    """What is written in that language itself."""
    found: dict[str, str] = {}
    for path in sorted((folder / language).glob(f"{part}.toml")):
        found |= _flat(path.stem, tomllib.loads(path.read_text(encoding="utf-8")))
    return found


def _flat(key: str, text: object) -> dict[str, str]:
    if isinstance(text, dict):
        return {k: v for name, inner in text.items() for k, v in _flat(f"{key}.{name}", inner).items()}
    return {key: str(text)}


def sentence(code: str, context: Mapping[str, object], language: str = ENGLISH) -> str:
    """An error in words: `errors.<code>`, or `errors.<code>.<its reason, or what it is about>`."""
    texts = read(FOLDER, language, "errors")
    which = context.get("reason") or context.get("what") or "other"
    known = (texts.get(f"errors.{code}{each}") for each in (f".{which}", ".other", ""))
    words = next(filter(None, known), texts["errors.error"])
    return words.format_map(_Values(context, language))


class _Values:
    """What is filled into a sentence: nothing that is missing may break it, and errors within are sentences too."""

    def __init__(self, values: Mapping[str, object], language: str) -> None:
        self._values = values
        self._language = language

    def __getitem__(self, name: str) -> object:
        value = self._values.get(name, "…")
        if name == "name" and not value:
            return read(FOLDER, self._language, "errors")["errors.nameless"]
        if isinstance(value, list):
            return "\n".join(sentence(each["code"], each["context"], self._language) for each in value)
        return value


def of_note(note: str, language: str = ENGLISH) -> str:
    """What an error left behind (`EncoreError.note`) in words. A text that is none is given back as it is."""
    try:
        kept = json.loads(note) if note.startswith("{") else None
    except ValueError:
        kept = None
    return note if kept is None else sentence(kept["code"], kept["context"], language)
