"""People who help the host: a name, a password, and only the rights that they were given."""

import time
from collections.abc import Sequence

from sqlmodel import Session, col, select

from karaoke_ui.show import night
from karaoke_ui.show.rights import GRANTED, Actor, Right, Role, allow
from karaoke_ui.show.tables import CoHost, Login
from pipeline.db import announce
from pipeline.errors import AlreadyThere, BadValue, NotFound

MAX_NAME = 24


@allow(Role.HOST)
def create(s: Session, actor: Actor, name: str, hashed: str, rights: Sequence[Right]) -> CoHost:
    """With the hash of a password."""
    made = CoHost(name=_name(s, name), password=hashed, rights=_joined(rights))
    s.add(made)
    s.flush()
    announce(s, "cohost", made.id)
    return made


@allow(Role.HOST)
def change(
    s: Session,
    actor: Actor,
    cohost_id: str,
    *,
    rights: Sequence[Right] | None = None,
    hashed: str | None = None,
) -> CoHost:
    """Other rights count from the next press on; another password ends the logins with the old one."""
    found = _get(s, cohost_id)
    if rights is not None:
        found.rights = _joined(rights)
    if hashed is not None:
        found.password = hashed
        _end_logins(s, cohost_id)
    s.add(found)
    announce(s, "cohost", cohost_id)
    return found


@allow(Role.HOST)
def delete(s: Session, actor: Actor, cohost_id: str) -> None:
    found = _get(s, cohost_id)
    _end_logins(s, cohost_id)
    s.delete(found)
    announce(s, "cohost", cohost_id)


@allow(Role.HOST)
def every(s: Session, actor: Actor) -> list[CoHost]:
    return list(s.exec(select(CoHost).order_by(col(CoHost.name))))


def rights_of(found: CoHost) -> list[Right]:
    return [Right(each) for each in found.rights.split(",") if each]


def named(s: Session, name: str) -> CoHost | None:
    return s.exec(select(CoHost).where(CoHost.name == night.clean_text(name))).first() if name else None


def _get(s: Session, cohost_id: str) -> CoHost:
    found = s.get(CoHost, cohost_id)
    if found is None:
        raise NotFound(what="cohost")
    return found


def _name(s: Session, name: str) -> str:
    clean = night.clean_text(name)
    if not clean or len(clean) > MAX_NAME:
        raise BadValue(what="name", value=clean, most=MAX_NAME)
    if s.exec(select(CoHost.id).where(CoHost.name == clean)).first() is not None:
        raise AlreadyThere(name=clean)
    return clean


def _joined(rights: Sequence[Right]) -> str:
    return ",".join(right for right in GRANTED if right in rights)


def _end_logins(s: Session, cohost_id: str) -> None:
    for login in s.exec(select(Login).where(Login.cohost_id == cohost_id, col(Login.ended_at).is_(None))):
        login.ended_at = time.time()
        s.add(login)
        announce(s, "login", login.id)
