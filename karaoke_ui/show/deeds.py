"""Who did what to the queue, and how the rows were before: what the log tells, and what an undo brings back."""

import json
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from karaoke_ui.show.rights import BOX, Actor, Role
from karaoke_ui.show.tables import Deed, Guest, Login, Night, Partner, Performance, Singer, Turn
from pipeline.db import announce
from pipeline.tables import Song

# What is kept of each kind of row: nothing that moves by itself.
KEPT: dict[type[SQLModel], tuple[str, ...]] = {
    Turn: (
        "state",
        "song_id",
        "place",
        "key",
        "tempo",
        "partners",
        "message",
        "pinned",
        "later",
        "wish",
    ),
    Guest: ("paused", "confirmed", "muted", "removed_at"),
    Singer: ("name", "face", "spoken"),
    Performance: ("counted",),
    Night: ("name", "rules"),
}
# In place of a kind of row: what two entries were before they became one person.
MERGED = "merged"
KINDS = {kind.__name__.lower(): kind for kind in KEPT}

Rows = dict[str, dict[str, dict[str, Any]]]


def note(s: Session, who: Actor, action: str, *rows: SQLModel, **about: object) -> Deed:
    """Before rows are changed: write down who changes them, and how they are. Without rows there is no way back."""
    before: Rows = {}
    for row in rows:
        kept = {name: getattr(row, name) for name in KEPT[type(row)]}
        before.setdefault(type(row).__name__.lower(), {})[key_of(row)] = kept
    return _write(s, who, action, before, {**_names(s, rows), **about})


def note_new(s: Session, who: Actor, action: str, turn: Turn) -> Deed:
    """A turn that was not there before: its undo takes it out again."""
    before: Rows = {"turn": {turn.id: {"state": "removed"}}}
    return _write(s, who, action, before, _names(s, (turn,)))


def note_merged(s: Session, who: Actor, record: Mapping[str, Any], **about: object) -> Deed:
    """Two entries became one: the way back is its own."""
    return _write(s, who, "merged", {MERGED: {record["other"]: dict(record)}}, about)


def note_said(s: Session, who: Actor, action: str, row: SQLModel, **about: object) -> Deed:
    """Something that is told, and cannot be taken back as it was."""
    return _write(s, who, action, {}, {**_names(s, (row,)), **about})


def _write(s: Session, who: Actor, action: str, before: Rows, about: Mapping[str, object]) -> Deed:
    deed = Deed(
        night_id=s.exec(select(Night.id).where(Night.is_open)).one(),
        by=by(s, who),
        action=action,
        about=json.dumps(about, ensure_ascii=False),
        before=json.dumps(before, ensure_ascii=False),
    )
    s.add(deed)
    s.flush()
    announce(s, "deed", str(deed.id))
    return deed


def key_of(row: SQLModel) -> str:
    return row.singer_id if isinstance(row, Guest) else str(getattr(row, "id", ""))


def by(s: Session, who: Actor) -> str:
    """Who it was, as the log keeps it."""
    if who == BOX or who.role is Role.NOBODY:
        return "box"
    if who.role is Role.SINGER:
        return f"singer:{who.id}"
    login = s.get(Login, who.id)
    return f"cohost:{login.cohost_id}" if login and login.cohost_id else who.role.value


def of_night(s: Session, night_id: str, limit: int = 100) -> list[Deed]:
    """The newest first."""
    theirs = select(Deed).where(Deed.night_id == night_id)
    return list(s.exec(theirs.order_by(col(Deed.id).desc()).limit(limit)))


def _along(row: Turn | Performance) -> list[str]:
    """Those who sang along; of a turn those who do, or may yet."""
    if isinstance(row, Performance):
        return row.partners
    return [each for each, said in row.partners.items() if said != Partner.NO]


def _names(s: Session, rows: tuple[SQLModel, ...]) -> dict[str, object]:
    """The singers and the song that a sentence about the first of the rows needs."""
    first = rows[0] if rows else None
    if isinstance(first, Turn | Performance):
        singer, song = s.get(Singer, first.singer_id), s.get(Song, first.song_id)
        along = [each.name for each in (s.get(Singer, partner) for partner in _along(first)) if each]
        names = {"singer": singer.name if singer else "", "title": song.title if song else ""}
        return names | ({"along": along} if along else {})
    if isinstance(first, Guest):
        singer = s.get(Singer, first.singer_id)
        return {"singer": singer.name if singer else ""}
    return {"singer": first.name} if isinstance(first, Singer) else {}
