"""“Hi Maria”: a press on it opens who one is: name and face, the four letters, and who else sings with this phone."""

from dataclasses import dataclass

from nicegui import ui
from nicegui.events import ValueChangeEventArguments
from sqlmodel import Session

from karaoke_ui.pages.singer.drawer import Drawer
from karaoke_ui.pages.singer.elements import Text, box, tell
from karaoke_ui.pages.singer.phone import Phone
from karaoke_ui.pages.singer.toast import Toast
from karaoke_ui.pages.singer.who import Who, free_face, languages
from karaoke_ui.show import people
from karaoke_ui.show.tables import Singer
from karaoke_ui.show.views import ShowView
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
        tell(self._hello, title=t("singer.me.heading"))
        self._greet(phone.house.live.show.names.get(phone.singer.id, self._name))

    def show(self, show: ShowView) -> None:
        """Two of one name are told apart by a letter: each reads their own."""
        name = show.names.get(self._phone.singer.id, self._name)
        if name != self._shown:
            self._greet(name)

    def _greet(self, name: str) -> None:
        self._shown = name
        self._hello.text = t("singer.hello", name=name, face=self._face)

    async def open(self) -> None:
        found = await self._phone.house.read(on_phone, self._phone.token, self._phone.singer.id)
        with self._drawer.fill(self, t("singer.me.heading")):
            with box("form").on("submit.prevent", self._save).mark("who-form"):
                Text("h2", t("singer.me.heading"))
                if self._shown != found.me.name:
                    Text("p", t("singer.me.shown", name=self._shown), "quiet")
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
            with box("div", "facts"):
                Text("h2", t("singer.me.language"))
                languages()

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
            if singer.id != self._phone.singer.id:
                await self._toast.attempt(lambda: self._phone.hand_over(singer.id))

        button = Text("button", f"{singer.face} {singer.name}", "person").on("click", press)
        mine = singer.id == self._phone.singer.id
        tell(button.mark("person"), type="button", aria_pressed="true" if mine else "false")

    async def _open_other(self) -> None:
        face = await self._phone.house.read(free_face)
        with self._drawer.fill(self, t("singer.me.add_heading")), box("form") as form:
            Text("h2", t("singer.me.add_heading"))
            self._who = Who(face)
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
        if (singer.name, singer.face) != (self._name, self._face):
            self._name, self._face = singer.name, singer.face
            self._greet(singer.name)
        self._drawer.close()

    async def _remember(self, event: ValueChangeEventArguments[bool | None]) -> None:
        await self._toast.attempt(lambda: self._phone.do(people.remember, bool(event.value)))
