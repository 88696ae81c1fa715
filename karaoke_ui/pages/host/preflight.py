"""The look before the night: one list, green or red, with what to do about each line, and the tone that the host hears."""

from nicegui import background_tasks, ui
from nicegui.element import Element

from karaoke_ui.changes import Changes
from karaoke_ui.pages.host.desk import Desk, button, dialog
from karaoke_ui.preflight import gather
from karaoke_ui.show import stages
from karaoke_ui.show.preflight import Check, Health, examine
from karaoke_ui.text import plural, t
from pipeline.errors import EncoreError

SHAPES = {Health.GOOD: "✓", Health.WARN: "▲", Health.BAD: "✕"}
# Changes that can turn a line green.
CONCERNS = {"stage", "guest", "model", "queue", "lyrics", "track", "night"}
LOOK_SECONDS = 5.0
AWAKE = "Boolean(navigator.wakeLock && window.isSecureContext)"


class Preflight:
    """A dialog that looks again whenever something changed while it is open."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._awake: bool | None = None
        self._rows: dict[str, Row] = {}
        self._stage_id = ""
        with dialog(t("host.preflight.title")) as self._dialog, ui.element("div").classes("card preflight"):
            with ui.element("header").classes("ask-head"):
                ui.label(t("host.preflight.title")).classes("sheet-title grow").props(
                    "role=heading aria-level=2"
                )
                close = button("", self._dialog.close, "icon-btn", icon="close")
                close.props(f'aria-label="{t("host.close")}"')
            self._sum = ui.label().classes("quiet").props("role=status")
            self._list = ui.element("div").classes("checks").props("role=list")
        desk.house.live.on_changes.subscribe(self._changed)
        # A worker that comes back, and a disk that fills up, tell nobody.
        ui.timer(LOOK_SECONDS, self._look_again)

    async def open(self) -> None:
        self._dialog.open()
        try:
            self._awake = bool(await ui.run_javascript(AWAKE, timeout=3.0))
        except TimeoutError:
            self._awake = None
        await self._look()
        background_tasks.create(self._ask_outside())

    async def _ask_outside(self) -> None:
        """Whether downloading works takes seconds to find out: the line follows when it is known."""
        if not self._desk.house.box.settings.online:
            return
        try:
            await self._desk.house.youtube.health()
        except EncoreError:
            return
        await self._look()

    async def _changed(self, changes: Changes) -> None:
        if self._dialog.value and changes.keys.keys() & CONCERNS:
            await self._look()

    async def _look_again(self) -> None:
        if self._dialog.value:
            await self._look()

    async def _look(self) -> None:
        with self._desk.caught():
            facts = await gather(self._desk.house, self._desk.actor, self._awake)
            self._stage_id = facts.tv.id if facts.tv else ""
            self._show(examine(facts))

    def _show(self, checks: list[Check]) -> None:
        left = sum(1 for check in checks if check.health is not Health.GOOD)
        self._sum.set_text(plural("host.preflight.left", left) if left else t("host.preflight.all_good"))
        for gone in self._rows.keys() - {check.key for check in checks}:
            self._rows.pop(gone).line.delete()
        for place, check in enumerate(checks):
            if check.key not in self._rows:
                with self._list:
                    self._rows[check.key] = self._row(check.key)
            self._rows[check.key].show(check)
            self._rows[check.key].line.move(self._list, place)

    def _row(self, key: str) -> "Row":
        row = Row()
        if key == "heard":
            with row.side:
                button(t("host.preflight.tone"), self._ring, "small", icon="volume_up").mark("tone")
                heard = button(t("host.preflight.heard"), self._heard, "small main").mark("heard")
            row.when_open = heard
        return row

    async def _ring(self) -> None:
        with self._desk.caught():
            await self._desk.do(stages.ring, self._stage_id)

    async def _heard(self) -> None:
        with self._desk.caught():
            await self._desk.do(stages.confirm, self._stage_id, True)


class Row:
    """One line: a shape, a sentence, and the remedy under it."""

    def __init__(self) -> None:
        with ui.element("div").classes("check").props("role=listitem") as self.line:
            self._shape = ui.label().classes("check-shape").props("aria-hidden=true")
            with ui.element("div").classes("grow"):
                self._words = ui.label().classes("check-words")
                self._mend = ui.label().classes("quiet small-text")
            self.side: Element = ui.element("div").classes("check-side")
        # Of use only while it is not fine.
        self.when_open: Element | None = None

    def show(self, check: Check) -> None:
        self._shape.set_text(SHAPES[check.health])
        self._words.set_text(check.words)
        self._mend.set_text(check.mend)
        self._mend.set_visibility(bool(check.mend))
        if self.when_open is not None:
            self.when_open.set_visibility(check.health is not Health.GOOD)
        others = " ".join(health.value for health in Health if health is not check.health)
        self.line.classes(add=check.health.value, remove=others)
