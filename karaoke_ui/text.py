"""The catalogue: every text that a person reads, by key. One folder a language, one file a part of the product."""

import tomllib
from functools import cache
from pathlib import Path

from pipeline.errors import EncoreError

FOLDER = Path(__file__).parent / "texts"
LANGUAGE = "en"


def t(key: str, /, **values: object) -> str:
    """The text of `part.key`, with its values filled in."""
    return catalogue()[key].format_map(values) if values else catalogue()[key]


def plural(key: str, count: int, /, **values: object) -> str:
    """`key.one` or `key.many`, with `{n}` filled in."""
    return t(f"{key}.{'one' if count == 1 else 'many'}", n=count, **values)


def part(name: str) -> dict[str, str]:
    """All texts of one part without its prefix: what a page of our own takes along."""
    return {key.split(".", 1)[1]: text for key, text in catalogue().items() if key.startswith(f"{name}.")}


@cache
def catalogue(language: str = LANGUAGE) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted((FOLDER / language).glob("*.toml")):
        for key, text in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found |= _flat(f"{path.stem}.{key}", text)
    return found


def _flat(key: str, text: object) -> dict[str, str]:
    if isinstance(text, dict):
        return {k: v for name, inner in text.items() for k, v in _flat(f"{key}.{name}", inner).items()}
    return {key: str(text)}


def of_error(error: EncoreError) -> str:
    """An error in words: the catalogue's, where it has some for the code, else the error's own sentence."""
    sentence = catalogue().get(f"errors.{error.code}")
    return sentence.format_map(error.context) if sentence else str(error)
