"""The first thing a guest sees: what is your name? Or, for who lost the phone's memory: the four letters."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from karaoke_ui import limits, text
from karaoke_ui.house import House
from karaoke_ui.pages.singer.elements import Text, box, tell
from karaoke_ui.pages.singer.who import Who, languages
from karaoke_ui.show import people
from karaoke_ui.show.rights import NOBODY
from karaoke_ui.show.tables import Singer
from karaoke_ui.show.views import ShowView
from karaoke_ui.text import t
from pipeline.errors import EncoreError


class Join:
    def __init__(
        self,
        house: House,
        token: str,
        source: str,
        face: str,
        come_in: Callable[[Callable[[], Awaitable[Singer]], bool], Awaitable[None]],
    ) -> None:
        """`face` is the one to begin with; `come_in` is told whether the singer is a new one."""
        self._house = house
        self._limits = house.limits
        self._token = token
        # Where the phone is: one without a cookie has no other name.
        self._source = source
        self._come_in = come_in
        with box("div", "join"):
            self._night = Text("p", house.live.show.night, "quiet")
            with box("form").on("submit.prevent", self._join).mark("join-form") as self._new:
                Text("h1", t("singer.join.heading"))
                Text("p", t("singer.join.why"), "quiet")
                self._who = Who(face)
                box("div", "grow")
                tell(Text("button", t("singer.join.join"), "main").mark("join"), type="submit")
            self._known = box("form").on("submit.prevent", self._come_back).mark("code-form")
            self._known.set_visibility(False)
            self._other = (
                Text("button", t("singer.join.before"), "soft").on("click", self._turn).mark("before")
            )
            languages()
        house.live.on_show.subscribe(self._show)

    def _show(self, show: ShowView) -> None:
        if not self._night.is_deleted:
            self._night.text = show.night

    def _turn(self) -> None:
        """From a new name to the four letters, and back."""
        if not self._known.default_slot.children:
            self._fill_known()
        known = not self._known.visible
        self._known.set_visibility(known)
        self._new.set_visibility(not known)
        self._other.text = t(f"singer.join.{'new' if known else 'before'}")

    def _fill_known(self) -> None:
        with self._known:
            Text("h1", t("singer.join.code"))
            Text("p", t("singer.join.code_why"), "quiet")
            field = ui.input().props(
                f"borderless maxlength={people.CODE_LENGTH} autocomplete=off autocapitalize=characters"
                " autocorrect=off spellcheck=false enterkeyhint=go"
            )
            self._code = field.classes("field letters").mark("code")
            tell(self._code, aria_label=t("singer.join.code"))
            self._wrong = Text("p", "", "wrong")
            tell(self._wrong, role="alert")
            box("div", "grow")
            tell(Text("button", t("singer.join.enter"), "main"), type="submit")

    async def _come_back(self) -> None:
        try:
            self._limits.spend(limits.RECOVERIES, self._source)
            self._limits.spend(limits.ALL_RECOVERIES, "")
            recover = partial(
                self._house.do, people.recover, NOBODY, self._token, str(self._code.value or "")
            )
            await self._come_in(recover, False)
        except EncoreError as error:
            self._wrong.text = text.of_error(error)

    async def _join(self) -> None:
        await self._who.say(self._enter_as)

    async def _enter_as(self, name: str, face: str) -> None:
        self._limits.spend(limits.JOINS, self._token)
        join = partial(self._house.do, people.join, NOBODY, self._token, name, face)
        await self._come_in(join, True)
