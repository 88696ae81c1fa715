"""The host's panel as it lies on the tablet: what plays on the left, the tabs on the right, the state below."""

from collections.abc import Sequence
from functools import partial

from nicegui import background_tasks, ui

from karaoke_ui import address, text
from karaoke_ui.changes import Changes
from karaoke_ui.house import House
from karaoke_ui.pages.host.ask import AskDialog
from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.pages.host.evening import EveningPane
from karaoke_ui.pages.host.footer import TABS, Pills, Tabs
from karaoke_ui.pages.host.idle import Idle, Ways
from karaoke_ui.pages.host.keyboard import Act, Keyboard
from karaoke_ui.pages.host.library import LibraryPane
from karaoke_ui.pages.host.lists_sheet import ListsDialog
from karaoke_ui.pages.host.now import NowPane
from karaoke_ui.pages.host.parts import Awake
from karaoke_ui.pages.host.peaks import Peaks
from karaoke_ui.pages.host.preparation import PreparationPane
from karaoke_ui.pages.host.problems import ProblemStrip, problems
from karaoke_ui.pages.host.prompt import Prompt
from karaoke_ui.pages.host.queue import QueuePane
from karaoke_ui.pages.host.requests import RequestsPane
from karaoke_ui.pages.host.setup import SetupPane
from karaoke_ui.pages.host.sheet import Sheet
from karaoke_ui.pages.host.singers import SingersPane
from karaoke_ui.show import rights
from karaoke_ui.show.rights import Actor, Right
from karaoke_ui.show.views import JobView, ShowView
from karaoke_ui.text import t
from pipeline.tables import JobState


