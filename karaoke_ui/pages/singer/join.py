"""The first thing a guest sees: what is your name?"""

import random
from collections.abc import Awaitable, Callable

from karaoke_ui import limits
from karaoke_ui.house import House
from karaoke_ui.pages.singer.elements import Text, box, tell
from karaoke_ui.pages.singer.who import Who
from karaoke_ui.show import people
from karaoke_ui.show.rights import NOBODY
from karaoke_ui.show.tables import Singer
from karaoke_ui.show.views import ShowView
from karaoke_ui.text import t


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
        with box("form", "join").on("submit.prevent", self._join).mark("join-form"):
            self._night = Text("p", house.live.show.night, "quiet")
            Text("h1", t("singer.join.heading"))
            Text("p", t("singer.join.why"), "quiet")
            self._who = Who(random.choice(people.FACES))  # noqa: S311 - a first guess, nothing secret
            box("div", "grow")
            tell(Text("button", t("singer.join.join"), "main").mark("join"), type="submit")
        house.live.on_show.subscribe(self._show)

    def _show(self, show: ShowView) -> None:
        if not self._night.is_deleted:
            self._night.text = show.night

    async def _join(self) -> None:
        await self._who.say(self._enter_as)

    async def _enter_as(self, name: str, face: str) -> None:
        self._limits.spend(limits.JOINS, self._token)
        await self._enter(await self._house.do(people.join, NOBODY, self._token, name, face))
