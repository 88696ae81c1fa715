"""The dialog that puts somebody into the queue: who sings, and what. A walk-up is a name and a tap on a song.

Of several who are chosen the first one asks, and the others sing along.
"""

from collections.abc import Sequence

from nicegui import ui
from sqlmodel import Session

from karaoke_ui.pages.host.desk import Desk, button, dialog
from karaoke_ui.pages.host.finding import Finding
from karaoke_ui.pages.host.people_chips import PeopleChips
from karaoke_ui.show import night, people, views
from karaoke_ui.show.asking import MOST_PARTNERS, Wanted
from karaoke_ui.show.rights import Actor
from karaoke_ui.show.tables import Turn
from karaoke_ui.show.views import SingerView, SongView
from karaoke_ui.text import t, together


class AskDialog:
    """Who on top, what below; with a song given, only who."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._song: SongView | None = None
        self._heading = ""
        with dialog(t("host.ask.song")) as self._dialog, ui.element("div").classes("card ask") as self._card:
            with ui.element("header").classes("ask-head"):
                self._title = ui.label().classes("sheet-title ellipsis grow")
                close = button("", self._dialog.close, "icon-btn", icon="close")
                close.props(f'aria-label="{t("host.close")}"')
            self._name = ui.input(placeholder=t("host.ask.name"), on_change=self._typed_name)
            self._name.props("outlined maxlength=24 autocomplete=off").classes("field").mark("ask-name")
            self._name.on("keydown.enter", self._enter, args=[])
            self._chips = PeopleChips(t("host.tabs.singers"), 1 + MOST_PARTNERS, self._pressed)
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
        self._chips.press(singer)

    async def for_song(self, song: SongView) -> None:
        """The song is chosen: who sings it?"""
        await self._open(t("host.ask.for_song", title=song.title), song, known=True)

    async def _open(self, title: str, song: SongView | None, *, known: bool) -> None:
        self._heading = title
        self._song = song
        self._name.set_value("")
        self._wrong.set_text("")
        self._finding.show(song is None)
        self._ask.set_visibility(song is not None)
        self._card.classes(add="short" if song else "", remove="" if song else "short")
        with self._desk.caught():
            self._chips.offer(await self._desk.house.read(views.singers) if known else ())
            self._show_who()
            self._dialog.open()
            if song is None:
                await self._finding.look()

    def _typed_name(self) -> None:
        self._wrong.set_text("")
        self._chips.narrow(self._name.value or "")

    def _pressed(self) -> None:
        """What was typed has found somebody."""
        self._name.set_value("")
        self._wrong.set_text("")
        self._show_who()

    def _show_who(self) -> None:
        """Who was chosen, in their order, with the song where that is given."""
        title = self._song.title if self._song is not None else ""
        who = together(self._chips.names)
        self._title.set_text(" · ".join(filter(None, (who, title))) if who else self._heading)

    async def _enter(self) -> None:
        if self._song is not None:
            await self._put(self._song)

    async def _ask_given(self) -> None:
        if self._song is not None:
            await self._put(self._song)

    async def _put(self, song: SongView) -> None:
        name = (self._name.value or "").strip()
        if not name and not self._chips.chosen:
            self._wrong.set_text(t("host.ask.who"))
            self._name.run_method("focus")
            return
        with self._desk.caught():
            await self._desk.undoable(_put_in, song.id, self._chips.chosen, name)
            self._dialog.close()


def _put_in(s: Session, actor: Actor, song_id: str, chosen: Sequence[str], name: str) -> Turn:
    """One transaction: a walk-up whose turn is refused is not left behind. A name that was typed is who asks."""
    typed = [_walk_up_of(s, name) or people.add_walk_up(s, actor, name).id] if name else []
    first, *along = dict.fromkeys([*typed, *chosen])
    return night.ask(s, actor, song_id, first, Wanted(partner_ids=along))


def _walk_up_of(s: Session, name: str) -> str:
    """The walk-up of this name who sang before tonight, if there is one: Grandpa stays the same Grandpa."""
    same = (
        each for each in views.singers(s) if not each.has_phone and each.name.casefold() == name.casefold()
    )
    return next((each.id for each in same), "")
