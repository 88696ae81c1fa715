"""Taking back what was done: the rows are again as they were, unless somebody did more to them since."""

import json
from typing import Any

from sqlmodel import Session, SQLModel, col, func, select

from karaoke_ui.show import clock, deeds, guests, messages, night, one_person
from karaoke_ui.show.deeds import CAME, KINDS, LINE, MERGED, SKIPPED, Rows
from karaoke_ui.show.rights import Actor, Right, Role, allow, check
from karaoke_ui.show.tables import Deed, Guest, Performance, Turn, TurnState
from pipeline.db import announce
from pipeline.errors import Conflict, NotFound, RightsError

OVER = (TurnState.ON_STAGE, TurnState.SUNG, TurnState.SKIPPED)


@allow(Role.HOST, Role.SINGER)
def undo(s: Session, actor: Actor, deed_id: int) -> Deed:
    """Take back a deed of tonight: the host any, a singer one of her own."""
    tonight = night.current(s)
    deed = s.get(Deed, deed_id)
    if deed is None or deed.night_id != tonight.id or deed.undone_at is not None:
        raise NotFound(what="deed")
    if actor.role is Role.SINGER and deed.by != deeds.by(s, actor):
        raise RightsError(reason="turn")
    before: Rows = json.loads(deed.before)
    if not before:
        raise Conflict(reason="no_way_back")
    if not deeds.is_of_queue(deed):
        check(s, actor, Role.HOST, right=Right.HOST)
    _refuse_if_changed_since(s, deed, before)
    for kind, rows in before.items():
        for key, values in rows.items():
            _bring_back(s, deed, kind, key, values)
    deed.undone_at = clock.now()
    s.add(deed)
    announce(s, "deed", str(deed.id))
    announce(s, "night", tonight.id)
    announce(s, "singer")
    night.changed(s, tonight)
    return deed


@allow(Role.HOST, Role.SINGER)
def undo_last(s: Session, actor: Actor) -> Deed:
    """Take back what the asker did last."""
    mine = select(Deed).where(
        Deed.night_id == night.current(s).id,
        Deed.by == deeds.by(s, actor),
        col(Deed.undone_at).is_(None),
        Deed.before != "{}",
    )
    last = s.exec(mine.order_by(col(Deed.id).desc()).limit(1)).first()
    if last is None or last.id is None:
        raise NotFound(what="deed")
    return undo(s, actor, last.id)


@allow(Role.HOST, Role.SINGER)
def put_back(s: Session, actor: Actor, turn_id: str) -> Turn:
    """Undo a removal: the turn stands as it did before. A singer brings back only what she took out herself."""
    turn = s.get(Turn, turn_id)
    if turn is None or turn.state not in (TurnState.REMOVED, TurnState.REFUSED):
        raise NotFound(what="song in the queue")
    night.refuse_others(actor, turn)
    taken_out = select(Deed).where(
        Deed.night_id == turn.night_id, col(Deed.action).in_(("removed", "refused"))
    )
    newest = s.exec(taken_out.where(col(Deed.before).contains(turn.id)).order_by(col(Deed.id).desc())).first()
    if newest is not None and newest.id is not None and newest.undone_at is None:
        undo(s, actor, newest.id)
    elif actor.role is Role.SINGER:
        raise RightsError(reason="turn")
    else:
        deeds.note(s, actor, "put_back", turn)
        turn.state = TurnState.WAITING
        s.add(turn)
        night.changed(s, night.current(s))
    return turn


def _refuse_if_changed_since(s: Session, deed: Deed, before: Rows) -> None:
    newer = select(Deed).where(
        Deed.night_id == deed.night_id, col(Deed.id) > deed.id, col(Deed.undone_at).is_(None)
    )
    for other in s.exec(newer):
        touched: Rows = json.loads(other.before)
        for kind, rows in before.items():
            if any(values.keys() & touched.get(kind, {}).get(key, {}).keys() for key, values in rows.items()):
                raise Conflict(reason="changed_since")


def _bring_back(s: Session, deed: Deed, kind: str, key: str, values: dict[str, Any]) -> None:
    if kind == MERGED:
        one_person.part(s, values)
    elif kind == SKIPPED:
        _sing_again(s, key)
    elif kind == CAME:
        guests.take_back(s, key)
    elif kind == LINE:
        messages.put_back(s, key, **values)
    else:
        _restore(s, deed, KINDS[kind], key, values)


def _sing_again(s: Session, turn_id: str) -> None:
    """What was broken off is next again, as if it had not begun."""
    turn = s.get(Turn, turn_id)
    if turn is None or turn.state is not TurnState.SKIPPED:
        raise NotFound(what="song in the queue")
    s.delete(s.exec(select(Performance).where(Performance.turn_id == turn.id)).one())
    night.comes_back(s, turn)
    turn.pinned = 1
    s.add(turn)


def _restore(s: Session, deed: Deed, kind: type[SQLModel], key: str, values: dict[str, Any]) -> None:
    row = s.get(kind, (deed.night_id, key) if kind is Guest else key)
    if row is None:
        raise NotFound(what="song in the queue")
    if isinstance(row, Turn):
        if row.state in OVER:
            raise Conflict(reason="sung_since")
        if row.called_at is not None and values.get("state", row.state) != row.state:
            raise Conflict(reason="called")
        if values.get("pinned") is not None:
            # Since then the queue has moved up.
            values = values | {"pinned": max(1, values["pinned"] - _sung_since(s, deed))}
    for name, value in values.items():
        # An enumeration was kept as its text.
        setattr(row, name, TurnState(value) if name == "state" else value)
    s.add(row)


def _sung_since(s: Session, deed: Deed) -> int:
    sung = select(func.count()).where(Performance.night_id == deed.night_id, Performance.started_at > deed.at)
    return s.exec(sung.select_from(Performance)).one()
