"""The first thing a guest sees: what is your name?"""

import random
from collections.abc import Awaitable, Callable

from nicegui import ui

from karaoke_ui import limits, text
from karaoke_ui.house import House
from karaoke_ui.pages.singer.elements import Text, box, tell
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
        allowed: limits.Limits,
        token: str,
        enter: Callable[[Singer], Awaitable[None]],
    ) -> None:
        self._house = house
        self._limits = allowed
        self._token = token
        self._enter = enter
        self._face = random.choice(people.FACES)  # noqa: S311 - a first guess, nothing secret
        with box("form", "join").on("submit.prevent", self._join).mark("join-form"):
            self._night = Text("p", house.live.show.night, "quiet")
            Text("h1", t("singer.join.heading"))
            Text("p", t("singer.join.why"), "quiet")
            self._name = ui.input(placeholder=t("singer.join.name")).props(
                f"borderless maxlength={people.MAX_NAME} autocomplete=nickname enterkeyhint=go autocapitalize=words"
            )
            self._name.classes("field").mark("name")
            tell(self._name, aria_label=t("singer.join.name"))
            self._error = Text("p", "", "wrong")
            tell(self._error, role="alert")
            self._faces: dict[str, Text] = {}
            with box("div", "faces") as faces:
                tell(faces, role="group", aria_label=t("singer.join.face"))
                for face in people.FACES:
                    self._faces[face] = Text("button", face, "face").on(
                        "click", lambda f=face: self._choose(f)
                    )
                    tell(self._faces[face], type="button")
            self._choose(self._face)
            box("div", "grow")
            tell(Text("button", t("singer.join.join"), "main").mark("join"), type="submit")
        house.live.on_show.subscribe(self._show)

    def _show(self, show: ShowView) -> None:
        if not self._night.is_deleted:
            self._night.text = show.night

    def _choose(self, face: str) -> None:
        self._face = face
        for each, button in self._faces.items():
            tell(button, aria_pressed="true" if each == face else "false")

    async def _join(self) -> None:
        name = str(self._name.value or "")
        if not name.strip():
            self._error.text = t("singer.join.nameless")
            return
        try:
            self._limits.spend(limits.JOINS, self._token)
            singer = await self._house.do(people.join, NOBODY, self._token, name, self._face)
        except EncoreError as error:
            self._error.text = text.of_error(error)
            return
        await self._enter(singer)
