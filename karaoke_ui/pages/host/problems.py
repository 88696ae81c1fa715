"""What is wrong now, all in one place, each with the button that leads to its mending."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from nicegui import ui
from nicegui.element import Element

from karaoke_ui.pages.host.desk import button
from karaoke_ui.pages.host.footer import Tabs
from karaoke_ui.pages.host.wording import clock
from karaoke_ui.show import watchdog
from karaoke_ui.show.views import JobView, ShowView
from karaoke_ui.show.watchdog import Remedy
from karaoke_ui.text import catalogue, plural, t
from pipeline.tables import JobState


@dataclass(frozen=True)
class Problem:
    """A sentence, and the tab where it is mended; none where it mends itself."""

    key: str
    words: str
    tab: str = ""


def problems(show: ShowView, jobs: Sequence[JobView], address: str, songs: int) -> list[Problem]:
    """The worst first: what the room hears, then what makes the next songs, then a song that it is about."""
    found = []
    told = watchdog.told(show)
    # While the first steps are on show, they say it in their own way; of a page that was closed the watchdog tells.
    if (show.now is not None or show.queue or show.stages) and told != Remedy.LEFT:
        found += _of_stage(show, f"{address}/stage")
    if told:
        found.append(_of_watchdog(show, f"{address}/stage"))
    if show.missing:
        found.append(Problem("workers", t("host.problems.workers"), "jobs"))
    if show.model.state == "missing" and songs:
        found.append(Problem("model", t("host.problems.model"), "settings"))
    if show.down:
        names = ", ".join(catalogue().get(f"host.services.{state.name}", state.name) for state in show.down)
        since = clock(min(state.since or 0.0 for state in show.down))
        found.append(
            Problem("services", plural("host.problems.services", len(show.down), names=names, since=since))
        )
    failed = list({job.song_id: job.title for job in jobs if job.state == JobState.FAILED}.values())
    if failed:
        words = plural("host.problems.failed", len(failed), title=failed[0])
        found.append(Problem("failed", words, "jobs"))
    return found


def _of_watchdog(show: ShowView, address: str) -> Problem:
    """What went wrong on the stage, and what was done about it."""
    said = json.loads(show.trouble)
    key = said["key"]
    back = key == Remedy.LEFT and show.stage is not None
    words = t(f"show.trouble.{key}{'_back' if back else ''}", address=address, **said)
    return Problem(f"trouble-{key}", words, "settings")


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

    def __init__(self, tabs: Tabs) -> None:
        self._tabs = tabs
        self._rows: dict[Problem, Element] = {}
        self._strip = (
            ui.element("div").classes("problems").props("role=status aria-live=polite").mark("problems")
        )
        self._more = button("", self._show_all, "problems-more").mark("more-problems")

    def show(self, found: Sequence[Problem]) -> None:
        for gone in [problem for problem in self._rows if problem not in found]:
            self._rows.pop(gone).delete()
        for problem in found:
            if problem not in self._rows:
                self._rows[problem] = self._row(problem)
        for place, problem in enumerate(found):
            row = self._rows[problem]
            if self._strip.default_slot.children[place] is not row:
                row.move(target_index=place)
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
            # Who helps is led only to what they may mend.
            if self._tabs.has(problem.tab):
                button(t(f"host.problems.to_{problem.tab}"), lambda: self._tabs.open(problem.tab), "small")
        return row
