"""Those who sing along, as the rows keep them: JSON, of a turn with the answers, of what was sung without."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, cast

from karaoke_ui.show.tables import Partner


def yes(partners: Mapping[str, Partner]) -> tuple[str, ...]:
    """Of those who were asked: who sings along."""
    return tuple(each for each, said in partners.items() if said == Partner.YES)


def waits(partners: Mapping[str, Partner]) -> bool:
    """Somebody has not answered."""
    return Partner.ASKED in partners.values()


def names(partners: Any, singer_id: str) -> ColumnElement[bool]:
    """Whether somebody is in such a column. Ids are of one length: none is a part of another."""
    return cast(partners, String).contains(singer_id)


def somebody(partners: Any) -> ColumnElement[bool]:
    """Whether anybody is in a column of those who sang along."""
    return cast(partners, String) != "[]"


def as_one(partners: Mapping[str, Partner], kept: str, other: str, singer: str) -> dict[str, Partner]:
    """The same when `other` turned out to be `kept`: once, with a yes if either said it; not with `singer` herself."""
    found: dict[str, Partner] = {}
    for each, said in partners.items():
        who = kept if each == other else each
        if who != singer and found.get(who) != Partner.YES:
            found[who] = said
    return found
