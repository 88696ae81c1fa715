"""Who is asking: signed cookies, the host's password and logins, and the guard in front of every route.

Each browser holds random tokens, signed with the box's secret: one for the phone of a singer, one for a login of the
host, one for a stage. The guard lets a request through only when its route names the role of whoever asks.
"""

import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from itsdangerous import BadSignature, Signer
from sqlmodel import Session, col, select
from starlette.responses import Response

from karaoke_ui.house import House
from karaoke_ui.show import cohosts
from karaoke_ui.show.rights import NOBODY, Actor, Right, Role, allow
from karaoke_ui.show.tables import Login, Phone, Stage
from pipeline.db import announce
from pipeline.errors import BadValue, Conflict, WrongCode, WrongPassword
from pipeline.tables import Setting

COOKIES = {Role.HOST: "encore_host", Role.SINGER: "encore_phone", Role.STAGE: "encore_stage"}
COOKIE_SECONDS = 400 * 86_400
MIN_PASSWORD = 8
PASSWORD, SETUP_CODE = "host.password", "host.setup_code"


class Keys:
    """Signs tokens with the secret of this box."""

    def __init__(self, folder: Path) -> None:
        self._secret = _secret(folder / "secret")

    def sign(self, role: Role, token: str) -> str:
        return self._signer(role).sign(token).decode()

    def read(self, role: Role, cookies: Mapping[str, str]) -> str:
        """The token in this role's cookie, or an empty text when there is none that we signed."""
        try:
            return self._signer(role).unsign(cookies.get(COOKIES[role], "")).decode()
        except BadSignature:
            return ""

    def _signer(self, role: Role) -> Signer:
        return Signer(self._secret, salt=role.value)


def new_token() -> str:
    return secrets.token_urlsafe(24)


def give_cookie(answer: Response, keys: Keys, role: Role, token: str) -> None:
    """Let a browser keep its token. Lax: the cookie comes along when a QR code opens the page, not from other sites."""
    answer.set_cookie(
        COOKIES[role], keys.sign(role, token), max_age=COOKIE_SECONDS, httponly=True, samesite="lax"
    )


def host(s: Session, token: str) -> Actor:
    login = s.get(Login, token) if token else None
    return Actor(Role.HOST, login.id) if login and login.ended_at is None else NOBODY


def singer(s: Session, token: str) -> Actor:
    """Who sings with this phone now."""
    found = s.get(Phone, token) if token else None
    return Actor(Role.SINGER, found.singer_id) if found else NOBODY


def stage(s: Session, token: str) -> Actor:
    found = s.exec(select(Stage).where(Stage.token == token)).first() if token else None
    return Actor(Role.STAGE, found.id) if found and found.paired_at else NOBODY


def setup_code(s: Session) -> str | None:
    """The one-time code for the first login, None once there is a password."""
    if s.get(Setting, PASSWORD):
        return None
    kept = s.get(Setting, SETUP_CODE)
    if kept is None:
        kept = Setting(name=SETUP_CODE, value=f"{secrets.randbelow(1_000_000):06d}")
        s.add(kept)
    return kept.value


@allow(Role.NOBODY, Role.SINGER, Role.STAGE)
def set_up(s: Session, actor: Actor, code: str, hashed: str) -> Login:
    """The first login: the code from the terminal, and the hash of the password of the host's choice."""
    right = setup_code(s)
    if right is None:
        raise Conflict(reason="password_set")
    if not secrets.compare_digest(right.encode(), "".join(code.split()).encode()):
        raise WrongCode
    s.merge(Setting(name=PASSWORD, value=hashed))
    kept = s.get(Setting, SETUP_CODE)
    if kept is not None:
        s.delete(kept)
    return _new_login(s)


@allow(Role.NOBODY, Role.SINGER, Role.STAGE, Role.HOST)
def log_in(s: Session, actor: Actor, fitting: str, name: str = "") -> Login:
    """`fitting` is the hash that the password was found to fit: it must be the box's own still, or the co-host's."""
    if not fitting or fitting != kept_hash(s, name):
        raise WrongPassword
    helper = cohosts.named(s, name)
    return _new_login(s, helper.id if helper else "")


@allow(Role.HOST, right=Right.LOGIN)
def log_out(s: Session, actor: Actor) -> None:
    _end(s, s.get_one(Login, actor.id))


@allow(Role.HOST)
def change_password(s: Session, actor: Actor, fitting: str, hashed: str) -> None:
    """`fitting` is the hash that the old password was found to fit. The host's other logins end."""
    if fitting != kept_hash(s):
        raise WrongPassword
    s.merge(Setting(name=PASSWORD, value=hashed))
    others = select(Login).where(
        col(Login.ended_at).is_(None), Login.cohost_id == "", col(Login.id) != actor.id
    )
    for login in s.exec(others):
        _end(s, login)


@allow(Role.HOST)
def forget_password(s: Session, actor: Actor) -> str:
    """For whoever has a shell on the box: the code with which another one is chosen. The host's logins end."""
    kept = s.get(Setting, PASSWORD)
    if kept is not None:
        s.delete(kept)
        s.flush()
    for login in s.exec(select(Login).where(col(Login.ended_at).is_(None), Login.cohost_id == "")):
        _end(s, login)
    return setup_code(s) or ""


@allow(Role.HOST)
def end_all_logins(s: Session, actor: Actor) -> None:
    for login in s.exec(select(Login).where(col(Login.ended_at).is_(None))):
        _end(s, login)


def kept_hash(s: Session, name: str = "") -> str:
    """The host's, or that of the co-host of this name."""
    if name:
        helper = cohosts.named(s, name)
        return helper.password if helper else ""
    kept = s.get(Setting, PASSWORD)
    return kept.value if kept else ""


def hash_of(password: str) -> str:
    """Takes a while on purpose, as `check` does: never to be called inside a transaction."""
    if len(password) < MIN_PASSWORD:
        raise BadValue(what="password", least=MIN_PASSWORD)
    return PasswordHasher().hash(password)


def check(kept: str, password: str) -> str:
    """The hash, when the password fits it."""
    try:
        PasswordHasher().verify(kept, password)
    except (VerificationError, InvalidHashError) as error:
        raise WrongPassword from error
    return kept


async def first_login(house: House, who: Actor, code: str, password: str) -> Login:
    return await house.do(set_up, who, code, await house.work(hash_of, password))


async def login(house: House, who: Actor, password: str, name: str = "") -> Login:
    """As the host, or, with a name, as a co-host."""
    kept = await house.read(kept_hash, name)
    return await house.do(log_in, who, await house.work(check, kept, password), name)


async def new_password(house: House, who: Actor, old: str, new: str) -> None:
    kept = await house.read(kept_hash)
    fitting = await house.work(check, kept, old)
    await house.do(change_password, who, fitting, await house.work(hash_of, new))


def _new_login(s: Session, cohost_id: str = "") -> Login:
    login = Login(id=new_token(), cohost_id=cohost_id)
    s.add(login)
    return login


def _end(s: Session, login: Login) -> None:
    login.ended_at = time.time()
    s.add(login)
    announce(s, "login", login.id)


def _secret(path: Path) -> bytes:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_bytes(secrets.token_bytes(32))
        part.replace(path)
    return path.read_bytes()


def same_origin(headers: Mapping[str, str]) -> bool:
    """A page of another site may not act in the name of a browser that is logged in here."""
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def roles(*allowed: Role) -> dict[str, Any]:
    """For `openapi_extra`: who may use a route. The guard refuses routes without it."""
    return {"x-roles": [role.value for role in allowed]}
