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
    def __init__(self, phone: Phone, *, is_new: bool = False) -> None:
        """`is_new`: somebody has just said a name, and is told the four letters that go with it."""
        self._phone = phone
        self._language = text.language()
        self._tab = TABS[0]
        # The songs of all who sing with this phone, as they last waited.
        self._waiting: list[TurnView] = []
        self._was_concerned = False
        self._toast = Toast(phone)
        self._drawer = Drawer(self._follow)
        self._change = Change(phone, self._drawer, self._toast, self._exchange)
        with box("div", "home") as self._home:
            with box("header"):
                self._night = Text("p", "", "night")
                self._me = Me(phone, self._drawer, self._toast)
                self._pill = Text("button", "", "where").on("click", self._press_pill).mark("pill")
            if is_new:
                self._tell_letters()
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
        # Before anything is read: what changes meanwhile is not missed.
        self._phone.shelf.on_changes.subscribe(self.search.changed)
        await self.search.begin()
        await self._mine.begin()
        of_singer = self._phone.house.live.show.of_singer
        self._waiting = [turn for each in self._phone.singers for turn in of_singer.get(each.id, ())]
        self._phone.house.live.on_show.subscribe(self.show)
        self.open(self._tab)

    def show(self, show: ShowView) -> Awaitable[None] | None:
        """Something is left to be done only where a song of one's own waits no more."""
        self._toast.show(show)
        gone = [turn for turn in self._waiting if turn.id not in show.waiting]
        self._waiting = [turn for each in self._phone.singers for turn in show.of_singer.get(each.id, ())]
        with text.speaking(self._language):
            if self._concerns(show):
                self._draw(show)
            else:
                self._me.show(show)
                self._show_tab(show)
        return self._mine.gone(gone) if gone else None

    def _concerns(self, show: ShowView) -> bool:
        """Who only looks on, as before, is told by the tab that lies open, and by nothing above it."""
        concerned = self._was_concerned or self._is_concerned(show)
        return concerned or self._drawer.is_open or show.night != self._night.text

    def _is_concerned(self, show: ShowView) -> bool:
        return any(each.id in show.concerned for each in self._phone.singers)

    def open(self, tab: str) -> None:
        """Turn to a tab. The others stand still until they are opened again."""
        self._tab = tab
        self._moment.close()
        self._sheet.instead = ""
        for name, page in self._pages.items():
            page.set_visibility(name == tab)
            tell(self._tabs[name], aria_current="page" if name == tab else "false")
        self._draw(self._phone.house.live.show)

    def _exchange(self, turn: TurnView) -> None:
        """Another song is looked for, to be sung in place of this one."""
        self.open("search")
        self._sheet.instead = turn.id
        self._toast.say(t("singer.mine.choose", title=turn.title))

    def _draw(self, show: ShowView) -> None:
        self._was_concerned = self._is_concerned(show)
        self._night.text = show.night
        self._me.show(show)
        self._moment.show(show)
        if show.now is not None and show.now.sings(self._phone.singer.id):
            self._mine.sings(show)
        self._show_pill(show)
        tell(self._home, inert=self._moment.is_open)
        self._sheet.show(show)
        self._show_tab(show)
        self._follow()

    def _follow(self) -> None:
        self._moment.cover(is_covered=self._drawer.is_open)
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
            self._pill.text = self._moment.named(show, t(f"singer.pill.{kind}"))
        elif asked:
            self._pill.text = t("singer.duet.asks", singer=asked[0].singer)
        elif mine:
            self._pill.text = phrases.chip(show, mine[0], time.time())
            label = t("singer.pill.label", place=self._pill.text)
        tell(self._pill, aria_label=label or self._pill.text)

    def _press_pill(self) -> None:
        if self._moment.kind:
            self._moment.reopen()
            self._draw(self._phone.house.live.show)
        else:
            self.open("mine")

    def _tell_letters(self) -> None:
        """Once: who loses the phone's memory, or comes with another one, needs them."""
        with box("div", "card once") as note:
            Text("p", t("singer.join.letters", code=self._phone.singer.recovery))
            Text("button", t("singer.join.noted"), "soft").on("click", note.delete).mark("noted")

    def _tab_button(self, name: str) -> Text:
        return (
            Text("button", t(f"singer.tabs.{name}"), f"tab {name}")
            .on("click", lambda: self.open(name))
            .mark(name)
        )
