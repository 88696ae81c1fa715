"""What people are called on the screens: by their name, and two of the same name by an initial as well."""

from collections.abc import Mapping
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
    """Those who share a name get a letter each, in the order in which they came: “Maria A.”, “Maria B.”"""
    same: dict[str, list[str]] = {}
    for singer_id, name in people:
        same.setdefault(name.casefold(), []).append(singer_id)
    shown = {}
    for singer_id, name in people:
        sharing = same[name.casefold()]
        place = sharing.index(singer_id)
        initial = f" {ascii_uppercase[place % 26]}." if len(sharing) > 1 else ""
        shown[singer_id] = f"{name}{initial}"
    return shown
