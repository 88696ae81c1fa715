"""What guests may do with their phones besides asking: bring songs."""

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from karaoke_ui.live import Changes
from karaoke_ui.pages.host.desk import Desk
from karaoke_ui.show import bringing
from karaoke_ui.text import t


class FromPhones:
    """A card of the night's tab."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known = False
        with ui.element("div").classes("card group"):
            ui.label(t("host.phones.heading")).classes("group-title")
            self._guests = ui.switch(t("host.phones.guests"), on_change=self._switched).mark("guests-bring")
            most = desk.house.box.settings.max_guest_upload_mb
            ui.label(t("host.phones.help", n=most)).classes("quiet small-text")
        desk.house.live.on_changes.subscribe(self._changed)
        ui.timer(0.0, self._load, once=True)

    async def _changed(self, changes: Changes) -> None:
        if "night" in changes:
            await self._load()

    async def _load(self) -> None:
        self._known = await self._desk.house.read(bringing.guests_may)
        self._guests.set_value(self._known)

    async def _switched(self, event: ValueChangeEventArguments[bool | None]) -> None:
        on = bool(event.value)
        if on == self._known:
            return
        self._known = on
        with self._desk.caught():
            await self._desk.do(bringing.let_guests, on)
