"""The night: its name, whether requests are open, and its end."""

from nicegui import ui

from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.pages.host.preflight import Preflight
from karaoke_ui.show import night
from karaoke_ui.show.views import ShowView
from karaoke_ui.text import t


class EveningPane:
    """What the host decides about tonight."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known_name = ""
        with ui.element("header").classes("pane-head"):
            ui.label(t("host.tabs.night")).classes("pane-title").props("role=heading aria-level=2")
        with ui.element("div").classes("pane-body cards"):
            self._build_name()
            self._build_preflight()

    def _build_name(self) -> None:
        with ui.element("div").classes("card group"):
            ui.label(t("host.night.name")).classes("group-title")
            self._name = (
                ui.input()
                .props(f'outlined maxlength=60 aria-label="{t("host.night.name")}"')
                .classes("field")
            )
            self._name.mark("night-name").on("blur", self._rename, args=[]).on(
                "keydown.enter", self._rename, args=[]
            )

    def _build_preflight(self) -> None:
        preflight = Preflight(self._desk)
        with ui.element("div").classes("card group line wrap"):
            with ui.element("div").classes("grow"):
                ui.label(t("host.preflight.title")).classes("group-title")
                ui.label(t("host.preflight.help")).classes("quiet small-text")
            button(t("host.preflight.open"), preflight.open, "main", icon="checklist").mark("preflight")

    def show(self, show: ShowView) -> None:
        if show.night != self._known_name:
            self._known_name = show.night
            self._name.set_value(show.night)

    async def _rename(self) -> None:
        if self._name.value == self._known_name:
            return
        with self._desk.caught():
            await self._desk.do(night.rename, self._name.value or "")
            self._desk.say(t("host.night.renamed"), tone="good")
            return
        self._name.set_value(self._known_name)
