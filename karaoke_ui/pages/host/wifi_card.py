"""The guests' Wi-Fi, written down where the host stands: the TV and the table cards show it with a code."""

from nicegui import ui

from karaoke_ui import address
from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.show import wifi
from karaoke_ui.show.views import ShowView
from karaoke_ui.show.wifi import MOST_BYTES, PASSWORD_LENGTHS, Wifi
from karaoke_ui.text import t


class WifiCard:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._shown: Wifi | None = None
        with ui.element("div").classes("card group").mark("wifi"):
            ui.label(t("host.wifi.head")).classes("group-title")
            ui.label(t("host.wifi.help")).classes("quiet small-text")
            with ui.element("div").classes("line wrap"):
                self._name = self._field("name", MOST_BYTES)
                self._password = self._field("password", PASSWORD_LENGTHS.stop - 1)
                button(t("host.edit.save"), self._save, "main big").mark("wifi-save")

    def show(self, show: ShowView) -> None:
        """What is being typed stays, unless another Wi-Fi was written down meanwhile."""
        now = address.wifi(self._desk.house.box.settings, show.wifi)
        if now != self._shown:
            self._shown = now
            self._name.set_value(now.name)
            self._password.set_value(now.password)

    def _field(self, name: str, most: int) -> ui.input:
        words = t(f"host.wifi.{name}")
        field = ui.input(placeholder=words).props(
            f"outlined maxlength={most} autocomplete=off autocorrect=off autocapitalize=off spellcheck=false"
            f' aria-label="{words}"'
        )
        return field.classes("field grow").mark(f"wifi-{name}").on("keydown.enter", self._save, args=[])

    async def _save(self) -> None:
        with self._desk.caught():
            before = self._shown or Wifi()
            chosen = await self._desk.do(wifi.change, self._name.value or "", self._password.value or "")
            said = t("host.wifi.saved", name=chosen.name) if chosen.name else t("host.wifi.none")
            self._desk.say(said, undo=lambda: self._put_back(before))

    async def _put_back(self, before: Wifi) -> None:
        await self._desk.do(wifi.change, before.name, before.password)
