"""“Hi Maria”: a press on it opens who one is: name and face, the four letters, and who else sings with this phone."""

import random
from dataclasses import dataclass
from functools import partial

from nicegui import ui
from nicegui.events import ValueChangeEventArguments
from sqlmodel import Session

from karaoke_ui import text, tongue
from karaoke_ui.pages.singer.drawer import Drawer
from karaoke_ui.pages.singer.elements import Text, box, tell
from karaoke_ui.pages.singer.phone import Phone
from karaoke_ui.pages.singer.toast import Toast
from karaoke_ui.pages.singer.who import Who
from karaoke_ui.show import people
from karaoke_ui.show.tables import Singer
from karaoke_ui.text import t


@dataclass(frozen=True)
class OnPhone:
    """Who somebody is, and all who sing with the same phone."""

    me: Singer
    sharing: list[Singer]


def on_phone(s: Session, token: str, singer_id: str) -> OnPhone:
    return OnPhone(s.get_one(Singer, singer_id), people.sharing(s, token))


class Me:
    def __init__(self, phone: Phone, drawer: Drawer, toast: Toast) -> None:
        self._phone = phone
        self._toast = toast
        self._drawer = drawer
        self._name, self._face = phone.singer.name, phone.singer.face
        with box("h1"):
            self._hello = Text("button", "", "hello").on("click", self.open).mark("hello")
        self._greet()

    def _greet(self) -> None:
        self._hello.text = t("singer.hello", name=self._name, face=self._face)
        tell(self._hello, title=t("singer.me.heading"))

    async def open(self) -> None:
        found = await self._phone.house.read(on_phone, self._phone.token, self._phone.singer.id)
        with self._drawer.fill(self, t("singer.me.heading")):
            with box("form").on("submit.prevent", self._save).mark("who-form"):
                Text("h2", t("singer.me.heading"))
                self._who = Who(found.me.face, found.me.name)
                tell(Text("button", t("singer.me.save"), "main"), type="submit")
            self._others(found)
            with box("div", "facts"):
                Text("p", t("singer.me.code", code=found.me.recovery), "letters").mark("letters")
                Text("p", t("singer.me.code_why"), "quiet")
                remember = ui.checkbox(
                    t("singer.me.remember"), value=found.me.regular, on_change=self._remember
                )
                remember.mark("remember")
                Text("p", t("singer.me.remember_why"), "quiet")
            self._languages()

    def _languages(self) -> None:
        with box("div", "facts"):
            Text("h2", t("singer.me.language"))
            with box("div", "people"):
                for each in text.languages():
                    button = Text("button", text.NAMES[each], "person")
                    button.on("click", partial(tongue.ask_for, each), args=[]).mark(f"language-{each}")
                    pressed = "true" if each == text.language() else "false"
                    tell(button, type="button", lang=each, aria_pressed=pressed)

    def _others(self, found: OnPhone) -> None:
        with box("div", "facts"):
            if len(found.sharing) > 1:
                Text("h2", t("singer.me.sharing"))
                with box("div", "people"):
                    for each in found.sharing:
                        self._person(each)
            if len(found.sharing) < people.MOST_SHARING:
                add = Text("button", t("singer.me.add"), "soft").on("click", self._open_other)
                tell(add.mark("add-singer"), type="button")

    def _person(self, singer: Singer) -> None:
        async def press() -> None:
            if singer.id == self._phone.singer.id:
                return
            if await self._toast.attempt(lambda: self._phone.do(people.choose, self._phone.token, singer.id)):
                self._phone.shelf.on_switch.emit(self._phone.token)

        button = Text("button", f"{singer.face} {singer.name}", "person").on("click", press)
        mine = singer.id == self._phone.singer.id
        tell(button.mark("person"), type="button", aria_pressed="true" if mine else "false")

    def _open_other(self) -> None:
        with self._drawer.fill(self, t("singer.me.add_heading")), box("form") as form:
            Text("h2", t("singer.me.add_heading"))
            self._who = Who(random.choice(people.FACES))  # noqa: S311 - a first guess, nothing secret
            tell(Text("button", t("singer.join.join"), "main"), type="submit")
        form.on("submit.prevent", self._add).mark("other-form")

    async def _add(self) -> None:
        await self._who.say(self._join_too)

    async def _join_too(self, name: str, face: str) -> None:
        await self._phone.do(people.share, self._phone.token, name, face)
        self._phone.shelf.on_switch.emit(self._phone.token)

    async def _save(self) -> None:
        await self._who.say(self._change)

    async def _change(self, name: str, face: str) -> None:
        singer = await self._phone.do(people.join, self._phone.token, name, face)
        self._name, self._face = singer.name, singer.face
        self._greet()
        self._drawer.close()

    async def _remember(self, event: ValueChangeEventArguments[bool | None]) -> None:
        await self._toast.attempt(lambda: self._phone.do(people.remember, bool(event.value)))
