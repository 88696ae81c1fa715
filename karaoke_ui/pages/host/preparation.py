"""Preparation: what is being made singable now, what waits, what failed and why, and what is done."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from nicegui import ui

from karaoke_ui import actions
from karaoke_ui.pages.host.deleting import delete
from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.pages.host.ways import LibraryWays
from karaoke_ui.pages.host.wording import job_says
from karaoke_ui.show.views import JobView
from karaoke_ui.text import plural, t
from pipeline.tables import JobState, Lane

Press = Callable[[], Awaitable[None]]

ORDER = {
    JobState.FAILED: 0,
    JobState.RUNNING: 1,
    JobState.QUEUED: 2,
    JobState.CANCELLED: 3,
    JobState.DONE: 4,
}
SHAPES = {
    JobState.FAILED: "✕",
    JobState.RUNNING: "◔",
    JobState.QUEUED: "…",
    JobState.CANCELLED: "–",
    JobState.DONE: "✓",
}
OPEN = (JobState.RUNNING, JobState.QUEUED)


class PreparationPane:
    """One row a job, each changed in place as it goes on."""

    def __init__(self, desk: Desk, open_tab: Callable[[str], None]) -> None:
        self._desk = desk
        self._rows: dict[str, JobRow] = {}
        with ui.element("header").classes("pane-head"):
            self.ways = LibraryWays("jobs", open_tab)
            self._sum = ui.label().classes("pill")
        with ui.element("div").classes("pane-body"):
            self._stopped = ui.label(t("host.jobs.stopped")).classes("notice bad")
            with ui.element("div").classes("empty") as self._empty:
                ui.label(t("host.jobs.empty")).classes("empty-title")
                ui.label(t("host.jobs.empty_help")).classes("quiet")
            self._list = ui.element("div").classes("rows").props("role=list")

    def show(self, jobs: Sequence[JobView], missing: frozenset[Lane]) -> None:
        self._stopped.set_visibility(bool(missing))
        wanted = {job.id: job for job in sorted(jobs, key=lambda job: ORDER[job.state])}
        for gone in self._rows.keys() - wanted.keys():
            self._rows.pop(gone).card.delete()
        for place, (job_id, job) in enumerate(wanted.items()):
            row = self._rows.get(job_id)
            if row is None:
                with self._list:
                    row = self._rows[job_id] = JobRow(
                        partial(self._cancel, job_id),
                        partial(self._retry, job_id),
                        partial(self._throw, job.song_id, job.title),
                    )
            row.show(job)
            if self._list.default_slot.children[place] is not row.card:
                row.card.move(target_index=place)
        self._empty.set_visibility(not wanted)
        unfinished = sum(1 for job in jobs if job.state in OPEN)
        self._sum.set_visibility(unfinished > 0)
        self._sum.set_text(plural("host.jobs.sum", unfinished))

    async def _cancel(self, job_id: str) -> None:
        with self._desk.caught():
            await self._desk.do(actions.cancel_job, job_id)
            self._desk.say(t("host.jobs.cancelled"), undo=partial(self._revive, job_id))

    async def _retry(self, job_id: str) -> None:
        with self._desk.caught():
            await self._revive(job_id)

    async def _throw(self, song_id: str, title: str) -> None:
        """A song that cannot be prepared need not stand there all night."""
        with self._desk.caught():
            await delete(self._desk, [song_id], t("host.library.deleted", title=title))

    async def _revive(self, job_id: str) -> None:
        await self._desk.do(actions.retry_job, job_id)
        self._desk.house.wake()


class JobRow:
    """One song's preparation."""

    def __init__(self, cancel: Press, retry: Press, throw: Press) -> None:
        with ui.element("div").classes("card item job").props("role=listitem").mark("job") as self.card:
            self._shape = ui.label().classes("shape").props("aria-hidden=true")
            with ui.element("div").classes("grow item-text"):
                with ui.element("div").classes("item-line"):
                    self._title = ui.label().classes("item-title ellipsis")
                    self._artist = ui.label().classes("quiet ellipsis")
                self._says = ui.label().classes("small-text job-says")
                self._bar = ui.element("div").classes("bar").props("aria-hidden=true")
            self._wanted = ui.label(t("host.jobs.has_turn")).classes("tag accent")
            self._cancel = button(t("host.jobs.cancel"), cancel, "small")
            self._retry = button(t("host.jobs.retry"), retry, "small")
            self._throw = button(t("host.library.delete"), throw, "small bad").mark("job-delete")
            self._throw.set_visibility(False)

    def show(self, job: JobView) -> None:
        self._shape.set_text(SHAPES[job.state])
        self._title.set_text(job.title)
        self._artist.set_text(f"· {job.artist}" if job.artist else "")
        self._says.set_text(job_says(job))
        running = job.state == JobState.RUNNING
        self._bar.set_visibility(running)
        if running:
            self._bar.style(replace=f"--share: {job.progress:.1%}")
        self._wanted.set_visibility(job.has_turn and job.state != JobState.DONE)
        self._cancel.set_visibility(job.state in OPEN)
        self._retry.set_visibility(job.state in (JobState.FAILED, JobState.CANCELLED))
        self._throw.set_visibility(job.state == JobState.FAILED)
        wanted = ["card", "item", "job", job.state.value]
        if list(self.card.classes) != wanted:
            self.card.classes(replace=" ".join(wanted))
