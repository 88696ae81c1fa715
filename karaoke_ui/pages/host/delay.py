"""The dialog that sets how late a TV's sound and picture come: by hand, or by tapping along with it."""

from nicegui import ui
from sqlmodel import Session

from karaoke_ui.pages.host.desk import Desk, button, dialog
from karaoke_ui.pages.host.parts import Scale, Stepper
from karaoke_ui.show import clock, offsets
from karaoke_ui.show.offsets import FINDING, MOST, TAPS, Mode
from karaoke_ui.show.tables import Stage
from karaoke_ui.text import t

MILLISECONDS = Scale(0, round(MOST * 1000), 20, 0, " ms")


class DelayDialog:
    """For the TV that plays; what is changed is heard at once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stage_id = ""
        with (
            dialog(t("host.delay.head")).on("hide", self._stop) as self._dialog,
            ui.element("div").classes("card sheet delay"),
        ):
            ui.label(t("host.delay.head")).classes("sheet-title").props("role=heading aria-level=2")
            ui.label(t("host.delay.help")).classes("quiet small-text")
            self._sound = Stepper("delay_sound", MILLISECONDS, self._set_sound)
            self._picture = Stepper("delay_picture", MILLISECONDS, self._set_picture)
            self._said = ui.label().classes("delay-said").props("aria-live=polite")
            self._pad = button("", self._tap, "main tap-pad", icon="touch_app").mark("tap-pad")
            self._begin = button(t("host.delay.begin"), self._listen, "big", icon="touch_app").mark(
                "tap-along"
            )
            with ui.element("div").classes("line end"):
                button(t("host.close"), self._dialog.close, "quiet-btn")
                button(t("host.delay.fits"), self._fits, "big", icon="check").mark("delay-fits")

    async def open(self) -> None:
        stage = self._desk.house.live.show.stage
        if stage is None:
            self._desk.say(t("host.pills.stage_none"), tone="bad")
            return
        self._stage_id = stage.id
        await self._load()
        self._show()
        self._dialog.open()

    async def _load(self) -> None:
        with self._desk.caught():
            stage = await self._desk.house.read(_stage, self._stage_id)
            if stage is not None:
                self._sound.show(round(stage.sound_offset * 1000))
                self._picture.show(round(stage.picture_offset * 1000))

    def _show(self) -> None:
        tapping = self._desk.house.tapping
        mine = tapping.stage_id == self._stage_id and tapping.mode is not None
        self._pad.set_visibility(mine)
        self._begin.set_visibility(not mine)
        found = tapping.found if tapping.stage_id == self._stage_id else None
        if mine:
            left = max(0, FINDING + TAPS - len(tapping.taps))
            self._pad.set_text(t(f"host.delay.tap_{tapping.mode}", left=left))
        self._said.set_text(
            "" if mine or found is None else t("host.delay.found", ms=round(abs(found) * 1000))
        )
        self._said.set_visibility(bool(self._said.text))

    async def _listen(self) -> None:
        with self._desk.caught():
            await self._desk.do(offsets.listen, self._desk.house.tapping, self._stage_id, Mode.SOUND)
        self._show()

    async def _tap(self) -> None:
        at = clock.now()
        with self._desk.caught():
            await self._desk.do(offsets.tap, self._desk.house.tapping, self._stage_id, at)
        if self._desk.house.tapping.mode is None:
            await self._load()
        self._show()

    async def _stop(self) -> None:
        """Nobody taps any more: the TV is quiet again."""
        tapping = self._desk.house.tapping
        if tapping.mode is not None and tapping.stage_id == self._stage_id:
            with self._desk.caught():
                await self._desk.do(offsets.listen, tapping, self._stage_id, None)

    async def _fits(self) -> None:
        """What is set is right, even where it is nothing."""
        with self._desk.caught():
            await self._desk.do(offsets.set_offsets, self._stage_id)
            self._dialog.close()

    async def _set_sound(self, milliseconds: int) -> None:
        with self._desk.caught():
            await self._desk.do(offsets.set_offsets, self._stage_id, milliseconds / 1000)

    async def _set_picture(self, milliseconds: int) -> None:
        with self._desk.caught():
            await self._desk.do(offsets.set_offsets, self._stage_id, None, milliseconds / 1000)


def _stage(s: Session, stage_id: str) -> Stage | None:
    return s.get(Stage, stage_id)
