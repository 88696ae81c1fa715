"""Two entries that are one person: what the other one had goes to the one that stays, and back if that was wrong."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, inspect
from sqlmodel import Session, SQLModel, delete, select, update

from karaoke_ui.show import along, lineup
from karaoke_ui.show.tables import (
    Favourite,
    Guest,
    Message,
    Partner,
    Performance,
    Phone,
    PhoneSinger,
    Singer,
    Turn,
    TurnState,
)
from pipeline.db import announce
from pipeline.errors import Conflict

# What is a singer's, by its key; and of what each singer has one row for such a key.
OWNED: tuple[tuple[type[SQLModel], str], ...] = (
    (Turn, "id"),
    (Performance, "id"),
    (Message, "id"),
    (Phone, "token"),
)
SHARED: tuple[tuple[type[SQLModel], str], ...] = (
    (PhoneSinger, "token"),
    (Favourite, "song_id"),
    (Guest, "night_id"),
)
KINDS = {kind.__name__: (kind, key) for kind, key in (*OWNED, *SHARED)}

Record = dict[str, Any]
# What others sing along in, and sang.
SungAlong = TypeVar("SungAlong", Turn, Performance)


def unite(s: Session, night_id: str, kept: Singer, other: Singer) -> Record:
    """Gives what is needed to part them again."""
    waiting = lineup.waiting(s, night_id)
    mine = {turn.song_id for turn in waiting if turn.singer_id == kept.id}
    twice = [turn for turn in waiting if turn.singer_id == other.id and turn.song_id in mine]
    for turn in twice:
        turn.state = TurnState.REMOVED
        s.add(turn)
    s.flush()
    gone = {kind.__name__: _give_up(s, kind, key, kept.id, other.id) for kind, key in SHARED}
    moved = {name: _hand_over(s, name, other.id, kept.id) for name in KINDS}
    record: Record = {
        "kept": kept.id,
        "other": other.id,
        "regular": kept.regular,
        "moved": moved,
        "gone": gone,
    }
    record["twice"] = [turn.id for turn in twice]
    record["along"] = {
        "turns": _unite_along(s, Turn, kept.id, other.id),
        "sung": _unite_along(s, Performance, kept.id, other.id),
    }
    other.merged_into, kept.regular = kept.id, kept.regular or other.regular
    _tell(s, kept, other)
    return record


def part(s: Session, record: Record) -> None:
    """What came since stays with the one that stayed."""
    kept, other = s.get_one(Singer, record["kept"]), s.get_one(Singer, record["other"])
    if other.merged_into != kept.id or kept.merged_into:
        raise Conflict(reason="changed_since")
    _restore_along(s, Turn, record["along"]["turns"], kept.id, other.id)
    _restore_along(s, Performance, record["along"]["sung"], kept.id, other.id)
    s.flush()
    for name, keys in record["moved"].items():
        _hand_over(s, name, kept.id, other.id, keys)
    for name, lost in record["gone"].items():
        for each in lost:
            s.merge(KINDS[name][0].model_validate(each))
    for turn in (s.get(Turn, turn_id) for turn_id in record["twice"]):
        if turn is not None and turn.state is TurnState.REMOVED:
            turn.state = TurnState.WAITING
            s.add(turn)
    other.merged_into, kept.regular = "", record["regular"]
    _tell(s, kept, other)


def _tell(s: Session, *singers: Singer) -> None:
    """Their phones look who they are now."""
    for each in singers:
        s.add(each)
        announce(s, "singer", each.id)


def _hand_over(s: Session, name: str, of: str, to: str, keys: Iterable[str] | None = None) -> list[str]:
    """All of a kind, or those with these keys."""
    kind, key = KINDS[name]
    columns = inspect(kind).columns
    theirs: ColumnElement[bool] = columns["singer_id"] == of
    if keys is not None:
        theirs &= columns[key].in_(list(keys))
    found = list(s.exec(select(columns[key]).where(theirs)))
    s.exec(update(kind).where(theirs).values(singer_id=to))
    s.expire_all()
    return found


def _give_up(s: Session, kind: type[SQLModel], key: str, kept: str, other: str) -> list[dict[str, Any]]:
    """What both have is one: that of the other goes."""
    columns = inspect(kind).columns
    there = select(columns[key]).where(columns["singer_id"] == kept)
    twice = (columns["singer_id"] == other) & columns[key].in_(there)
    lost = [row.model_dump(mode="json") for row in s.exec(select(kind).where(twice))]
    s.exec(delete(kind).where(twice))
    s.expire_all()
    return lost


def _unite_along(s: Session, kind: type[SungAlong], kept: str, other: str) -> dict[str, Any]:
    """Row → who sang along before, where that is another list now."""
    before = {}
    for row in s.exec(select(kind).where(_either(kind.partners, kept, other))):
        as_one = _as_one(row, row.partners, kept, other)
        if as_one != row.partners:
            before[row.id], row.partners = row.partners, as_one
            s.add(row)
    return before


def _restore_along(
    s: Session, kind: type[SungAlong], before: Mapping[str, Any], kept: str, other: str
) -> None:
    for row_id, partners in before.items():
        row = s.get(kind, row_id)
        if row is not None and row.partners == _as_one(row, partners, kept, other):
            row.partners = partners
            s.add(row)


def _as_one(row: Turn | Performance, partners: Any, kept: str, other: str) -> Any:
    if isinstance(row, Turn):
        return along.as_one(partners, kept, other, row.singer_id)
    return list(along.as_one(dict.fromkeys(partners, Partner.YES), kept, other, row.singer_id))


def _either(partners: Any, kept: str, other: str) -> ColumnElement[bool]:
    return along.names(partners, kept) | along.names(partners, other)
