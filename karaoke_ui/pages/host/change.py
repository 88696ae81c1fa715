"""The dialog that changes a waiting turn: its song, its key, who sings along, and the line for the room."""

from nicegui import ui

from karaoke_ui.pages.host.controls import KEY
from karaoke_ui.pages.host.desk import Desk, button, dialog
from karaoke_ui.pages.host.finding import Finding
from karaoke_ui.pages.host.parts import Stepper
from karaoke_ui.show import turns, views
from karaoke_ui.show.asking import MAX_MESSAGE
from karaoke_ui.show.views import SongView, TurnView
from karaoke_ui.text import t


class ChangeDialog:
    """Filled when it opens; what is not touched stays."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._turn: TurnView | None = None
        self._song: SongView | None = None
        self._half_tones = 0
        with dialog(t("host.queue.change")) as self._dialog, ui.element("div").classes("card sheet change"):
            self._title = (
                ui.label().classes("sheet-title ellipsis").props("dir=auto role=heading aria-level=2")
            )
            with ui.element("div").classes("line change-song"):
                self._name = ui.label().classes("grow ellipsis item-title").props("dir=auto")
                self._other = button(t("host.change.song"), self._look, "small").mark("change-song")
            self._finding = Finding(desk, self._chosen)
            self._key = Stepper("key", KEY, self._set_key).mark("change-key")
            self._partner = ui.select({}, label=t("host.change.partner"), with_input=True, clearable=True)
            self._partner.props("outlined").classes("field").mark("change-partner")
            self._message = ui.input(label=t("host.change.message")).props(
                f"outlined maxlength={MAX_MESSAGE}"
            )
            self._message.classes("field").mark("change-message")
            with ui.element("div").classes("line end"):
                button(t("host.close"), self._dialog.close, "quiet-btn")
                button(t("host.edit.save"), self._save, "main").mark("change-save")

    async def open(self, turn: TurnView) -> None:
        self._turn, self._song, self._half_tones = turn, None, turn.key
        self._title.set_text(turn.singer)
        self._name.set_text(" · ".join(filter(None, (turn.title, turn.artist))))
        self._finding.show(False)
        self._key.show(turn.key)
        with self._desk.caught():
            here = await self._desk.house.read(views.singers)
            names = {
                each.id: f"{each.face} {each.name}".strip() for each in here if each.id != turn.singer_id
            }
            self._partner.set_options(names, value=turn.partner_id if turn.partner_id in names else None)
            self._message.set_value(turn.message)
            self._dialog.open()

    async def _look(self) -> None:
        self._finding.show(True)
        await self._finding.look()

    async def _chosen(self, song: SongView) -> None:
        self._song = song
        self._name.set_text(" · ".join(filter(None, (song.title, song.artist))))
        self._finding.show(False)

    async def _set_key(self, half_tones: int) -> None:
        self._half_tones = half_tones

    async def _save(self) -> None:
        if self._turn is None:
            return
        with self._desk.caught():
            await self._desk.undoable(
                turns.change,
                self._turn.id,
                song_id=self._song.id if self._song else None,
                key=self._half_tones,
                partner_id=self._partner.value or "",
                message=self._message.value or "",
            )
            self._dialog.close()
