"""Lines for the room: the host's own, and those of guests that the host lets through."""

from sqlmodel import Session, col, select

from karaoke_ui.show import asking, clock, deeds, desk, night, rules
from karaoke_ui.show.rights import Actor, Role, allow
from karaoke_ui.show.tables import Guest, Message, MessageState
from pipeline.db import announce
from pipeline.errors import Conflict, NotFound

# So long a line stands on the screens, unless the host keeps it.
SHOWN_SECONDS = 60.0


@allow(Role.HOST, Role.SINGER)
def say(s: Session, actor: Actor, text: str) -> Message:
    """A line for the room. The host's is shown at once, a guest's once the host allowed it."""
    tonight = night.current(s)
    if actor.role is Role.SINGER:
        guest = night.guest(s, actor.id)
        if not rules.of(tonight).messages:
            raise Conflict(reason="messages")
        if guest.muted or guest.removed_at is not None:
            raise Conflict(reason="muted")
        line = asking.message(text)
    else:
        line = night.clean_text(text)[: asking.MAX_MESSAGE]
    if not line:
        raise NotFound(what="message")
    message = Message(night_id=tonight.id, singer_id=actor.id if actor.role is Role.SINGER else "", text=line)
    s.add(message)
    s.flush()
    if actor.role is Role.HOST:
        deeds.note_line(s, actor, message)
        _show(s, message)
    announce(s, "message", message.id)
    return message


@allow(Role.HOST)
def approve(s: Session, actor: Actor, message_id: str) -> Message:
    """Let the room read it, in place of the line that is there."""
    message = _asked(s, message_id)
    deeds.note(s, actor, "message_shown", message)
    _show(s, message)
    announce(s, "message", message.id)
    return message


@allow(Role.HOST)
def refuse(s: Session, actor: Actor, message_id: str) -> Message:
    message = _asked(s, message_id)
    deeds.note(s, actor, "message_refused", message)
    message.state = MessageState.REFUSED
    s.add(message)
    announce(s, "message", message.id)
    return message


@allow(Role.HOST)
def keep(s: Session, actor: Actor, kept: bool = True) -> Message:
    """Let the line stand until it is taken down, or let it go by itself after all."""
    message = _shown(s)
    if message is None:
        raise NotFound(what="message")
    message.until = None if kept else clock.now() + SHOWN_SECONDS
    s.add(message)
    desk.changed(s, night.playback(s))
    announce(s, "message", message.id)
    return message


@allow(Role.HOST)
def clear(s: Session, actor: Actor) -> None:
    """Take the line off all screens."""
    shown = _shown(s)
    if shown is not None:
        deeds.note(s, actor, "message_down", shown)
    take_down(s)


def fade(s: Session, now: float) -> None:
    """Take the line off the screens when its time is over."""
    until = shown_until(s)
    if until is not None and now >= until:
        take_down(s)


def shown_until(s: Session) -> float | None:
    """When the line that is shown goes by itself."""
    return s.exec(select(Message.until).where(Message.state == MessageState.SHOWN)).first()


@allow(Role.HOST, Role.SINGER)
def check_may_react(s: Session, actor: Actor) -> None:
    """Applause is for everybody whom the host has not muted, where the rules allow it."""
    tonight = night.current(s)
    if not rules.of(tonight).reactions:
        raise Conflict(reason="reactions")
    here = s.get(Guest, (tonight.id, actor.id)) if actor.role is Role.SINGER else None
    if here is not None and (here.muted or here.removed_at is not None):
        raise Conflict(reason="muted")


def of_night(s: Session, night_id: str, state: MessageState | None = None) -> list[Message]:
    """The newest last."""
    theirs = select(Message).where(Message.night_id == night_id)
    if state is not None:
        theirs = theirs.where(Message.state == state)
    return list(s.exec(theirs.order_by(col(Message.at))))


def _asked(s: Session, message_id: str) -> Message:
    message = s.get(Message, message_id)
    if message is None or message.state not in (MessageState.ASKED, MessageState.OVER, MessageState.REFUSED):
        raise NotFound(what="message")
    return message


def _show(s: Session, message: Message) -> None:
    _over(s)
    message.state, message.shown_at = MessageState.SHOWN, clock.now()
    message.until = message.shown_at + SHOWN_SECONDS
    s.add(message)
    playback = night.playback(s)
    playback.message = message.text
    desk.changed(s, playback)


def put_back(s: Session, message_id: str, state: str, until: float | None = 0.0) -> None:
    """The way back of a deed: on the screens again, or off them. `until`: None where it was kept."""
    message = s.get_one(Message, message_id)
    wanted = MessageState(state)
    if wanted is MessageState.SHOWN:
        _show(s, message)
        if until is None:
            message.until = None
    elif message.state is MessageState.SHOWN:
        take_down(s)
    message.state = wanted
    s.add(message)
    announce(s, "message", message_id)


def _shown(s: Session) -> Message | None:
    return s.exec(select(Message).where(Message.state == MessageState.SHOWN)).first()


def take_down(s: Session) -> None:
    """No line is on the screens."""
    _over(s)
    playback = night.playback(s)
    playback.message = ""
    desk.changed(s, playback)
    announce(s, "message")


def _over(s: Session) -> None:
    for shown in s.exec(select(Message).where(Message.state == MessageState.SHOWN)):
        shown.state = MessageState.OVER
        s.add(shown)
