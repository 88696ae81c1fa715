"""Who helps the host: co-hosts with a name, a password and only the rights that they were given."""

from collections.abc import Callable
from functools import partial

from nicegui import ui

from karaoke_ui import auth
from karaoke_ui.pages.host.desk import Desk, button, dialog
from karaoke_ui.parts.newest import Newest
from karaoke_ui.show import cohosts
from karaoke_ui.show.rights import GRANTED, Right
from karaoke_ui.show.tables import CoHost
from karaoke_ui.text import t


class HelpersDialog:
    """Filled when it opens, and after each change."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._rights: set[Right] = set()
        self._of_helpers = Newest()
        with (
            dialog(t("host.helpers.head")) as self._dialog,
            ui.element("div").classes("card sheet helpers-sheet"),
        ):
            ui.label(t("host.helpers.head")).classes("sheet-title").props("role=heading aria-level=2")
            ui.label(t("host.helpers.help")).classes("quiet small-text")
            self._rows = ui.element("div").classes("rows").props("role=list")
            ui.label(t("host.helpers.new")).classes("group-title")
            self._name = self._field("name", cohosts.MAX_NAME)
            self._password = self._field("password", 100).props("type=password autocomplete=new-password")
            self._new = ui.element("div").classes("rule-values")
            with ui.element("div").classes("line end"):
                button(t("host.close"), self._dialog.close, "quiet-btn")
                button(t("host.helpers.add"), self._add, "main").mark("helper-add")

    def _field(self, name: str, most: int) -> ui.input:
        words = t(f"host.helpers.{name}")
        field = ui.input(placeholder=words).props(f'outlined maxlength={most} aria-label="{words}"')
        return field.classes("field").mark(f"helper-{name}")

    async def open(self) -> None:
        self._rights = {Right.PLAYER, Right.QUEUE}
        self._show_new()
        await self._load()
        self._dialog.open()

    async def _load(self) -> None:
        with self._desk.caught():
            is_newest = self._of_helpers.begin()
            found = await self._desk.house.read(cohosts.every, self._desk.actor)
            if not is_newest():
                return
            self._rows.clear()
            with self._rows:
                for each in found:
                    self._row(each)

    def _row(self, helper: CoHost) -> None:
        has = {*cohosts.rights_of(helper)}
        with (
            ui.element("div").classes("line wrap helper").props("role=listitem").mark(f"helper-{helper.name}")
        ):
            ui.label(helper.name).classes("item-title grow ellipsis").props("dir=auto")
            for right in GRANTED:
                self._chip(right, right in has, partial(self._toggle, helper.id, has, right))
            gone = button("", partial(self._remove, helper.id), "icon-btn", icon="close")
            gone.props(f'aria-label="{t("host.helpers.remove", name=helper.name)}"')

    def _show_new(self) -> None:
        self._new.clear()
        with self._new:
            for right in GRANTED:
                self._chip(right, right in self._rights, partial(self._toggle_new, right))

    def _chip(self, right: Right, on: bool, press: Callable[[], object]) -> None:
        chip = button(t(f"host.helpers.{right}"), press, f"chip{' on' if on else ''}")
        chip.props(f"aria-pressed={str(on).lower()}")

    def _toggle_new(self, right: Right) -> None:
        self._rights ^= {right}
        self._show_new()

    async def _toggle(self, helper_id: str, has: set[Right], right: Right) -> None:
        # A second press counts from the first one, drawn or not.
        has ^= {right}
        with self._desk.caught():
            await self._desk.do(cohosts.change, helper_id, rights=sorted(has))
        await self._load()

    async def _add(self) -> None:
        with self._desk.caught():
            hashed = await self._desk.house.work(auth.hash_of, self._password.value or "")
            await self._desk.do(cohosts.create, self._name.value or "", hashed, sorted(self._rights))
            self._desk.say(t("host.helpers.added", name=self._name.value), tone="good")
            self._name.set_value("")
            self._password.set_value("")
        await self._load()

    async def _remove(self, helper_id: str) -> None:
        with self._desk.caught():
            await self._desk.do(cohosts.delete, helper_id)
        await self._load()
