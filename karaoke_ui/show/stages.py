"""The TVs: known by a token, paired by a code that the host types, one of them leading."""

import secrets
import time

from sqlmodel import Session, col, select, update

from karaoke_ui.show.rights import Actor, Role, allow
from karaoke_ui.show.tables import Stage
from pipeline.db import announce
from pipeline.errors import NotFound, NotReady, WrongCode


def known(s: Session, token: str) -> Stage:
    """The stage of this token; a new one waits, with a code of its own, until the host pairs it."""
    stage = s.exec(select(Stage).where(Stage.token == token)).first()
    if stage is None:
        taken = set(s.exec(select(Stage.code).where(col(Stage.paired_at).is_(None))))
        free = [
            code for code in (f"{secrets.randbelow(10_000):04d}" for _ in range(200)) if code not in taken
        ]
        stage = Stage(token=token, code=free[0])
        s.add(stage)
        s.flush()
    return stage


@allow(Role.HOST)
def pair(s: Session, actor: Actor, code: str) -> Stage:
    """Let in the screen that shows this code. The first one leads."""
    waiting = select(Stage).where(Stage.code == code.strip(), col(Stage.paired_at).is_(None), Stage.connected)
    stage = s.exec(waiting).first()
    if stage is None:
        raise WrongCode(code=code)
    stage.paired_at = time.time()
    s.add(stage)
    s.flush()
    _choose_leader(s)
    announce(s, "stage", stage.id)
    return stage


@allow(Role.HOST)
def let_in(s: Session, actor: Actor, token: str) -> Stage:
    """Pair the screen of the box itself, which needs no code."""
    stage = known(s, token)
    stage.paired_at = stage.paired_at or time.time()
    s.add(stage)
    s.flush()
    _choose_leader(s)
    announce(s, "stage", stage.id)
    return stage


@allow(Role.HOST)
def unpair(s: Session, actor: Actor, stage_id: str) -> None:
    """Send a screen away: it shows a new code and plays no more."""
    stage = s.get(Stage, stage_id)
    if stage is None:
        raise NotFound(what="stage")
    stage.paired_at, stage.leads = None, False
    stage.code = f"{secrets.randbelow(10_000):04d}"
    s.add(stage)
    s.flush()
    _choose_leader(s)
    announce(s, "stage", stage.id)


@allow(Role.HOST)
def ring(s: Session, actor: Actor, stage_id: str) -> None:
    """Let a stage play a tone, for the host to hear."""
    stage = s.get(Stage, stage_id)
    if stage is None or stage.paired_at is None:
        raise NotFound(what="stage")
    if not stage.connected or not stage.armed:
        raise NotReady(what="stage")
    announce(s, "tone", stage.id)


@allow(Role.HOST)
def confirm(s: Session, actor: Actor, stage_id: str, heard: bool) -> Stage:
    """The host heard its tone, or did not."""
    stage = s.get(Stage, stage_id)
    if stage is None or stage.paired_at is None:
        raise NotFound(what="stage")
    stage.heard_at = time.time() if heard else None
    s.add(stage)
    announce(s, "stage", stage.id)
    return stage


def paired(s: Session) -> list[Stage]:
    return list(s.exec(select(Stage).where(col(Stage.paired_at).is_not(None)).order_by(col(Stage.paired_at))))


def saw(s: Session, stage_id: str, *, connected: bool, armed: bool) -> None:
    """Note that a stage came, went, or was armed."""
    stage = s.get(Stage, stage_id)
    if stage is None or (stage.connected, stage.armed) == (connected, armed):
        return
    stage.connected, stage.armed = connected, armed
    s.add(stage)
    s.flush()
    _choose_leader(s)
    announce(s, "stage", stage.id)


def forget_connections(s: Session) -> None:
    """At the server's start nobody is connected yet; pages that are still open come back within a second or two."""
    s.exec(update(Stage).values(connected=False, armed=False))
    # A screen that was opened once and never paired is of no use to anybody after a day.
    for stage in s.exec(
        select(Stage).where(col(Stage.paired_at).is_(None), Stage.created_at < time.time() - 86_400)
    ):
        s.delete(stage)


def _choose_leader(s: Session) -> None:
    """One leads. A leader that is there keeps leading; else the first armed one, else the first that is there."""
    here = [stage for stage in paired(s) if stage.connected]
    leader = next((stage for stage in here if stage.leads), None)
    if leader is None or (not leader.armed and any(stage.armed for stage in here)):
        leader = next((stage for stage in here if stage.armed), here[0] if here else None)
    if leader is None:
        return
    for stage in paired(s):
        if stage.leads != (stage.id == leader.id):
            stage.leads = stage.id == leader.id
            s.add(stage)
