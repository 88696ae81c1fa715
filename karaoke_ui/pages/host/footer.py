"""The last line: the state of stage, songs and workers in plain words, each the way to where it is seen to; the tabs."""

from collections.abc import Callable, Sequence
from functools import partial

from nicegui import ui

from karaoke_ui.pages.host.desk import button
from karaoke_ui.pages.host.wording import Pill
from karaoke_ui.show.rights import Right
from karaoke_ui.show.views import JobView, ShowView
from karaoke_ui.text import plural, t
from pipeline.tables import JobState

TABS = ("queue", "requests", "singers", "library", "night", "settings")
# Panes without a button of their own in the footer, and the one they belong to.
WITHIN = {"jobs": "library"}
NEEDS = {
    "queue": Right.QUEUE,
    "requests": Right.QUEUE,
    "singers": Right.QUEUE,
    "library": Right.LIBRARY,
    "night": Right.HOST,
    "settings": Right.HOST,
}


class Tabs:
    """The buttons of the tabs, with their counts; the panes stay alive behind each other."""

    def __init__(self, chosen: str, opened: Callable[[str], None], rights: frozenset[Right]) -> None:
        # A co-host sees what they may use.
        self._tabs = tuple(name for name in TABS if NEEDS[name] in rights) or TABS[:1]
        self._known = {*self._tabs, *(name for name, of in WITHIN.items() if of in self._tabs)}
        self.chosen = chosen if chosen in self._known else self._tabs[0]
        self._opened = opened
        self._panes: dict[str, ui.element] = {}
        self._buttons: dict[str, ui.button] = {}

    def pane(self, name: str) -> ui.element:
        pane = ui.element("section").classes("pane")
        pane.props(f'role=tabpanel id="pane-{name}" aria-label="{t(f"host.tabs.{name}")}"')
        pane.set_visibility(name == self.chosen)
        self._panes[name] = pane
        return pane

    def build(self) -> None:
        with ui.element("div").classes("tabs").props(f'role=tablist aria-label="{t("host.tabs.all")}"'):
            for name in self._tabs:
                words = "" if name == "settings" else t(f"host.tabs.{name}")
                press = button(
                    words, partial(self.open, name), f"tab {name}", "settings" if not words else None
                )
                press.props(f'role=tab aria-controls="pane-{name}"').mark(f"tab-{name}")
                if not words:
                    press.props(f'aria-label="{t("host.tabs.settings")}"')
                self._buttons[name] = press
        self._mark()

    def open(self, name: str) -> None:
        if name not in self._known:
            return
        self.chosen = name
        for each, pane in self._panes.items():
            pane.set_visibility(each == name)
        self._mark()
        ui.navigate.history.replace(f"/host?tab={name}")
        self._opened(name)

    def has(self, name: str) -> bool:
        return name in self._known

    def open_at(self, number: int) -> None:
        if number <= len(self._tabs):
            self.open(self._tabs[number - 1])

    def count(self, name: str, number: int) -> None:
        if name in self._buttons:
            self._buttons[name].set_text(t(f"host.tabs.{name}") + (f" {number}" if number else ""))

    def call(self, name: str, wanted: bool) -> None:
        """Let a tab stand out: something waits there for the host."""
        if name in self._buttons:
            self._buttons[name].classes(
                add="calls-out" if wanted else "", remove="" if wanted else "calls-out"
            )

    def _mark(self) -> None:
        for name, press in self._buttons.items():
            chosen = name == WITHIN.get(self.chosen, self.chosen)
            press.classes(add="chosen" if chosen else "", remove="" if chosen else "chosen")
            press.props(f"aria-selected={'true' if chosen else 'false'}")


class Pills:
    """Stage, songs and workers, each a word and a shape; a press leads to where it is seen to."""

    def __init__(self, open_tab: Callable[[str], None], tell_sleep: Callable[[], None]) -> None:
        with ui.element("div").classes("pills"):
            self._stage = button("", partial(open_tab, "settings"), "pill").mark("pill-stage")
            self._ready = button("", partial(open_tab, "queue"), "pill")
            self._work = button("", partial(open_tab, "jobs"), "pill").mark("pill-work")
            self._sleep = button(t("host.pills.sleep"), tell_sleep, "pill").mark("pill-sleep")
        self._sleep.set_visibility(False)

    def show(self, show: ShowView, jobs: Sequence[JobView]) -> None:
        _set(self._stage, _stage(show))
        self._ready.set_visibility(bool(show.queue))
        if show.queue:
            _set(self._ready, _ready(show))
        busy = show.missing or any(job.state in (JobState.RUNNING, JobState.QUEUED) for job in jobs)
        # Workers at rest are no news while the songs are ready.
        self._work.set_visibility(bool(busy) or not show.queue)
        _set(self._work, _work(show, jobs))

    def show_awake(self, awake: bool) -> None:
        self._sleep.set_visibility(not awake)


def _set(press: ui.button, pill: Pill) -> None:
    press.set_text(pill.words)
    for tone in ("good", "warm", "bad"):
        press.classes(add=tone if tone == pill.tone else "", remove="" if tone == pill.tone else tone)


def _stage(show: ShowView) -> Pill:
    if show.stage is None:
        return Pill(t("host.pills.stage_gone" if show.stages else "host.pills.stage_none"), "warm")
    return (
        Pill(t("host.pills.stage_armed"), "good")
        if show.stage.armed
        else Pill(t("host.pills.stage_silent"), "warm")
    )


def _ready(show: ShowView) -> Pill:
    """How many songs from the top can be sung without a wait."""
    ready = next((n for n, turn in enumerate(show.queue) if not turn.readiness.can_start), len(show.queue))
    if ready == 0:
        return Pill(t("host.pills.next_not_ready"), "warm")
    return Pill(plural("host.pills.next_ready", ready), "good")


def _work(show: ShowView, jobs: Sequence[JobView]) -> Pill:
    if show.missing:
        return Pill(t("host.pills.work_stopped"), "bad")
    running = sum(1 for job in jobs if job.state in (JobState.RUNNING, JobState.QUEUED))
    return Pill(plural("host.pills.working", running) if running else t("host.pills.resting"))
