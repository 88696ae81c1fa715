"""The songs on the disk: the room they take, the trash, whether every file is whole, and those the database lost."""

from functools import partial

from nicegui import ui

from karaoke_ui import actions
from karaoke_ui.changes import Changes
from karaoke_ui.pages.host.desk import Desk, button, dialog
from karaoke_ui.parts.newest import InTurn
from karaoke_ui.text import number, plural, t
from pipeline.keeping import folders, integrity, rebuild, trash
from pipeline.keeping.folders import DiskUse
from pipeline.keeping.integrity import Report
from pipeline.keeping.rebuild import Rebuilt
from pipeline.keeping.trash import Thrown

MOST_THROWN, MOST_PROBLEMS = 100, 5
BUSY = ("asked", "running")


class Storage:
    """A card in the night's tab, and the trash as a dialog."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        # This page saw songs being taken in: it says when they are all back.
        self._rebuilds = False
        self._readings = InTurn()
        with ui.element("div").classes("card group").mark("storage"):
            ui.label(t("host.storage.title")).classes("group-title")
            self._use = ui.label().classes("quiet small-text")
            self._said = ui.label().classes("small-text")
            self._lost = ui.label().classes("small-text").mark("lost")
            self._take_in = button(t("host.storage.take_in"), self._rebuild, "main").mark("take-in")
            with ui.element("div").classes("line wrap"):
                self._check = button(t("host.storage.check"), self._ask)
                self._open = button(t("host.storage.trash"), self._open_trash).mark("trash")
        with dialog(t("host.storage.trash")) as self._dialog, ui.element("div").classes("card sheet"):
            ui.label(t("host.storage.trash")).classes("sheet-title")
            ui.label(_kept(desk.house.box.settings.trash_days)).classes("quiet small-text")
            self._rows = ui.element("div").classes("report-lines")
            with ui.element("div").classes("line end"):
                button(t("host.close"), self._dialog.close, "quiet-btn")
                self._empty = button(t("host.storage.empty"), self._empty_trash, "bad")
        ui.timer(0, self._load, once=True)
        desk.house.live.on_changes.subscribe(self._changed)

    async def _changed(self, changes: Changes) -> None:
        if {"integrity", "rebuild", "song"} & changes.keys.keys():
            await self._load()

    async def _load(self) -> None:
        await self._readings.run(self._read)

    async def _read(self) -> None:
        house = self._desk.house
        with self._desk.caught():
            self._use.set_text(_use(await house.read(folders.disk_use, house.box.store)))
            self._show(await house.read(integrity.report))
            self._list(await house.read(trash.listed))
            self._tell_lost(await house.read(rebuild.lost, house.box), await house.read(rebuild.report))

    def _show(self, report: Report) -> None:
        self._said.set_visibility(report.state != "never")
        self._said.set_text(_says(report))
        self._check.set_enabled(report.state not in BUSY)

    def _tell_lost(self, lost: int, rebuilt: Rebuilt) -> None:
        self._rebuilds = self._rebuilds or rebuilt.state in BUSY
        said = (_says_rebuilt(rebuilt) if self._rebuilds else "") or (
            plural("host.storage.lost", lost) if lost else ""
        )
        self._lost.set_text(said)
        self._lost.set_visibility(bool(said))
        self._take_in.set_visibility(lost > 0 and rebuilt.state not in BUSY)

    def _list(self, thrown: list[Thrown]) -> None:
        self._open.set_text(plural("host.storage.thrown", len(thrown)) if thrown else t("host.storage.trash"))
        self._empty.set_visibility(bool(thrown))
        self._rows.clear()
        with self._rows:
            for song in thrown[:MOST_THROWN]:
                with ui.element("div").classes("line"):
                    ui.label(f"{song.title} · {song.artist}" if song.artist else song.title).classes(
                        "grow ellipsis"
                    )
                    ui.label(_size(song.bytes)).classes("quiet when")
                    button(t("host.storage.restore"), partial(self._restore, song.id), "small")
            if not thrown:
                ui.label(t("host.storage.nothing")).classes("quiet")

    def _open_trash(self) -> None:
        self._dialog.open()

    async def _restore(self, song_id: str) -> None:
        with self._desk.caught():
            await self._desk.do(actions.restore_songs, [song_id])
            self._desk.house.wake()

    async def _empty_trash(self) -> None:
        with self._desk.caught():
            gone = await self._desk.house.work(actions.empty_trash, self._desk.house.box, self._desk.actor)
            self._desk.say(plural("host.storage.emptied", gone))
            self._dialog.close()

    async def _ask(self) -> None:
        with self._desk.caught():
            self._show(await self._desk.do(actions.check_library))

    async def _rebuild(self) -> None:
        with self._desk.caught():
            self._tell_lost(0, await self._desk.do(actions.rebuild_library))


def _says(report: Report) -> str:
    if report.state in BUSY:
        return t("host.storage.checking", n=report.checked, of=report.total)
    if not report.problems:
        return t("host.storage.whole")
    said = t(
        "host.storage.mended" if all(each.repaired for each in report.problems) else "host.storage.broken"
    )
    named = [f"{each.title} ({each.file})" for each in report.problems if not each.repaired]
    return " ".join(
        [plural("host.storage.damaged", len(report.problems)), said, ", ".join(named[:MOST_PROBLEMS])]
    )


def _says_rebuilt(rebuilt: Rebuilt) -> str:
    """How far lost songs are taken in; nothing where none are."""
    if rebuilt.state in BUSY:
        return t("host.storage.taking_in", n=rebuilt.tracks)
    said = plural("host.storage.taken_in", rebuilt.tracks)
    return f"{said} {t('host.storage.left', names=', '.join(rebuilt.left))}" if rebuilt.left else said


def _kept(days: int) -> str:
    return plural("host.storage.days", days) if days else t("host.storage.for_ever")


def _use(use: DiskUse) -> str:
    return t("host.storage.use", songs=_size(use.songs), trash=_size(use.trash), free=_size(use.free))


def _size(used: int) -> str:
    if used >= 1e9:
        return t("host.storage.gigabytes", n=number(used / 1e9, 1))
    return t("host.storage.megabytes", n=number(used / 1e6))
