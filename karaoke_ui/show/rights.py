"""Who may do what. Every action names the roles that may use it, and checks the one who asks at each call.

A live page outlives its login, so holding an `Actor` proves nothing: the database is asked each time.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

from karaoke_ui.show.tables import CoHost, Login, Singer, Stage
from pipeline.errors import NotLoggedIn, RightsError

P = ParamSpec("P")
R = TypeVar("R")


class Role(StrEnum):
    HOST = "host"
    SINGER = "singer"
    STAGE = "stage"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Actor:
    """Somebody who asks for something: a role, and the id of the login, the singer or the stage."""

    role: Role
    id: str = ""


NOBODY = Actor(Role.NOBODY)
# The command line, and the box itself: whoever has a shell on the box owns it.
BOX = Actor(Role.HOST, "box")


class Right(StrEnum):
    """What the host can hand on to a co-host. What has none of these is the host's alone."""

    PLAYER = "player"
    QUEUE = "queue"
    LIBRARY = "library"
    # Of everybody who is logged in.
    LOGIN = "login"
    HOST = "host"


GRANTED = (Right.PLAYER, Right.QUEUE, Right.LIBRARY)
# By module, where an action names no right of its own.
OF_MODULE = {
    "karaoke_ui.show.player": Right.PLAYER,
    "karaoke_ui.show.desk": Right.PLAYER,
    "karaoke_ui.show.between": Right.PLAYER,
    "karaoke_ui.show.night": Right.QUEUE,
    "karaoke_ui.show.turns": Right.QUEUE,
    "karaoke_ui.show.undo": Right.QUEUE,
    "karaoke_ui.show.people": Right.QUEUE,
    "karaoke_ui.show.guests": Right.QUEUE,
    "karaoke_ui.show.messages": Right.QUEUE,
    "karaoke_ui.show.videos": Right.QUEUE,
    "karaoke_ui.show.lists": Right.LIBRARY,
    "karaoke_ui.actions": Right.LIBRARY,
}

ACTIONS: dict[str, frozenset[Role]] = {}
RIGHTS: dict[str, Right] = {}


def allow(
    *roles: Role, right: Right | None = None
) -> Callable[[Callable[Concatenate[Session, Actor, P], R]], Callable[Concatenate[Session, Actor, P], R]]:
    """Mark a function `(session, actor, …)` as an action, open to these roles alone; to co-hosts with this right."""

    def mark(
        action: Callable[Concatenate[Session, Actor, P], R],
    ) -> Callable[Concatenate[Session, Actor, P], R]:
        needed = right or OF_MODULE.get(action.__module__, Right.HOST)
        ACTIONS[f"{action.__module__}.{action.__name__}"] = frozenset(roles)
        RIGHTS[f"{action.__module__}.{action.__name__}"] = needed

        @wraps(action)
        def guarded(s: Session, actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
            check(s, actor, *roles, right=needed)
            return action(s, actor, *args, **kwargs)

        return guarded

    return mark


def check(s: Session, actor: Actor, *roles: Role, right: Right = Right.HOST) -> None:
    """Raise unless the actor has one of the roles, and still has it; a co-host the right as well."""
    if actor.role not in roles:
        raise refusal(actor, roles)
    if actor != BOX and not is_alive(s, actor):
        raise NotLoggedIn
    if right is not Right.LOGIN and right not in rights_of(s, actor):
        raise RightsError(reason="cohost")


def rights_of(s: Session, actor: Actor) -> frozenset[Right]:
    """Everything for the host; what they were given for a co-host. Others are held to their role."""
    login = s.get(Login, actor.id) if actor.role is Role.HOST and actor != BOX else None
    if login is None or not login.cohost_id:
        return frozenset(Right)
    helper = s.get(CoHost, login.cohost_id)
    return frozenset(Right(each) for each in helper.rights.split(",") if each) if helper else frozenset()


def refusal(actor: Actor, roles: Collection[Role]) -> RightsError:
    """What somebody is told who has none of these roles."""
    only = {*roles} - {Role.NOBODY}
    whose = next(iter(only)).value if len(only) == 1 else ""
    return NotLoggedIn(reason=whose) if actor.role is Role.NOBODY else RightsError(reason=whose)


def is_alive(s: Session, actor: Actor) -> bool:
    """Does the login, singer or paired stage behind an actor still exist?"""
    match actor.role:
        case Role.HOST:
            login = s.get(Login, actor.id)
            return login is not None and login.ended_at is None
        case Role.SINGER:
            singer = s.get(Singer, actor.id)
            return singer is not None and not singer.merged_into
        case Role.STAGE:
            stage = s.get(Stage, actor.id)
            return stage is not None and stage.paired_at is not None
        case Role.NOBODY:
            return True
