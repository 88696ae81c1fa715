"""What all parts of one open panel share: the house, who is at it, and how things are done and answered."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from typing import Concatenate, ParamSpec, TypeVar

from nicegui import Client, ui
from nicegui.element import Element
from sqlmodel import Session

from karaoke_ui import auth, text
from karaoke_ui.guard import LOGIN
from karaoke_ui.house import House
from karaoke_ui.pages.host import deeds
from karaoke_ui.show import undo
from karaoke_ui.show.rights import Actor, Right
from karaoke_ui.show.tables import Deed
from karaoke_ui.text import t
from pipeline.errors import EncoreError, NotLoggedIn

P = ParamSpec("P")
R = TypeVar("R")
Later = Callable[[], Awaitable[None]]

SAY_SECONDS = 6.0
UNDO_SECONDS = 12.0
MOST_TOASTS = 2
LEAVE_SECONDS = 1.0


class Desk:
    """The host's hands: every press goes through `do`, and what it says is shown as a toast."""

    def __init__(self, house: House, actor: Actor, rights: frozenset[Right]) -> None:
        self.house = house
        self.actor = actor
        # As the page was opened; each action asks again.
        self.rights = rights
        self.client = ui.context.client
        self._last_undo: tuple[Element, Later] | None = None
        self._left = False
        with ui.element("div").classes("toasts").props("role=status aria-live=polite") as self._toasts:
            pass

    async def do(
        self,
        action: Callable[Concatenate[Session, Actor, P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        return await self.house.do(action, self.actor, *args, **kwargs)

    async def undoable(
        self,
        action: Callable[Concatenate[Session, Actor, P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Do something and say so: the words, and the way back where there is one, are those of the deed that is noted."""

        @wraps(action)
        def noted(s: Session, actor: Actor) -> tuple[R, Deed | None]:
            before = deeds.latest(s, actor)
            done = action(s, actor, *args, **kwargs)
            after = deeds.latest(s, actor)
            return done, None if after is before else after

        done, deed = await self.house.do(noted, self.actor)
        if deed is not None:
            self.say(deeds.says(deed), undo=self.way_back(deed))
        return done

    def way_back(self, deed: Deed) -> Later | None:
        """What takes a deed back, where that can be done."""
        return partial(self._undo, deed.id) if deed.id is not None and deeds.can_undo(deed) else None

    async def _undo(self, deed_id: int) -> None:
        await self.do(undo.undo, deed_id)

    @contextmanager
    def caught(self) -> Iterator[None]:
        """The edge of every handler: an error becomes a sentence, the end of the login leads to the door."""
        try:
            yield
        except NotLoggedIn:
            self.leave()
        except EncoreError as error:
            self.say(text.of_error(error), tone="bad")

    def say(
        self, words: str, *, tone: str = "", undo: Later | None = None, other: tuple[str, Later] | None = None
    ) -> None:
        """Show a toast; with `undo`, one that takes back what it speaks of. `other`: one more button and what it does."""
        shown = self._toasts.default_slot.children
        # What can be undone stays; what was only said makes room for the news.
        for toast in [each for each in shown if "undo" not in each.classes] + shown[: 1 - MOST_TOASTS]:
            if not toast.is_deleted:
                toast.delete()
        with self._toasts, ui.element("div").classes(f"toast {tone}{' undo' if undo else ''}") as toast:
            ui.label(words).props("dir=auto")
            if other is not None:
                button(other[0], lambda: self._take_back(toast, other[1]), "small quiet-btn")
            if undo is not None:
                self._last_undo = (toast, undo)
                button(t("host.undo"), lambda: self._take_back(toast, undo), "small quiet-btn")
            ui.timer(UNDO_SECONDS if undo else SAY_SECONDS, toast.delete, once=True)

    async def undo_last(self) -> None:
        """Take back what the newest toast speaks of, as long as it can be read."""
        if self._last_undo is not None and not self._last_undo[0].is_deleted:
            await self._take_back(*self._last_undo)

    async def _take_back(self, toast: Element, undo: Later) -> None:
        toast.delete()
        with self.caught():
            await undo()

    async def log_out(self) -> None:
        with self.caught():
            await self.do(auth.log_out)

    def leave(self) -> None:
        """To the door, once: a press and the news of the ended login may both lead there."""
        if self._left:
            return
        self._left = True
        with self.client:
            ui.navigate.to(LOGIN)

    def begin_anew(self) -> None:
        """Another panel: with other rights it has other parts."""
        with self.client:
            ui.navigate.reload()

    async def end(self) -> None:
        """The login has ended: the browser is sent to the door, and hears nothing more if it stays."""
        self.leave()
        await asyncio.sleep(LEAVE_SECONDS)
        # A browser that went to the door at once may be gone already.
        if self.client.id in Client.instances:
            self.client.delete()


def button(words: str, press: Callable[[], object], classes: str = "", icon: str | None = None) -> ui.button:
    """A button in the panel's own clothes."""
    return (
        ui.button(words, on_click=press, color=None, icon=icon)
        .props("flat no-caps")
        .classes(f"btn {classes}")
    )


def dialog(words: str = "") -> ui.dialog:
    """A dialog with the name that a screen reader says when it opens."""
    made = ui.dialog()
    made.props["aria-label"] = words
    return made
