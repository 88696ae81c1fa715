"""The dialog that mends a song's title and artist."""

from nicegui import ui

from karaoke_ui import actions
from karaoke_ui.pages.host.desk import Desk, button, dialog
from karaoke_ui.show.views import SongView
from karaoke_ui.text import t
from pipeline.editing import Fields


class EditDialog:
    """Two fields and a button."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._song_id = ""
        with dialog(t("host.edit.head")) as self._dialog, ui.element("div").classes("card sheet"):
            ui.label(t("host.edit.head")).classes("sheet-title")
            self._title = self._field(t("host.edit.title")).mark("edit-title")
            self._artist = self._field(t("host.edit.artist"))
            for field in (self._title, self._artist):
                field.on("keydown.enter", self._save, args=[])
            with ui.element("div").classes("line end"):
                button(t("host.close"), self._dialog.close, "quiet-btn")
                button(t("host.edit.save"), self._save, "main")

    def _field(self, name: str) -> ui.input:
        with ui.element("div").classes("named"):
            ui.label(name).classes("quiet small-text")
            return ui.input().props(f'outlined maxlength=200 aria-label="{name}"').classes("field")

    def open(self, song: SongView) -> None:
        self._song_id = song.id
        self._title.set_value(song.title)
        self._artist.set_value(song.artist)
        self._dialog.open()

    async def _save(self) -> None:
        with self._desk.caught():
            fields = Fields(title=self._title.value, artist=self._artist.value)
            await self._desk.do(actions.edit_songs, [self._song_id], fields)
            self._dialog.close()
