"""Rows of a table by their ids: one query for a whole page."""

from functools import cache
from typing import Any, TypeVar

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from karaoke_ui.show.tables import Performance, Singer, Turn
from pipeline.tables import Song, Track

Row = TypeVar("Row", Song, Track, Singer, Turn, Performance)


def by_id(s: Session, kind: type[Row], ids: set[str]) -> dict[str, Row]:
    return {row.id: row for row in s.exec(_these(kind), params={"ids": list(ids)})} if ids else {}


@cache
def _these(kind: type[Row]) -> Any:
    """Put together once: every look at the queue asks it."""
    return select(kind).where(col(kind.id).in_(bindparam("ids", expanding=True)))
