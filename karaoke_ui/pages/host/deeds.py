"""Who did what tonight, in sentences."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from karaoke_ui.show import deeds, night, nights
from karaoke_ui.show import names as called
from karaoke_ui.show.rights import Actor, Right
from karaoke_ui.show.tables import CoHost, Deed, Performance, Singer
from karaoke_ui.text import catalogue, t, together

MOST = 60


@dataclass(frozen=True)
class DeedView:
    """A line of the log."""

    id: int
    at: float
    who: str
    words: str
    undone: bool
    can_undo: bool
    # What was broken off, and whether it uses up the singer's turn.
    performance_id: str = ""
    counted: bool = False
    # The night that was closed, where it can go on.
    reopens: str = ""


def latest(s: Session, actor: Actor) -> Deed | None:
    """What somebody did last."""
    mine = select(Deed).where(Deed.by == deeds.by(s, actor)).order_by(col(Deed.id).desc())
    return s.exec(mine.limit(1)).first()


def broken_off(s: Session, turn_id: str) -> tuple[Deed, Performance]:
    """What came of a turn that was skipped, and the deed."""
    performance = s.exec(select(Performance).where(Performance.turn_id == turn_id)).one()
    skipped = select(Deed).where(Deed.action == "skipped", col(Deed.before).contains(turn_id))
    return s.exec(skipped.order_by(col(Deed.id).desc()).limit(1)).one(), performance


def can_undo(deed: Deed) -> bool:
    return deed.undone_at is None and deed.before not in ("", "{}")


def says(deed: Deed) -> str:
    """A deed as a sentence; one of a newer box is told by its name."""
    about: dict[str, Any] = json.loads(deed.about)
    key = f"host.deed.{deed.action}"
    if key not in catalogue():
        return deed.action
    blank = dict.fromkeys(("singer", "title", "name", "other", "to"), "")
    said = t(key, **{**blank, **about})
    return f"{said} · {t('host.log.along', names=together(about['along']))}" if about.get("along") else said


def listed(s: Session, rights: Collection[Right] = frozenset(Right)) -> list[DeedView]:
    """The newest first; with the way back for who has these rights."""
    found = deeds.of_night(s, night.current(s).id, MOST)
    ids = {deed.by.partition(":")[2] for deed in found}
    names = dict(s.exec(select(Singer.id, Singer.name).where(col(Singer.id).in_(ids))).all())
    names |= called.tonight(s, night.current(s).id)
    names |= dict(s.exec(select(CoHost.id, CoHost.name).where(col(CoHost.id).in_(ids))).all())
    skipped = {deed.id: json.loads(deed.about).get("performance", "") for deed in found}
    sung = select(Performance.id, Performance.counted).where(col(Performance.id).in_(skipped.values()))
    counted = dict(s.exec(sung).all())
    return [
        DeedView(
            deed.id or 0,
            deed.at,
            _who(deed.by, names),
            says(deed),
            deed.undone_at is not None,
            can_undo(deed) and (Right.QUEUE if deeds.is_of_queue(deed) else Right.HOST) in rights,
            skipped[deed.id] if skipped[deed.id] in counted else "",
            counted.get(skipped[deed.id], False),
            _reopens(s, deed),
        )
        for deed in found
    ]


def _reopens(s: Session, deed: Deed) -> str:
    closed = json.loads(deed.about).get("night", "") if deed.action.startswith("closed") else ""
    return closed if closed and deed.undone_at is None and nights.can_reopen(s, closed) else ""


def _who(by: str, names: Mapping[str, str]) -> str:
    kind, _, who = by.partition(":")
    return names.get(who) or t("host.log.host" if kind == "host" else "host.log.box")
