"""What is wrong now, all in one place, each with the button that leads to its mending."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nicegui import ui
from nicegui.element import Element

from karaoke_ui.pages.host.desk import button
from karaoke_ui.pages.host.wording import clock
from karaoke_ui.show.views import JobView, ShowView
from karaoke_ui.text import catalogue, plural, t
from pipeline.tables import JobState, Lane


@dataclass(frozen=True)
class Problem:
    """A sentence, and the tab where it is mended; none where it mends itself."""

    key: str
    words: str
    tab: str = ""


def problems(
    show: ShowView, jobs: Sequence[JobView], missing: frozenset[Lane], address: str, songs: int
) -> list[Problem]:
    found = []
    # While the first steps are on show, they say it in their own way.
    if show.now is not None or show.queue or show.stages:
        found += _of_stage(show, f"{address}/stage")
    if show.trouble:
        found.insert(0, _of_watchdog(show.trouble))
    failed = sum(1 for job in jobs if job.state == JobState.FAILED)
    if failed:
        found.append(Problem("failed", plural("host.problems.failed", failed), "jobs"))
    if missing:
        found.append(Problem("workers", t("host.problems.workers"), "jobs"))
    if show.model.state == "missing" and songs:
        found.append(Problem("model", t("host.problems.model"), "settings"))
    if show.down:
        names = ", ".join(catalogue().get(f"host.services.{state.name}", state.name) for state in show.down)
        since = clock(min(state.since or 0.0 for state in show.down))
        found.append(
            Problem("services", plural("host.problems.services", len(show.down), names=names, since=since))
        )
    return found


def _of_watchdog(trouble: str) -> Problem:
    """What went wrong on the stage, and what was done about it."""
    said = json.loads(trouble)
    return Problem(f"trouble-{said['key']}", t(f"show.trouble.{said['key']}", **said), "settings")


def _of_stage(show: ShowView, address: str) -> list[Problem]:
    if not show.stages:
        return [Problem("unpaired", t("host.problems.unpaired"), "settings")]
    if show.stage is None:
        return [Problem("gone", t("host.problems.gone", address=address), "settings")]
    if not show.stage.armed:
        return [Problem("silent", t("host.problems.silent"), "settings")]
    return []


class ProblemStrip:
    """One row a problem, in the card that never leaves: the worst is in sight, a press shows the others."""

    def __init__(self, open_tab: Callable[[str], None]) -> None:
        self._open_tab = open_tab
        self._rows: dict[Problem, Element] = {}
        self._strip = ui.element("div").classes("problems").props("role=status aria-live=polite")
        self._more = button("", self._show_all, "problems-more").mark("more-problems")

    def show(self, found: Sequence[Problem]) -> None:
        for gone in [problem for problem in self._rows if problem not in found]:
            self._rows.pop(gone).delete()
        for problem in found:
            if problem not in self._rows:
                self._rows[problem] = self._row(problem)

        self._strip.classes(
            add="several" if len(found) > 1 else "", remove="" if len(found) > 1 else "several all"
        )
        self._more.set_text(plural("host.problems.more", len(found) - 1) if len(found) > 1 else "")
        self._more.set_visibility(len(found) > 1 and "all" not in self._strip.classes)

    def _show_all(self) -> None:
        self._strip.classes(add="all")
        self._more.set_visibility(False)

    def _row(self, problem: Problem) -> Element:
        with self._strip, ui.element("div").classes("problem").mark(problem.key) as row:
            ui.label("▲").classes("shape").props("aria-hidden=true")
            ui.label(problem.words).classes("grow")
            if problem.tab:
                button(t(f"host.problems.to_{problem.tab}"), lambda: self._open_tab(problem.tab), "small")
        return row
