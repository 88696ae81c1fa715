"""Another password for the host: who has it open on this tablet stays in, all others are asked for the new one."""

from nicegui import ui

from karaoke_ui import auth
from karaoke_ui.limits import LOGINS
from karaoke_ui.pages.host.desk import Desk, button, dialog
from karaoke_ui.text import t


class PasswordDialog:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        with dialog(t("host.password.head")) as self._dialog, ui.element("div").classes("card ask"):
            ui.label(t("host.password.head")).classes("sheet-title").props("role=heading aria-level=2")
            ui.label(t("host.password.help")).classes("quiet small-text")
            self._old = self._field("old", "current-password")
            self._new = self._field("new", "new-password").on("keydown.enter", self._save, args=[])
            with ui.element("div").classes("line end"):
                button(t("host.close"), self._dialog.close, "quiet-btn")
                button(t("host.password.save"), self._save, "main").mark("password-save")

    def _field(self, name: str, kind: str) -> ui.input:
        words = t(f"host.password.{name}")
        field = ui.input(placeholder=words).props(f'outlined maxlength=100 aria-label="{words}"')
        return field.props(f"type=password autocomplete={kind}").classes("field").mark(f"password-{name}")

    def open(self) -> None:
        for field in (self._old, self._new):
            field.set_value("")
        self._dialog.open()

    async def _save(self) -> None:
        with self._desk.caught():
            self._desk.house.limits.spend(LOGINS, self._desk.actor.id)
            await auth.new_password(
                self._desk.house, self._desk.actor, self._old.value or "", self._new.value or ""
            )
            self._dialog.close()
            self._desk.say(t("host.password.saved"), tone="good")
