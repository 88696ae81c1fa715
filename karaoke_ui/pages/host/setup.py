"""The box: its TVs, the address for the guests, the state of the model, the songs on the disk, and the logins."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from karaoke_ui import auth
from karaoke_ui.address import Join
from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.pages.host.downloads import Downloads
from karaoke_ui.pages.host.helpers import HelpersDialog
from karaoke_ui.pages.host.models import ModelCard
from karaoke_ui.pages.host.parts import HoldButton
from karaoke_ui.pages.host.password import PasswordDialog
from karaoke_ui.pages.host.preflight import Preflight
from karaoke_ui.pages.host.storage import Storage
from karaoke_ui.pages.host.wifi_card import WifiCard
from karaoke_ui.pages.host.wording import Pill, set_pill
from karaoke_ui.show import stages
from karaoke_ui.show.views import ShowView, StageView
from karaoke_ui.text import t


class SetupPane:
    """What is set up once, and looked at when something is wrong."""

    def __init__(self, desk: Desk, join: Join, open_keys: Callable[[], None]) -> None:
        self._desk = desk
        self._join = join
        self._screens: dict[str, ScreenRow] = {}
        with ui.element("header").classes("pane-head"):
            ui.label(t("host.tabs.settings")).classes("pane-title").props("role=heading aria-level=2")
        with ui.element("div").classes("pane-body cards"):
            with ui.element("div").classes("card group line wrap"):
                with ui.element("div").classes("grow"):
                    ui.label(t("host.preflight.title")).classes("group-title")
                    ui.label(t("host.preflight.help")).classes("quiet small-text")
                button(t("host.preflight.open"), Preflight(desk).open, "main big").mark("preflight")
            self._build_screens()
            self._build_address()
            self._wifi = WifiCard(desk)
            self._model = ModelCard(desk)
            Storage(desk)
            Downloads(desk)
            with ui.element("div").classes("card group line wrap"):
                ui.label(t("host.keys.head")).classes("group-title grow")
                button(t("host.keys.show"), open_keys)
            with ui.element("div").classes("card group line wrap"):
                ui.label(t("host.night.logins")).classes("group-title grow")
                button(t("host.helpers.head"), HelpersDialog(desk).open).mark("helpers")
                button(t("host.password.head"), PasswordDialog(desk).open).mark("password")
                button(t("host.night.log_out"), desk.log_out).mark("log-out")
                end_all = t("host.night.end_all"), t("host.night.end_all_said")
                HoldButton(*end_all, "logout", self._end_all).mark("end-all")

    def _build_screens(self) -> None:
        tv = f"{self._join.address}/stage"
        with ui.element("div").classes("card group"):
            ui.label(t("host.night.screens")).classes("group-title")
            ui.label(t("host.night.pair_help", address=tv)).classes("quiet small-text")
            with ui.element("div").classes("line"):
                self._code = ui.input(placeholder="0000", on_change=self._typed_code)
                self._code.props(
                    f'outlined mask="####" inputmode=numeric autocomplete=off aria-label="{t("host.night.code")}"'
                )
                self._code.classes("field code").mark("pair-code").on("keydown.enter", self._pair, args=[])
                self._do_pair = button(t("host.night.pair"), self._pair, "main big")
            self._list = ui.element("div").classes("rows inner").props("role=list")

    def _build_address(self) -> None:
        with ui.element("div").classes("card group line top"):
            with ui.element("div").classes("grow"):
                ui.label(t("host.night.address")).classes("group-title")
                ui.label(t("host.night.address_help")).classes("quiet small-text")
                ui.label(self._join.address).classes("address")
            ui.html(self._join.qr, sanitize=False).classes("qr").props(
                f'role=img aria-label="{self._join.url}"'
            )

    def focus_code(self) -> None:
        self._code.run_method("focus")

    def show(self, show: ShowView) -> None:
        for gone in self._screens.keys() - {stage.id for stage in show.stages}:
            self._screens.pop(gone).row.delete()
        for number, stage in enumerate(show.stages, 1):
            if stage.id not in self._screens:
                with self._list:
                    self._screens[stage.id] = ScreenRow(self._unpair)
            self._screens[stage.id].show(stage, number)
        self._model.show(show.model)
        self._wifi.show(show)

    async def _typed_code(self) -> None:
        if len(self._code.value or "") == 4:
            await self._pair()

    async def _pair(self) -> None:
        code = self._code.value or ""
        if len(code) != 4:
            return
        self._code.set_value("")
        with self._desk.caught():
            await self._desk.do(stages.pair, code)
            self._desk.say(t("host.night.paired"), tone="good")

    async def _unpair(self, stage_id: str) -> None:
        with self._desk.caught():
            await self._desk.do(stages.unpair, stage_id)
            self._desk.say(t("host.night.unpaired"))

    async def _end_all(self) -> None:
        with self._desk.caught():
            await self._desk.do(auth.end_all_logins)


class ScreenRow:
    """One paired TV."""

    def __init__(self, unpair: Callable[[str], Awaitable[None]]) -> None:
        self._id = ""
        with ui.element("div").classes("line screen").props("role=listitem") as self.row:
            self._name = ui.label().classes("item-title")
            self._leads = ui.label().classes("tag")
            ui.element("div").classes("grow")
            self._state = ui.label().classes("pill")
            send_away = t("host.night.unpair"), t("host.night.unpair_said")
            HoldButton(*send_away, "tv_off", lambda: unpair(self._id)).mark("unpair")

    def show(self, stage: StageView, number: int) -> None:
        self._id = stage.id
        self._name.set_text(t("host.night.screen", n=number))
        self._leads.set_text(t("host.night.leads" if stage.leads else "host.night.spare"))
        self._leads.set_visibility(stage.connected)
        set_pill(self._state, _state(stage))


def _state(stage: StageView) -> Pill:
    if not stage.connected:
        return Pill(t("host.night.gone"), "warm")
    return Pill(t("host.night.armed"), "good") if stage.armed else Pill(t("host.night.silent"), "warm")
