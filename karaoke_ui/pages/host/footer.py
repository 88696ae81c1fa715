"""The last line: the state of stage and workers in plain words, and the tabs."""

from collections.abc import Callable, Sequence
from functools import partial

from nicegui import ui

from karaoke_ui.pages.host.wording import Pill, set_pill
from karaoke_ui.show.views import JobView, ShowView
from karaoke_ui.text import plural, t
from pipeline.tables import JobState, Lane

TABS = ("queue", "library", "jobs", "night")


class Tabs:
    """The buttons of the tabs, with their counts; the panes stay alive behind each other."""

    def __init__(self, chosen: str, opened: Callable[[str], None]) -> None:
        self.chosen = chosen if chosen in TABS else TABS[0]
        self._opened = opened
        self._panes: dict[str, ui.element] = {}
        self._buttons: dict[str, ui.button] = {}

    def pane(self, name: str) -> ui.element:
        pane = ui.element("section").classes("pane")
        pane.props(f'role=tabpanel aria-label="{t(f"host.tabs.{name}")}"')
        pane.set_visibility(name == self.chosen)
        self._panes[name] = pane
        return pane

    def build(self) -> None:
        with ui.element("div").classes("tabs").props("role=tablist"):
            for name in TABS:
                press = ui.button(t(f"host.tabs.{name}"), on_click=partial(self.open, name), color=None)
                press.props("flat no-caps role=tab").classes("btn tab").mark(f"tab-{name}")
                self._buttons[name] = press
        self._mark()

    def open(self, name: str) -> None:
        self.chosen = name
        for each, pane in self._panes.items():
            pane.set_visibility(each == name)
        self._mark()
        ui.navigate.history.replace(f"/host?tab={name}")
        self._opened(name)

    def count(self, name: str, number: int) -> None:
        self._buttons[name].set_text(t(f"host.tabs.{name}") + (f" {number}" if number else ""))

    def _mark(self) -> None:
        for name, press in self._buttons.items():
            chosen = name == self.chosen
            press.classes(add="chosen" if chosen else "", remove="" if chosen else "chosen")
            press.props(f"aria-selected={'true' if chosen else 'false'}")


class Pills:
    """Stage, songs and workers, each a word and a shape."""

    def __init__(self) -> None:
        with ui.element("div").classes("pills"):
            self._stage = ui.label().classes("pill")
            self._ready = ui.label().classes("pill")
            self._work = ui.label().classes("pill")

    def show(self, show: ShowView, jobs: Sequence[JobView], missing: frozenset[Lane]) -> None:
        set_pill(self._stage, _stage(show))
        ready = _ready(show)
        self._ready.set_visibility(bool(show.queue))
        set_pill(self._ready, ready) if show.queue else None
        set_pill(self._work, _work(jobs, missing))


def _stage(show: ShowView) -> Pill:
    if show.stage is None:
        return Pill(t("host.pills.stage_gone" if show.stages else "host.pills.stage_none"), "warm big")
    return (
        Pill(t("host.pills.stage_armed"), "good big")
        if show.stage.armed
        else Pill(t("host.pills.stage_silent"), "warm big")
    )


def _ready(show: ShowView) -> Pill:
    """How many songs from the top can be sung without a wait."""
    ready = next((n for n, turn in enumerate(show.queue) if not turn.readiness.can_start), len(show.queue))
    if ready == 0:
        return Pill(t("host.pills.next_not_ready"), "warm big")
    return Pill(plural("host.pills.next_ready", ready), "good big")


def _work(jobs: Sequence[JobView], missing: frozenset[Lane]) -> Pill:
    if missing:
        return Pill(t("host.pills.work_stopped"), "bad big")
    running = sum(1 for job in jobs if job.state in (JobState.RUNNING, JobState.QUEUED))
    return Pill(plural("host.pills.working", running) if running else t("host.pills.resting"), "big")
