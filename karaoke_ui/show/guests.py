"""What the host decides about the people of tonight: who pauses, who is muted, who goes, and who is one and the same."""

import time

from sqlmodel import Session, col, select

from karaoke_ui.show import asking, deeds, night, one_person, people, turns
from karaoke_ui.show.rights import Actor, Role, allow
from karaoke_ui.show.tables import (
    Guest,
    Singer,
    Turn,
    TurnState,
)
from karaoke_ui.text import t
from pipeline.db import announce
from pipeline.errors import Conflict, NotFound, RightsError

MAX_SPOKEN = 60


@allow(Role.HOST, Role.SINGER)
def pause(s: Session, actor: Actor, on: bool, singer_id: str = "") -> Guest:
    """Pass over somebody's turns until they are back; the right to the next slot is kept."""
    guest = _guest(s, actor, singer_id)
    deeds.note(s, actor, "paused" if on else "resumed", guest)
    guest.paused = on
    s.add(guest)
    night.changed(s, night.current(s))
    announce(s, "singer", guest.singer_id)
    return guest


@allow(Role.HOST)
def mute(s: Session, actor: Actor, singer_id: str, on: bool) -> Guest:
    """They may sing, and say nothing that others see; what they wrote is taken off as well."""
    guest = _guest(s, actor, singer_id)
    if on:
        _take_lines_off(s, actor, singer_id)
    deeds.note(s, actor, "muted" if on else "unmuted", guest)
    guest.muted = on
    s.add(guest)
    announce(s, "singer", singer_id)
    return guest


@allow(Role.HOST)
def confirm(s: Session, actor: Actor, singer_id: str, on: bool = True) -> Guest:
    """The host knows who this is: limits go with the person from now on."""
    guest = _guest(s, actor, singer_id)
    deeds.note(s, actor, "confirmed" if on else "unconfirmed", guest)
    guest.confirmed = on
    s.add(guest)
    announce(s, "singer", singer_id)
    return guest


@allow(Role.HOST)
def send_home(s: Session, actor: Actor, singer_id: str) -> Guest:
    """Remove somebody from the night, with all that they asked for; what others asked them to sing along goes on."""
    guest = _guest(s, actor, singer_id)
    tonight = night.current(s)
    still = select(Turn).where(Turn.night_id == tonight.id, col(Turn.state).in_(asking.OPEN_STATES))
    theirs = [turn for turn in s.exec(still) if singer_id in (turn.singer_id, *turn.partners)]
    deeds.note(s, actor, "sent_home", guest, *theirs)
    for turn in theirs:
        if turn.singer_id == singer_id:
            turn.state, turn.called_at = TurnState.REMOVED, None
        else:
            turn.partners = {each: said for each, said in turn.partners.items() if each != singer_id}
        s.add(turn)
    guest.removed_at = time.time()
    s.add(guest)
    night.changed(s, tonight)
    announce(s, "singer", singer_id)
    return guest


@allow(Role.HOST)
def let_back(s: Session, actor: Actor, singer_id: str) -> Guest:
    guest = _guest(s, actor, singer_id)
    deeds.note(s, actor, "let_back", guest)
    guest.removed_at = None
    s.add(guest)
    announce(s, "singer", singer_id)
    return guest


@allow(Role.HOST)
def rename(
    s: Session, actor: Actor, singer_id: str, name: str | None = None, spoken: str | None = None
) -> Singer:
    """What somebody is called, and how that is spoken."""
    singer = _singer(s, singer_id)
    deeds.note(s, actor, "named", singer, name=name or singer.name)
    if name is not None:
        singer.name = people.checked_name(name)
    if spoken is not None:
        singer.spoken = night.clean_text(spoken)[:MAX_SPOKEN]
    s.add(singer)
    announce(s, "singer", singer_id)
    return singer


@allow(Role.HOST)
def hide_name(s: Session, actor: Actor, singer_id: str) -> Singer:
    """One tap takes a name off all screens; the person sings on as “Guest”, and is muted."""
    singer, guest = _singer(s, singer_id), _guest(s, actor, singer_id)
    _take_lines_off(s, actor, singer_id)
    deeds.note(s, actor, "hidden", singer, guest)
    singer.name, guest.muted = t("show.nameless"), True
    s.add(singer)
    s.add(guest)
    announce(s, "singer", singer_id)
    return singer


@allow(Role.HOST)
def merge(s: Session, actor: Actor, keep_id: str, other_id: str) -> Singer:
    """Two entries are one person: the phones, songs and all that was sung of the other go to the one that stays."""
    kept, other = _singer(s, keep_id), _singer(s, other_id)
    if kept.id == other.id:
        raise Conflict(reason="one_person")
    tonight = night.current(s)
    night.guest(s, kept.id)
    names = deeds.called_tonight(s, kept.id, other.id)
    record = one_person.unite(s, tonight.id, kept, other)
    deeds.note_merged(s, actor, record, singer=names[0], other=names[1])
    night.changed(s, tonight)
    return kept


def _take_lines_off(s: Session, who: Actor, singer_id: str) -> None:
    """Those that come with their songs. Each is a deed of its own: what is undone later is undone for itself."""
    theirs = select(Turn.id).where(
        Turn.night_id == night.current(s).id,
        Turn.singer_id == singer_id,
        Turn.message != "",
        col(Turn.state).in_(asking.OPEN_STATES),
        col(Turn.message_allowed).is_not(False),
    )
    for turn_id in s.exec(theirs).all():
        turns.allow_line(s, who, turn_id, yes=False)


def take_back(s: Session, singer_id: str) -> None:
    """Who was added by mistake has never been here; not so who is to sing, sang, or has a phone by now."""
    tonight, singer = night.current(s), _singer(s, singer_id)
    theirs = select(Turn).where(Turn.night_id == tonight.id)
    asked = s.exec(theirs.where(col(Turn.state).not_in((TurnState.REMOVED, TurnState.REFUSED))))
    if asking.has_phone(s, singer) or any(singer_id in (turn.singer_id, *turn.partners) for turn in asked):
        raise Conflict(reason="asked_since")
    s.delete(night.guest(s, singer_id))
    s.flush()
    announce(s, "singer", singer_id)


def _singer(s: Session, singer_id: str) -> Singer:
    singer = s.get(Singer, singer_id)
    if singer is None or singer.merged_into:
        raise NotFound(what="singer")
    return singer


def _guest(s: Session, who: Actor, singer_id: str) -> Guest:
    """Oneself, for a singer; anybody, for the host."""
    if who.role is Role.SINGER and singer_id not in ("", who.id):
        raise RightsError(reason="turn")
    return night.guest(s, _singer(s, singer_id or who.id).id)
