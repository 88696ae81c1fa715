"""The dialog that changes a waiting turn: its song, its key, who sings along, and the line for the room."""

from nicegui import ui

from karaoke_ui.pages.host.controls import KEY
from karaoke_ui.pages.host.desk import Desk, button, dialog
from karaoke_ui.pages.host.finding import Finding
from karaoke_ui.pages.host.parts import Stepper
from karaoke_ui.pages.host.people_chips import PeopleChips
from karaoke_ui.parts.newest import Newest
from karaoke_ui.show import turns, views
from karaoke_ui.show.asking import MAX_MESSAGE, MOST_PARTNERS
from karaoke_ui.show.tables import Partner
from karaoke_ui.show.views import SongView, TurnView
from karaoke_ui.text import t

# So many are found at a glance.
FEW = 12


class ChangeDialog:
    """Filled when it opens; what is not touched stays."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._turn: TurnView | None = None
        self._song: SongView | None = None
        self._half_tones = 0
        self._before: list[str] = []
        self._of_people = Newest()
        with dialog(t("host.queue.change")) as self._dialog, ui.element("div").classes("card sheet change"):
            self._title = (
                ui.label().classes("sheet-title ellipsis").props("dir=auto role=heading aria-level=2")
            )
            with ui.element("div").classes("line change-song"):
                self._name = ui.label().classes("grow ellipsis item-title").props("dir=auto")
                self._other = button(t("host.change.song"), self._look, "small").mark("change-song")
            self._finding = Finding(desk, self._chosen)
            self._key = Stepper("key", KEY, self._set_key).mark("change-key")
            with ui.element("div").classes("named along"):
                ui.label(t("host.change.along")).classes("quiet small-text")
                self._typed = ui.input(placeholder=t("host.change.find"), on_change=self._narrow)
                self._typed.props("outlined autocomplete=off").classes("field").mark("change-find")
                self._along = PeopleChips(t("host.change.along"), MOST_PARTNERS)
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
            is_newest = self._of_people.begin()
            here = await self._desk.house.read(views.singers)
            if not is_newest():
                return
            others = [each for each in here if each.id != turn.singer_id and not each.removed]
            self._typed.set_value("")
            self._typed.set_visibility(len(others) > FEW)
            self._along.offer(others, [each.id for each in turn.who(Partner.YES, Partner.ASKED)])
            self._before = list(self._along.chosen)
            self._message.set_value(turn.message)
            self._dialog.open()

    def _narrow(self) -> None:
        self._along.narrow(self._typed.value or "")

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
                partner_ids=self._along.chosen if self._along.chosen != self._before else None,
                message=self._message.value or "",
            )
            self._dialog.close()
