"""Who did what to the queue, and how the rows were before: what the log tells, and what an undo brings back."""

import json
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from karaoke_ui.show import names as called
from karaoke_ui.show.rights import BOX, Actor, Role
from karaoke_ui.show.tables import Deed, Guest, Login, Message, Night, Partner, Performance, Singer, Turn
from pipeline.db import announce
from pipeline.tables import Song

# What is kept of each kind of row.
KEPT: dict[type[SQLModel], tuple[str, ...]] = {
    Turn: (
        "state",
        "song_id",
        "key",
        "tempo",
        "partners",
        "approved",
        "message",
        "message_allowed",
    ),
    Guest: ("paused", "confirmed", "muted", "removed_at"),
    Singer: ("name", "face", "spoken"),
    Performance: ("counted",),
    Message: ("state", "until"),
    Night: ("name", "rules"),
}
# What these deeds change of a turn in place of that. An undo brings back nothing else: places move by themselves.
CHANGED: dict[str, tuple[str, ...]] = {
    "moved": ("pinned", "later"),
    "swapped": ("pinned", "later"),
    "unpinned": ("pinned",),
    "removed": ("state", "pinned"),
    "approved": ("state", "approved", "message_allowed"),
    "words_allowed": ("message_allowed",),
    "words_refused": ("message_allowed",),
    "refused": ("state",),
    "put_back": ("state",),
    "sent_home": ("state", "partners"),
    "reordered": ("place",),
    "answered": ("partners",),
    "wished": ("wish", "pinned"),
    "later": ("later",),
    "missed": ("later", "missed"),
    "early": ("early_ok",),
}
# In place of a kind of row: what two entries were before they became one person, the song that was broken off, and who
# came without a phone. Lines for the room are on a screen or not, so their way back is their own as well.
MERGED, SKIPPED, CAME, LINE = "merged", "skipped", "came", "message"
KINDS = {kind.__name__.lower(): kind for kind in KEPT}

Rows = dict[str, dict[str, dict[str, Any]]]


def note(s: Session, who: Actor, action: str, *rows: SQLModel, **about: object) -> Deed:
    """Before rows are changed: write down who changes them, and how they are. Without rows there is no way back."""
    before: Rows = {}
    for row in rows:
        names = CHANGED.get(action, KEPT[Turn]) if isinstance(row, Turn) else KEPT[type(row)]
        kept = {name: getattr(row, name) for name in names}
        before.setdefault(type(row).__name__.lower(), {})[key_of(row)] = kept
    return _write(s, who, action, before, {**_names(s, rows), **about})


def note_new(s: Session, who: Actor, action: str, turn: Turn) -> Deed:
    """A turn that was not there before: its undo takes it out again."""
    before: Rows = {"turn": {turn.id: {"state": "removed"}}}
    return _write(s, who, action, before, _names(s, (turn,)))


def note_merged(s: Session, who: Actor, record: Mapping[str, Any], **about: object) -> Deed:
    """Two entries became one: the way back is its own."""
    return _write(s, who, "merged", {MERGED: {record["other"]: dict(record)}}, about)


def note_skipped(s: Session, who: Actor, performance: Performance) -> Deed:
    """A song was broken off: the way back is its own."""
    about = {**_names(s, (performance,)), "performance": performance.id}
    return _write(s, who, "skipped", {SKIPPED: {performance.turn_id: {}}}, about)


def note_came(s: Session, who: Actor, singer: Singer) -> Deed:
    """Somebody without a phone is here: the undo lets them never have been, as long as they asked for nothing."""
    return _write(s, who, "walk_up", {CAME: {singer.id: {}}}, _names(s, (singer,)))


def note_line(s: Session, who: Actor, message: Message) -> Deed:
    """The host's own line, which is shown at once: its undo takes it down."""
    before: Rows = {LINE: {message.id: {"state": "over"}}}
    return _write(s, who, "message_said", before, _names(s, (message,)))


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


def is_of_queue(deed: Deed) -> bool:
    """About turns and people; what is about the night itself is the host's alone."""
    return Night.__name__.lower() not in json.loads(deed.before)


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


def newest(s: Session, who: Actor, action: str, turn_id: str) -> int | None:
    """The deed of this kind that somebody did last to a turn, where it was not taken back."""
    theirs = select(Deed.id).where(
        Deed.by == by(s, who), Deed.action == action, col(Deed.undone_at).is_(None)
    )
    return s.exec(theirs.where(col(Deed.before).contains(turn_id)).order_by(col(Deed.id).desc())).first()


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
        singer, *others = called_tonight(s, first.singer_id, *_along(first))
        along, song = [each for each in others if each], s.get(Song, first.song_id)
        about: dict[str, object] = {"singer": singer, "title": song.title if song else ""}
        return about | ({"along": along} if along else {})
    if isinstance(first, Guest | Singer | Message):
        (singer,) = called_tonight(s, first.id if isinstance(first, Singer) else first.singer_id)
        return {"singer": singer, **({"text": first.text} if isinstance(first, Message) else {})}
    return {}


def called_tonight(s: Session, *singer_ids: str) -> list[str]:
    """As the screens call them at this moment."""
    shown = called.tonight(s, s.exec(select(Night.id).where(Night.is_open)).one())
    known = ((shown.get(each), s.get(Singer, each)) for each in singer_ids)
    return [name or (singer.name if singer else "") for name, singer in known]
