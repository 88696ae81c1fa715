"""The whole screen: “You're next” in the accent, “It's you” in the warm light. It never traps: one tap leads back."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Literal

from karaoke_ui.pages.singer import phrases
from karaoke_ui.pages.singer.elements import Text, box, mark, tell
from karaoke_ui.pages.singer.parts import Reader, Signal
from karaoke_ui.pages.singer.phone import Phone
from karaoke_ui.pages.singer.toast import Toast
from karaoke_ui.show import between, people
from karaoke_ui.show.rules import Run
from karaoke_ui.show.tables import Hint, Singer
from karaoke_ui.show.views import ShowView, TurnView
from karaoke_ui.text import t, together

Kind = Literal["", "next", "called", "stage"]
NEAREST: tuple[Kind, ...] = ("called", "next", "stage", "")


@dataclass(frozen=True)
class State:
    """What a singer of a phone is right now, and by which turn; and who of its singers that is."""

    kind: Kind = ""
    turn_id: str = ""
    turn: TurnView | None = None
    who: tuple[Singer, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.kind} {self.turn_id}".strip()


def state(me: str, show: ShowView) -> State:
    now, called = show.now, show.scene.called
    if now and now.sings(me):
        return State("stage", now.turn_id)
    if called and called.sings(me):
        # In a break nobody is to come to the stage yet.
        return State("next" if show.stopped else "called", called.turn_id, _turn(show, called.turn_id))
    if called:
        # Whose name is up may not come. Till they sing nobody else is next.
        return State()
    first = next((each for each in show.queue if not each.called), None)
    # Who pauses, or waits for a song or for an answer, is not next yet.
    if first and first.sings(me) and first.reason.why not in phrases.NOT_YET:
        return State("next", first.id, first)
    return State()


def of_phone(phone: Phone, show: ShowView) -> State:
    """Whose moment is the nearest, of all who share a phone. Who stands on the stage knows of it already."""
    found = State()
    for singer in phone.singers:
        if singer.id not in show.concerned:
            continue
        theirs = state(singer.id, show)
        if NEAREST.index(theirs.kind) < NEAREST.index(found.kind):
            found = replace(theirs, who=(singer,))
        elif theirs.key and theirs.key == found.key:
            found = replace(found, who=(*found.who, singer))
    return found


def _turn(show: ShowView, turn_id: str) -> TurnView | None:
    return next((each for each in show.queue if each.id == turn_id), None)


class Moment:
    def __init__(
        self,
        phone: Phone,
        toast: Toast,
        to: Callable[[str], None],
        change: Callable[[TurnView], Awaitable[None]],
    ) -> None:
        self._phone = phone
        self._toast = toast
        self._to = to
        self._change = change
        # What was closed by hand: it stays closed, until the moment is another one.
        self._closed = ""
        self._state = State()
        self._filled = self._doubts = False
        # What the phone has told the host in this moment.
        self._told = ""
        self._screen = box("section", "moment")
        tell(self._screen, role="dialog", aria_modal="true", tabindex="-1")
        with self._screen:
            self._reader = Reader()
            self._signal = Signal()
        self._screen.set_visibility(False)

    def _fill(self) -> None:
        """Before it is shown for the first time: most phones wait for long."""
        self._filled = True
        with self._screen:
            self._name = Text("p", "", "name")
            self._heading = Text("h1")
            self._song = Text("p", "", "what")
            self._manner = Text("p", "", "manner")
            self._when = Text("p")
            self._trouble = Text("p", "", "trouble")
            with box("div", "links"):
                change = Text("button", t("singer.moment.change"), "link").on("click", self._press_change)
                self._change_link = change.mark("change-it")
                Text("button", t("singer.moment.back"), "link").on("click", lambda: self._to("search")).mark(
                    "back"
                )
            box("div", "grow")
            self._told_line = Text("p", "", "told")
            tell(self._told_line, role="status")
            self._signal.move(target_index=-1)
            with box("div", "answers") as self._answers:
                self._here = (
                    Text("button", t("singer.moment.here"), "main").on("click", self._press_here).mark("here")
                )
                coming = Text("button", t("singer.moment.coming"), "soft")
                coming.on("click", lambda: self._hint(Hint.COMING)).mark("coming")
                self._later = Text("button", "", "soft").on("click", self._press_later).mark("one-later")
            with box("div", "answers wide") as self._sure:
                Text("p", t("singer.moment.sure"), "what")
                Text("button", t("singer.moment.yes"), "main").on("click", self._let_go_first).mark("sure")
                Text("button", t("singer.moment.keep"), "soft").on("click", lambda: self._doubt(on=False))
            with box("div", "answers wide") as self._look:
                Text("button", t("singer.moment.look"), "main").on("click", lambda: self._to("now"))

    @property
    def is_open(self) -> bool:
        return bool(self._state.key) and self._state.key != self._closed

    @property
    def kind(self) -> Kind:
        return self._state.kind

    def show(self, show: ShowView) -> None:
        found = of_phone(self._phone, show)
        if not (found.key or self._state.key):
            return  # as for most of those who wait, all the time
        is_new = found.key != self._state.key
        if is_new:
            self._closed = self._told = ""
        self._state = found
        if found.key and not self._filled:
            self._fill()
        if is_new and self._filled:
            self._doubt(on=False)
        self._screen.set_visibility(self.is_open)
        # Nobody is called while the show stands still; when it goes on, the phone rings.
        words = self.named(show, t(f"singer.moment.{found.kind}") if found.kind else "")
        self._signal.call(found.kind, "" if show.stopped else found.key, words)
        self._reader.show(words, is_open=self.is_open)
        if found.kind:
            self._show(show, found)

    def named(self, show: ShowView, words: str) -> str:
        """“You’re next”: where several share the phone with the name of who is."""
        if len(self._phone.singers) == 1 or not words:
            return words
        return t("singer.moment.whose", singer=together(self._names(show)), words=words)

    def _names(self, show: ShowView) -> list[str]:
        return [show.names.get(each.id, each.name) for each in self._state.who]

    def cover(self, *, is_covered: bool) -> None:
        """A sheet lies above it, or not."""
        self._reader.cover(is_covered=is_covered)

    def close(self) -> None:
        self._closed = self._state.key

    def reopen(self) -> None:
        self._closed = ""

    def _show(self, show: ShowView, found: State) -> None:
        on_stage, turn = found.kind == "stage", found.turn
        faces = "".join(each.face for each in found.who)
        self._name.text = f"{together(self._names(show))} {faces}".strip()
        mark(self._screen, "warm", found.kind != "next")
        self._heading.text = t(f"singer.moment.{found.kind}")
        tell(self._screen, aria_label=self.named(show, self._heading.text))
        self._answers.set_visibility(not on_stage and not self._doubts)
        self._look.set_visibility(on_stage)
        self._told_line.text = t(f"singer.moment.said_{self._told}") if self._told and not on_stage else ""
        own = turn is not None and turn.singer_id in {each.id for each in found.who}
        # A song is changed by who is chosen on the phone.
        self._change_link.set_visibility(turn is not None and turn.singer_id == self._phone.singer.id)
        is_called = turn is not None and turn.called
        self._later.set_visibility(
            is_called or (own and turn is not None and phrases.can_let_pass(show, turn))
        )
        self._later.text = t(f"singer.moment.{'cannot' if is_called else 'later'}")
        if show.now and on_stage:
            self._song.text = phrases.by(show.now.title, show.now.artist)
            words = t(f"singer.moment.{'words' if show.now.lyrics_id else 'no_words'}")
            self._when.text = phrases.stopped(show, "stage") or words
            self._trouble.text = self._manner.text = ""
        elif turn is not None:
            self._song.text = phrases.by(turn.title, turn.artist)
            self._manner.text = phrases.manner(turn, turn.singer_id if own else found.who[0].id)
            self._trouble.text = phrases.trouble(show, turn)
            self._when.text = self._called(show) if found.kind == "called" else (
                phrases.you_are_next(show, turn, time.time())
            )  # fmt: skip

    def _called(self, show: ShowView) -> str:
        starts = t("singer.moment.start") if show.rules.run is Run.ITSELF else ""
        return " ".join(filter(None, (t("singer.moment.come"), starts)))

    async def _press_here(self) -> None:
        """It starts the song where the night runs itself; else the host knows."""
        act = between.arrive if self._state.kind == "called" else None
        if act is None:
            await self._hint(Hint.HERE)
        elif await self._toast.attempt(lambda: self._phone.do_for(self._whom, act)):
            self._tell(Hint.HERE)

    async def _hint(self, hint: Hint) -> None:
        if await self._toast.attempt(lambda: self._phone.do_for(self._whom, people.hint, hint)):
            self._tell(hint)

    @property
    def _whom(self) -> str:
        """In whose name something is pressed here."""
        return self._state.who[0].id if self._state.who else self._phone.singer.id

    def _tell(self, hint: Hint) -> None:
        self._told = hint.value
        self.show(self._phone.house.live.show)

    async def _press_later(self) -> None:
        if self._state.turn is not None and self._state.turn.called:
            await self._hint(Hint.AWAY)
        else:
            self._doubt(on=True)

    def _doubt(self, *, on: bool) -> None:
        self._doubts = on
        self._sure.set_visibility(on)
        self._answers.set_visibility(not on)

    async def _let_go_first(self) -> None:
        self._doubt(on=False)
        if self._state.turn is not None:
            await self._toast.let_one_go_first(self._state.turn)

    async def _press_change(self) -> None:
        if self._state.turn is not None:
            await self._change(self._state.turn)
