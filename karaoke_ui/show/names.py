"""What people are called on the screens: by their name, and two of the same name by an initial as well."""

import unicodedata
from collections.abc import Iterator, Mapping
from itertools import count, product
from string import ascii_uppercase

from sqlmodel import Session, col, select

from karaoke_ui.show.tables import Guest, Singer


def tonight(s: Session, night_id: str) -> Mapping[str, str]:
    """Singer → the name that tells them apart from everybody else of the night."""
    here = (
        select(Singer.id, Singer.name)
        .join(Guest, col(Guest.singer_id) == Singer.id)
        .where(Guest.night_id == night_id)
        .order_by(col(Guest.came_at), col(Singer.id))
    )
    return told_apart(list(s.exec(here)))


def told_apart(people: list[tuple[str, str]]) -> dict[str, str]:
    """Those who share a name get a letter each, in the order in which they came: “Maria A.”, “Maria B.”

    No letter makes a name that somebody else has. Who came earlier keeps the name that is on the screens already: the
    letters go to those who come after.
    """
    first: dict[str, tuple[str, str]] = {}
    letters: dict[str, Iterator[str]] = {}
    shown: dict[str, str] = {}
    taken: set[str] = set()

    def mark(singer_id: str, name: str, same: str) -> None:
        marked = (f"{name} {letter}." for letter in letters.setdefault(same, _letters()))
        shown[singer_id] = next(
            each for each in marked if _alike(each) not in taken and _alike(each) not in first
        )
        taken.add(_alike(shown[singer_id]))

    for singer_id, name in people:
        same = _alike(name)
        if same in first:
            if same not in letters:
                mark(*first[same], same)
            mark(singer_id, name, same)
            continue
        first[same] = (singer_id, name)
        if same in taken:
            mark(singer_id, name, same)
        else:
            shown[singer_id] = name
    return shown


def _alike(name: str) -> str:
    """What two names have in common that look the same."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _letters() -> Iterator[str]:
    """A, B, …, Z, AA, AB, …"""
    for length in count(1):
        yield from map("".join, product(ascii_uppercase, repeat=length))