class Panel:
    """One open panel: built once, then every change is handed to the part that shows it."""

    def __init__(self, house: House, who: tuple[Actor, frozenset[Right]], peaks: Peaks, tab: str) -> None:
        self._house = house
        self._language = text.language()
        self._join = address.join(house.box.settings)
        self._desk = Desk(house, *who)
        self._ask = AskDialog(self._desk)
        sheet = self._sheet = Sheet()
        prompt = Prompt(self._desk)
        lists = ListsDialog(self._desk, prompt)
        self._tabs = Tabs(tab, self._opened, self._desk.rights)
        with ui.element("main").classes("panel"):
            idle = Idle(self._desk, self._join, Ways(self._to_library, self._to_pairing))
            self._now = NowPane(self._desk, peaks, idle, sheet, prompt)
            with self._now.foot:
                self._problems = ProblemStrip(self._tabs)
            with ui.element("div").classes("panes"):
                with self._tabs.pane("queue") as pane:
                    self._queue = QueuePane(self._desk, self._ask, sheet, prompt)
                if Right.QUEUE not in self._desk.rights:
                    pane.classes("look-only")
                with self._tabs.pane("requests"):
                    self._requests = RequestsPane(self._desk, sheet, lists, self._count_requests)
                with self._tabs.pane("singers"):
                    count = partial(self._tabs.count, "singers")
                    self._singers = SingersPane(self._desk, self._ask, sheet, prompt, count)
                with self._tabs.pane("library"):
                    self._library = LibraryPane(self._desk, self._ask, sheet, self._tabs.open)
                with self._tabs.pane("jobs"):
                    self._jobs = PreparationPane(self._desk, self._tabs.open)
                with self._tabs.pane("night"):
                    self._evening = EveningPane(self._desk, sheet, prompt, lists)
                self._setup: SetupPane | None = None
                if Right.HOST in self._desk.rights:
                    with self._tabs.pane("settings"):
                        self._setup = SetupPane(self._desk, self._join, self._open_keys)
            with ui.element("footer").classes("foot"):
                self._pills = Pills(self._tabs.open, self._tell_sleep)
                self._tabs.build()
                if self._setup is None:
                    out = button("", self._desk.log_out, "icon-btn", icon="logout").mark("log-out")
                    out.props(f'aria-label="{t("host.night.log_out")}"')
        self._idle = idle
        self._keyboard = Keyboard(self._acts())
        Awake(self._pills.show_awake)

    async def open(self) -> None:
        """Fill the panel and keep it up to date until its browser has gone."""
        live = self._house.live
        # Before anything is read: what changes meanwhile is not missed.
        live.on_show.subscribe(self._show_all)
        live.on_jobs.subscribe(self._show_all)
        live.on_changes.subscribe(self._changed)
        ui.context.client.on_connect(lambda: self._now.show(live.show, anew=True))
        self._show_all()
        if Right.LIBRARY in self._desk.rights:
            await self._library.load()
            self._idle.show_songs(self._library.count)
        await self._requests.load()
        await self._singers.load()
        self._show_all()

    def _show_all(self) -> None:
        with text.speaking(self._language):
            self._show(self._house.live.show, self._house.live.jobs)

    def _show(self, show: ShowView, jobs: Sequence[JobView]) -> None:
        self._now.show(show)
        self._queue.show(show)
        self._requests.show(show)
        self._jobs.show(jobs, show.missing)
        self._evening.show(show)
        if self._setup is not None:
            self._setup.show(show)
        self._pills.show(show, jobs)
        self._problems.show(problems(show, jobs, self._join.address, self._library.count))
        self._tabs.count("queue", len(show.queue))
        to_do = sum(1 for job in jobs if job.state in (JobState.QUEUED, JobState.RUNNING))
        self._library.ways.count(to_do)
        self._jobs.ways.count(to_do)

    async def _changed(self, changes: Changes) -> None:
        with self._desk.caught():
            if "login" in changes and not await self._house.read(rights.is_alive, self._desk.actor):
                await self._desk.end()
                return
            if "cohost" in changes and await self._rights() != self._desk.rights:
                self._desk.begin_anew()
                return
        if self._requests.concerns(changes):
            await self._requests.load()
        if self._singers.concerns(changes):
            # Who is here counts on every tab; what they asked for is looked up where it is seen.
            if self._tabs.chosen == "singers" or "singer" in changes or "night" in changes:
                await self._singers.load()
            else:
                self._singers.stale = True
        if Right.LIBRARY not in self._desk.rights:
            return
        await self._library.videos.changed(changes)
        if self._library.concerns(changes):
            if self._tabs.chosen == "library" or "song" in changes:
                await self._library.load()
                self._idle.show_songs(self._library.count)
            else:
                self._library.stale = True

    async def _rights(self) -> frozenset[Right]:
        return await self._house.read(rights.rights_of, self._desk.actor)

    def _count_requests(self, number: int) -> None:
        self._tabs.count("requests", number)
        self._tabs.call("requests", number > 0)

    def _opened(self, tab: str) -> None:
        for name, pane in (("library", self._library), ("singers", self._singers)):
            if tab == name and pane.stale:
                background_tasks.create(pane.load())

    def _to_library(self) -> None:
        self._tabs.open("library")

    def _to_pairing(self) -> None:
        if self._setup is not None:
            self._tabs.open("settings")
            self._setup.focus_code()

    def _open_keys(self) -> None:
        self._keyboard.open()

    def _to_search(self) -> None:
        self._tabs.open("library")
        self._library.focus_search()

    def _tell_sleep(self) -> None:
        self._sheet.tell(t("host.sleep.head"), t("host.sleep.help"))

    def _acts(self) -> dict[str, Act]:
        """What the keys of a laptop stand for."""
        now, controls = self._now, self._now.controls
        return {
            "toggle": now.toggle,
            "start": now.start,
            "key_up": partial(controls.key.step, 1),
            "key_down": partial(controls.key.step, -1),
            "tempo_up": partial(controls.tempo.step, 1),
            "tempo_down": partial(controls.tempo.step, -1),
            "guide_up": partial(controls.guide.step, 5),
            "guide_down": partial(controls.guide.step, -5),
            "volume_up": partial(controls.volume.step, 5),
            "volume_down": partial(controls.volume.step, -5),
            "mute": controls.toggle_mute,
            "rescue_on": partial(controls.hold_rescue, True),
            "rescue_off": partial(controls.hold_rescue, False),
            "hold": now.room.toggle_hold,
            "walk_up": self._ask.walk_up,
            "undo": self._desk.undo_last,
            "search": self._to_search,
            **{f"tab_{number}": partial(self._tabs.open_at, number) for number in range(1, len(TABS) + 1)},
        }
