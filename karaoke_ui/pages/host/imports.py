"""What the last import of folders brought, and what was left out and why."""

from nicegui import ui

from karaoke_ui import actions
from karaoke_ui.pages.host.desk import Desk, button, dialog
from karaoke_ui.pages.host.wording import clock
from karaoke_ui.text import of_note, t
from pipeline.intake.report import Report

# What fits on a sheet; the rest is in the report's file.
SHOWN = 100


class LastImport:
    """A button, where there was an import, and the sheet that it opens."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._button = button(t("host.imports.open"), self._open, "small last-import", icon="checklist").mark(
            "last-import"
        )
        self._button.set_visibility(False)
        with (
            dialog(t("host.imports.open")) as self._dialog,
            ui.element("div").classes("card sheet").mark("import-report"),
        ):
            self._title = ui.label().classes("sheet-title")
            self._lines = ui.element("div").classes("report-lines")
            button(t("host.close"), self._dialog.close, "quiet-btn")

    async def look(self) -> None:
        self._button.set_visibility(await self._read() is not None)

    async def _open(self) -> None:
        report = await self._read()
        if report is None:
            return
        self._title.set_text(t(f"host.imports.title.{report.kind}"))
        self._lines.clear()
        with self._lines:
            ui.label(
                t(
                    "host.imports.sum",
                    time=clock(report.ended),
                    added=report.added,
                    known=report.known,
                    refused=report.refused,
                )
            ).classes("quiet")
            self._listed(
                "refused", [f"{each.file}: {of_note(each.reason)}" for each in report.skipped], report.refused
            )
            self._listed("gone", report.gone, len(report.gone))
            self._listed("missing", report.missing, len(report.missing))
            if not (report.refused or report.gone or report.missing):
                ui.label(t("host.imports.nothing"))
        self._dialog.open()

    def _listed(self, heading: str, lines: list[str], count: int) -> None:
        if not count:
            return
        ui.label(t(f"host.imports.{heading}")).classes("group-title")
        for line in lines[:SHOWN]:
            ui.label(line).classes("small-text report-line")
        if count > SHOWN:
            ui.label(t("host.imports.more", n=count - SHOWN)).classes("quiet small-text")

    async def _read(self) -> Report | None:
        return await self._desk.house.work(actions.last_import, self._desk.house.box, self._desk.actor)
