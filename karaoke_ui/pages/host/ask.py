"""The dialog that puts somebody into the queue: who sings, and what. A walk-up is a name and a tap on a song."""

from functools import partial

from nicegui import ui
from sqlmodel import Session

from karaoke_ui.pages.host.desk import Desk, button, dialog
from karaoke_ui.pages.host.finding import Finding
from karaoke_ui.show import night, people, views
from karaoke_ui.show.rights import Actor
from karaoke_ui.show.tables import Turn
from karaoke_ui.show.views import SingerView, SongView
from karaoke_ui.text import t


class AskDialog:
    """Who on top, what below; with a song given, only who."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._song: SongView | None = None
        self._singers: tuple[SingerView, ...] = ()
        self._singer: SingerView | None = None
        with dialog(t("host.ask.song")) as self._dialog, ui.element("div").classes("card ask") as self._card:
            with ui.element("header").classes("ask-head"):
                self._title = ui.label().classes("sheet-title ellipsis grow")
                close = button("", self._dialog.close, "icon-btn", icon="close")
                close.props(f'aria-label="{t("host.close")}"')
            self._name = ui.input(placeholder=t("host.ask.name"), on_change=self._typed_name)
            self._name.props("outlined maxlength=24 autocomplete=off").classes("field").mark("ask-name")
            self._name.on("keydown.enter", self._enter, args=[])
            self._chips = ui.element("div").classes("who-chips")
            self._wrong = ui.label().classes("bad-text small-text").props("role=alert")
            self._finding = Finding(desk, self._put)
            self._ask = button(t("host.ask.ask"), self._ask_given, "main")

    async def walk_up(self) -> None:
        """Somebody without a phone stands at the desk."""
        await self._open(t("host.ask.walk_up"), None, known=False)

    async def for_singer(self) -> None:
        """A song for somebody who is here already, or for a new name."""
        await self._open(t("host.ask.song"), None, known=True)

    async def for_one(self, singer: SingerView) -> None:
        """The singer is chosen: what do they sing?"""
        await self._open(t("host.ask.song"), None, known=True)
        await self._choose(singer)

    async def for_song(self, song: SongView) -> None:
        """The song is chosen: who sings it?"""
        await self._open(t("host.ask.for_song", title=song.title), song, known=True)

    async def _open(self, title: str, song: SongView | None, *, known: bool) -> None:
        self._title.set_text(title)
        self._song, self._singer = song, None
        self._name.set_value("")
        self._wrong.set_text("")
        self._finding.show(song is None)
        self._ask.set_visibility(song is not None)
        self._card.classes(add="short" if song else "", remove="" if song else "short")
        with self._desk.caught():
            self._singers = await self._desk.house.read(views.singers) if known else ()
            self._show_chips()
            self._dialog.open()
            if song is None:
                await self._finding.look()

    def _show_chips(self) -> None:
        typed = (self._name.value or "").strip().casefold()
        self._chips.clear()
        with self._chips:
            for singer in self._singers:
                if typed in singer.name.casefold() or singer == self._singer:
                    chosen = "chosen" if singer == self._singer else ""
                    words = f"{singer.face} {singer.name}".strip()
                    button(words, partial(self._choose, singer), f"chip-btn {chosen}")
        self._chips.set_visibility(bool(self._singers))

    def _typed_name(self) -> None:
        if self._singer is not None and self._name.value != self._singer.name:
            self._singer = None
        self._wrong.set_text("")
        self._show_chips()

    async def _choose(self, singer: SingerView) -> None:
        self._singer = singer
        self._name.set_value(singer.name)
        self._show_chips()
        if self._song is not None:
            await self._put(self._song)

    async def _enter(self) -> None:
        if self._song is not None:
            await self._put(self._song)

    async def _ask_given(self) -> None:
        if self._song is not None:
            await self._put(self._song)

    async def _put(self, song: SongView) -> None:
        name = (self._name.value or "").strip()
        if self._singer is None and not name:
            self._wrong.set_text(t("host.ask.who"))
            self._name.run_method("focus")
            return
        with self._desk.caught():
            await self._desk.undoable(_put_in, song.id, self._singer.id if self._singer else "", name)
            self._dialog.close()


def _put_in(s: Session, actor: Actor, song_id: str, singer_id: str, name: str) -> Turn:
    """One transaction: a walk-up whose turn is refused is not left behind."""
    singer_id = singer_id or _walk_up_of(s, name)
    return night.ask(s, actor, song_id, singer_id or people.add_walk_up(s, actor, name).id)


def _walk_up_of(s: Session, name: str) -> str:
    """The walk-up of this name who sang before tonight, if there is one: Grandpa stays the same Grandpa."""
    same = (
        each for each in views.singers(s) if not each.has_phone and each.name.casefold() == name.casefold()
    )
    return next((each.id for each in same), "")
