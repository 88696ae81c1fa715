"""The people who sing: by their phones (several share one, one holds two), or without a phone, by the host's hand."""

import random
import secrets
import time

from sqlmodel import Session, col, select

from karaoke_ui import text
from karaoke_ui.show import deeds, night, wordlist
from karaoke_ui.show.rights import Actor, Role, allow
from karaoke_ui.show.tables import Guest, Hint, Phone, PhoneSinger, Singer
from pipeline.db import announce
from pipeline.errors import BadValue, Conflict, RightsError, WrongCode

MAX_NAME = 24
MAX_LANGUAGE = 16
# Singers on one phone.
MOST_SHARING = 8
FACES = ("🦊", "🐼", "🦁", "🐸", "🦄", "🐙", "🐧", "🦉", "🐝", "🐬", "🦋", "🐯")
# No vowels: a code spells nothing; and no letters that look like others.
CODE_LETTERS, CODE_LENGTH = "BCDFGHJKLMNPQRSTVWXZ", 4


def on_phone(s: Session, token: str) -> Singer | None:
    """The singer who is chosen on this phone."""
    phone = s.get(Phone, token) if token else None
    return s.get(Singer, phone.singer_id) if phone else None


def sharing(s: Session, token: str) -> list[Singer]:
    """All singers of a phone, the first one first."""
    theirs = select(Singer).join(PhoneSinger, col(PhoneSinger.singer_id) == Singer.id)
    return list(s.exec(theirs.where(PhoneSinger.token == token).order_by(col(Singer.created_at))))


@allow(Role.NOBODY, Role.SINGER)
def join(s: Session, actor: Actor, device: str, name: str, face: str = "") -> Singer:
    """A guest says a name; the phone's token makes it the same singer next time."""
    if not device:
        raise RightsError(reason="phone")
    found = on_phone(s, device)
    if found is not None and night.clean_text(name) != found.name:
        _check_may_name(s, found)
    singer = found or _new(s)
    _dress(singer, name, face)
    s.add(singer)
    s.flush()
    if found is None:
        _hold(s, device, singer.id)
    night.guest(s, singer.id)
    announce(s, "singer", singer.id)
    return singer


@allow(Role.SINGER)
def share(s: Session, actor: Actor, device: str, name: str, face: str = "") -> Singer:
    """Somebody else sings with this phone too, and is chosen from now on."""
    _holds(s, device, actor.id)
    together = sharing(s, device)
    for each in together:
        _check_may_name(s, each)
    if len(together) >= MOST_SHARING:
        raise BadValue(what="sharing", value=name, most=MOST_SHARING)
    singer = _new(s)
    _dress(singer, name, face)
    s.add(singer)
    s.flush()
    _hold(s, device, singer.id)
    night.guest(s, singer.id)
    announce(s, "singer", singer.id)
    return singer


@allow(Role.SINGER)
def choose(s: Session, actor: Actor, device: str, singer_id: str) -> Singer:
    """Sing as another one of those who share this phone."""
    _holds(s, device, singer_id)
    _hold(s, device, singer_id)
    night.guest(s, singer_id)
    announce(s, "singer", singer_id)
    return s.get_one(Singer, singer_id)


@allow(Role.NOBODY, Role.SINGER)
def recover(s: Session, actor: Actor, device: str, code: str) -> Singer:
    """A phone that lost its cookie, or a second one, is this singer again. Whoever asks is rate-limited by the caller."""
    if not device:
        raise RightsError(reason="phone")
    wanted = "".join(code.split()).upper()
    known = select(Singer).where(Singer.recovery == wanted, Singer.merged_into == "")
    singer = s.exec(known).first() if len(wanted) == CODE_LENGTH else None
    if singer is None:
        raise WrongCode
    _hold(s, device, singer.id)
    night.guest(s, singer.id)
    announce(s, "singer", singer.id)
    return singer


@allow(Role.SINGER)
def arrive(s: Session, actor: Actor) -> Guest:
    """A known phone opens the page: they are here tonight."""
    return night.guest(s, actor.id)


@allow(Role.SINGER)
def hint(s: Session, actor: Actor, said: Hint) -> Guest:
    """“I'm here”, “on my way”: a hint for the host, and nothing moves by it."""
    here = night.guest(s, actor.id)
    here.hint, here.hint_at = said, time.time()
    s.add(here)
    announce(s, "queue", here.night_id)
    return here


@allow(Role.SINGER)
def remember(s: Session, actor: Actor, yes: bool) -> Singer:
    """Be known on other nights too, or no longer."""
    singer = s.get_one(Singer, actor.id)
    singer.regular = yes
    s.add(singer)
    announce(s, "singer", singer.id)
    return singer


@allow(Role.SINGER)
def speak(s: Session, actor: Actor, language: str) -> Singer:
    """The language of the phone."""
    singer = s.get_one(Singer, actor.id)
    singer.language = night.clean_text(language)[:MAX_LANGUAGE]
    s.add(singer)
    return singer


@allow(Role.HOST)
def add_walk_up(s: Session, actor: Actor, name: str) -> Singer:
    """A singer without a phone."""
    singer = _new(s)
    # The host may write what a list of words would not pass.
    singer.name = checked_name(name)
    s.add(singer)
    s.flush()
    night.guest(s, singer.id)
    deeds.note_came(s, actor, singer)
    announce(s, "singer", singer.id)
    return singer


def checked_name(name: str) -> str:
    clean = night.clean_text(name)
    if not clean or len(clean) > MAX_NAME:
        raise BadValue(what="name", value=clean, most=MAX_NAME)
    return clean


def _check_may_name(s: Session, singer: Singer) -> None:
    """A name that the host took off the screens does not come back by the guest's own hand, nor another in its place."""
    here = s.get(Guest, (night.current(s).id, singer.id))
    if here is not None and here.muted:
        is_hidden = singer.name in text.everywhere("show.nameless").values()
        raise Conflict(reason="name_hidden" if is_hidden else "muted")


def _dress(singer: Singer, name: str, face: str) -> None:
    clean = checked_name(name)
    if wordlist.is_rude(clean):
        raise BadValue(what="rude_name", value=clean)
    singer.name = clean
    singer.face = face if face in FACES else singer.face or random.choice(FACES)  # noqa: S311 - no secret


def _new(s: Session) -> Singer:
    while True:
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        if s.exec(select(Singer.id).where(Singer.recovery == code)).first() is None:
            return Singer(name="", recovery=code)


def _hold(s: Session, device: str, singer_id: str) -> None:
    """From now on this phone is theirs."""
    s.merge(PhoneSinger(token=device, singer_id=singer_id))
    s.merge(Phone(token=device, singer_id=singer_id, seen_at=time.time()))
    s.flush()


def _holds(s: Session, device: str, singer_id: str) -> None:
    if not device or s.get(PhoneSinger, (device, singer_id)) is None:
        raise RightsError(reason="phone")
