"""The left half while nobody sings: who is next and why they can or cannot start, or the first steps of a night."""

from collections.abc import Callable
from dataclasses import dataclass

from nicegui import ui

from karaoke_ui.address import Join
from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.pages.host.scene import CALLING
from karaoke_ui.pages.host.turn_row import names
from karaoke_ui.pages.host.wording import key_words, length, readiness, set_pill, wait
from karaoke_ui.show import between, player
from karaoke_ui.show.readiness import Readiness, Ready
from karaoke_ui.show.views import ShowView
from karaoke_ui.text import of_note, t

# Nothing is taken: what to do about it is said.
CLOSED = ("over", "none")


@dataclass(frozen=True)
class Ways:
    """Where the buttons of the first steps lead."""

    add_songs: Callable[[], None]
    pair: Callable[[], None]


class Idle:
    """Two faces: the next singer, and the first steps when nobody waits."""

    def __init__(self, desk: Desk, join: Join, ways: Ways) -> None:
        self._desk = desk
        self._join = join
        self._ways = ways
        self._songs = 0
        # Who is named here: the press means them, whoever is first by then.
        self._first = ""

    def build(self) -> None:
        with ui.element("div").classes("idle-next") as self._upcoming:
            ui.label(t("host.now.next")).classes("quiet")
            with ui.element("div").classes("who"):
                self._face = ui.label().classes("face").props("aria-hidden=true")
                with ui.element("div").classes("who-text"):
                    self._singer = ui.label().classes("singer ellipsis")
                    self._title = ui.label().classes("song-title ellipsis quiet")
            with ui.element("div").classes("line"):
                self._ready = ui.label().classes("pill")
                self._long = ui.label().classes("quiet")
            self._start = button(t("host.now.start"), self.go, "main start", icon="play_arrow")
            self._why = ui.label().classes("why").props("aria-live=polite")
            with ui.element("div").classes("line calls"):
                self._call = button(t("host.now.call"), self._put_up, "big grow", icon="campaign").mark(
                    "call"
                )
                self._missing = button(t("host.now.missing"), self._miss, "big grow", icon="person_off")
                self._down = button(t("host.now.down"), self._clear, "big grow", icon="close")
        with ui.element("div").classes("first-steps") as self._steps:
            self._head = ui.label().classes("steps-head")
            self._help = ui.label().classes("quiet")
            self._add = Step("1", t("host.steps.songs"), t("host.steps.songs_help"))
            with self._add.side:
                button(t("host.steps.songs_do"), self._ways.add_songs)
            tv = f"{self._join.address}/stage"
            self._pair = Step("2", t("host.steps.stage"), t("host.steps.stage_help", address=tv))
            with self._pair.side:
                button(t("host.steps.stage_do"), self._ways.pair)
            self._sing = Step(
                "3", t("host.steps.sing"), t("host.steps.sing_help", address=self._join.address)
            )
            with self._sing.side:
                ui.html(self._join.qr, sanitize=False).classes("qr").props(
                    f'aria-label="{self._join.url}" role=img'
                )

    def build_join(self) -> None:
        """The address for the guests, where there is room for it."""
        with ui.element("div").classes("join") as self._invite:
            with ui.element("div").classes("grow"):
                ui.label(t("host.join.title")).classes("group-title")
                ui.label(self._join.address).classes("address")
            ui.html(self._join.qr, sanitize=False).classes("qr").props(
                f'aria-label="{self._join.url}" role=img'
            )

    def show_songs(self, count: int) -> None:
        self._songs = count
        self._show_steps(self._desk.house.live.show)

    def show(self, show: ShowView) -> None:
        upcoming = show.queue[0] if show.queue else None
        self._first = upcoming.id if upcoming else ""
        self._upcoming.set_visibility(show.now is None and upcoming is not None)
        self._invite.set_visibility(show.now is None and upcoming is not None)
        self._steps.set_visibility(show.now is None and upcoming is None)
        if upcoming is not None:
            self._face.set_text(upcoming.face)
            self._face.set_visibility(bool(upcoming.face))
            self._singer.set_text(names(upcoming))
            many = len(upcoming.partners) > 1
            self._singer.classes(add="many" if many else "", remove="" if many else "many")
            self._title.set_text(" · ".join(filter(None, (upcoming.title, upcoming.artist))))
            key = t("host.requests.in_key", key=key_words(upcoming.key)) if upcoming.key else ""
            self._long.set_text(" · ".join(filter(None, (length(upcoming.seconds), key, upcoming.message))))
            set_pill(self._ready, readiness(upcoming.readiness))
            why = _why_not(show, upcoming.readiness)
            self._why.set_text(why)
            self._why.set_visibility(bool(why))
            self._start.set_enabled(not why)
            calling = show.scene.name in CALLING
            # In a break a name may be up already.
            self._call.set_visibility(not calling and not upcoming.called)
            self._call.set_enabled(upcoming.readiness.can_start)
            self._missing.set_visibility(calling)
            self._down.set_visibility(calling)
        self._show_steps(show)

    def _show_steps(self, show: ShowView) -> None:
        ready = show.stage is not None and show.stage.armed
        self._add.tick(self._songs > 0)
        self._pair.tick(ready)
        face = _face(show, is_set_up=ready and self._songs > 0)
        self._head.set_text(t(f"host.steps.{face}"))
        self._help.set_visibility(face in CLOSED)
        self._help.set_text(t(f"host.steps.{face}_help") if face in CLOSED else "")
        for step in (self._add, self._pair, self._sing):
            step.set_visibility(face != "over")

    async def go(self) -> None:
        with self._desk.caught():
            await self._desk.do(player.play, self._first)

    async def _put_up(self) -> None:
        with self._desk.caught():
            await self._desk.do(between.call)

    async def _miss(self) -> None:
        with self._desk.caught():
            await self._desk.undoable(between.miss, self._first)

    async def _clear(self) -> None:
        with self._desk.caught():
            await self._desk.do(between.clear)


class Step:
    """One of the first steps: a number that becomes a tick."""

    def __init__(self, number: str, title: str, help_text: str) -> None:
        self._number = number
        with ui.element("div").classes("step") as self._row:
            self._mark = ui.label(number).classes("step-mark")
            with ui.element("div").classes("grow"):
                ui.label(title).classes("step-title")
                ui.label(help_text).classes("quiet small-text")
            self.side = ui.element("div").classes("step-side")

    def set_visibility(self, on: bool) -> None:
        self._row.set_visibility(on)

    def tick(self, done: bool) -> None:
        self._mark.set_text("✓" if done else self._number)
        self._row.classes(add="done" if done else "", remove="" if done else "done")


def _face(show: ShowView, *, is_set_up: bool) -> str:
    """What an empty queue means: the night is over, nobody may ask, somebody else is to sing, or it has not begun."""
    if show.is_over:
        return "over"
    if is_set_up and not show.takes_songs:
        return "none"
    if show.last is not None:
        return "again"
    return "go" if is_set_up else "first"


def _why_not(show: ShowView, song: Readiness) -> str:
    """Why the next song cannot start, in a sentence; empty when it can."""
    match song.state:
        case Ready.SOON:
            return t("host.why.soon", wait=wait(song.seconds))
        case Ready.FAILED:
            return of_note(song.reason) or t("host.why.failed")
    if show.stage is None:
        return t("host.why.no_stage")
    return "" if show.stage.armed else t("host.why.silent")
