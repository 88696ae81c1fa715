"""What refers to a row from other tables, whichever package they belong to: the library does not know the night's."""

from collections.abc import Collection, Iterator

from sqlalchemy import Column, literal
from sqlmodel import Session, SQLModel, select


def columns(table: str, without: Collection[str] = ()) -> Iterator[Column[str]]:
    """The columns that hold the id of a row of this table."""
    for other in SQLModel.metadata.sorted_tables:
        if other.name not in without:
            yield from (key.parent for key in other.foreign_keys if key.column.table.name == table)


def is_referred(s: Session, table: str, ids: Collection[str], without: Collection[str] = ()) -> bool:
    return any(
        s.exec(select(literal(1)).where(column.in_(ids)).limit(1)).first()
        for column in columns(table, without)
    )
