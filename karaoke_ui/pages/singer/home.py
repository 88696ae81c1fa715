"""A known phone's screen: who you are, three tabs, and the bottom bar. Each new view of the night updates its parts."""

import time
from collections.abc import Awaitable, Callable

from karaoke_ui import text
from karaoke_ui.pages.singer import phrases
from karaoke_ui.pages.singer.change import Change
from karaoke_ui.pages.singer.drawer import Drawer
from karaoke_ui.pages.singer.duets import asks
from karaoke_ui.pages.singer.elements import Text, box, mark, tell
from karaoke_ui.pages.singer.me import Me
from karaoke_ui.pages.singer.mine import Mine
from karaoke_ui.pages.singer.moment import Moment
from karaoke_ui.pages.singer.now import Now
from karaoke_ui.pages.singer.parts import Back
from karaoke_ui.pages.singer.phone import Phone
from karaoke_ui.pages.singer.search import Search
from karaoke_ui.pages.singer.sheet import Sheet
from karaoke_ui.pages.singer.toast import Toast
from karaoke_ui.show.views import ShowView, TurnView
from karaoke_ui.text import t

TABS = ("search", "mine", "now")


class Home:
    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._language = text.language()
        self._tab = TABS[0]
        self._requests: tuple[TurnView, ...] = ()
        self._was_concerned = False
        self._toast = Toast(phone)
        self._drawer = Drawer(self._follow)
        self._change = Change(phone, self._drawer, self._toast)
        with box("div", "home") as self._home:
            with box("header"):
                self._night = Text("p", "", "night")
                Me(phone, self._drawer, self._toast)
                self._pill = Text("button", "", "where").on("click", self._press_pill).mark("pill")
            self._sheet = Sheet(phone, self._drawer, self._toast, lambda: self.open("mine"))
            self.search = Search(phone, self._sheet, lambda: self.open("mine"))
            self._mine = Mine(phone, self._toast, lambda: self.open("search"), self._change.open)
            self._now = Now(phone)
            self._pages = {"search": self.search.page, "mine": self._mine.page, "now": self._now.page}
            with box("nav") as bar:
                tell(bar, aria_label=t("singer.tabs.label"))
                self._tabs = {name: self._tab_button(name) for name in TABS}
        self._moment = Moment(phone, self._toast, self.open, self._change.open)
        self._back = Back(self._go_back)

    async def begin(self) -> None:
        """Fill the page, and follow the night from here on."""
        await self.search.begin()
        self._phone.house.live.on_show.subscribe(self.show)
        self._phone.shelf.on_changes.subscribe(self.search.changed)
        self.open(self._tab)

    def show(self, show: ShowView) -> Awaitable[None] | None:
        """Something is left to be done only where a request of one's own is gone."""
        me = self._phone.singer.id
        gone = [turn for turn in self._requests if turn.singer_id == me and turn.id not in show.waiting]
        self._requests = show.requests
        with text.speaking(self._language):
            if self._concerns(show):
                self._draw(show)
            else:
                self._show_tab(show)
        return self._mine.refused(gone) if gone else None

    def _concerns(self, show: ShowView) -> bool:
        """Who only looks on, as before, is told by the tab that lies open, and by nothing above it."""
        concerned = self._was_concerned or self._phone.singer.id in show.concerned
        return concerned or self._drawer.is_open or show.night != self._night.text

    def open(self, tab: str) -> None:
        """Turn to a tab. The others stand still until they are opened again."""
        self._tab = tab
        self._moment.close()
        for name, page in self._pages.items():
            page.set_visibility(name == tab)
            tell(self._tabs[name], aria_current="page" if name == tab else "false")
        self._draw(self._phone.house.live.show)

    def _draw(self, show: ShowView) -> None:
        self._was_concerned = self._phone.singer.id in show.concerned
        self._night.text = show.night
        self._moment.show(show)
        self._show_pill(show)
        tell(self._home, inert=self._moment.is_open)
        self._sheet.show(show)
        self._show_tab(show)
        self._follow()

    def _follow(self) -> None:
        deep = self._drawer.is_open or self._moment.is_open or self._tab != TABS[0]
        self._back.show(self._tab, deep=deep)

    def _go_back(self) -> None:
        """What the phone's back button means: what lies on top goes, then the first tab comes."""
        if self._drawer.is_open:
            self._drawer.close()
        elif self._moment.is_open:
            self._moment.close()
            self._draw(self._phone.house.live.show)
        elif self._tab != TABS[0]:
            self.open(TABS[0])

    def _show_tab(self, show: ShowView) -> None:
        shown: dict[str, Callable[[ShowView], None]] = {
            "search": self.search.show,
            "mine": self._mine.show,
            "now": self._now.show,
        }
        shown[self._tab](show)

    def _show_pill(self, show: ShowView) -> None:
        me = self._phone.singer.id
        mine = show.of_singer.get(me, [])
        asked = asks(me, show)
        kind = self._moment.kind
        self._pill.set_visibility(bool(kind or mine or asked))
        mark(self._pill, "next", kind == "next" or (bool(asked) and not kind))
        mark(self._pill, "stage", kind in ("called", "stage"))
        label = ""
        if kind:
            self._pill.text = t(f"singer.pill.{kind}")
        elif asked:
            self._pill.text = t("singer.duet.asks", singer=asked[0].singer)
        elif mine:
            self._pill.text = phrases.place(show, mine[0], time.time())
            label = t("singer.pill.label", place=self._pill.text)
        tell(self._pill, aria_label=label or self._pill.text)

    def _press_pill(self) -> None:
        if self._moment.kind:
            self._moment.reopen()
            self._draw(self._phone.house.live.show)
        else:
            self.open("mine")

    def _tab_button(self, name: str) -> Text:
        return (
            Text("button", t(f"singer.tabs.{name}"), f"tab {name}")
            .on("click", lambda: self.open(name))
            .mark(name)
        )
