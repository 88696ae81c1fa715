"""What waits for the host's yes: songs, lines for the room, and the videos of guests. One tap each."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from nicegui import ui
from nicegui.element import Element
from sqlmodel import Session

from karaoke_ui.live import Changes
from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.pages.host.turn_row import who
from karaoke_ui.pages.host.wording import Pill, key_words, length, readiness, set_pill
from karaoke_ui.show import backdrops, messages, names, night, rules, turns
from karaoke_ui.show.rights import Actor
from karaoke_ui.show.rules import Rules
from karaoke_ui.show.tables import MessageState
from karaoke_ui.show.views import ShowView, TurnView
from karaoke_ui.text import quoted, t
from pipeline import library

Answer = Callable[[bool], Awaitable[None]]


@dataclass(frozen=True)
class Asked:
    """Something that waits for a yes or a no; `key` tells it from the others."""

    key: str
    title: str
    words: str
    pill: Pill | None = None


class RequestsPane:
    """One list for all that waits, the oldest first within its kind."""

    def __init__(self, desk: Desk, count: Callable[[int], None]) -> None:
        self._desk = desk
        self._count = count
        self._rows: dict[Asked, Element] = {}
        self._messages: list[Asked] = []
        self._videos: list[Asked] = []
        self._songs: set[str] = set()
        self._open = True
        with ui.element("header").classes("pane-head"):
            ui.label(t("host.tabs.requests")).classes("pane-title").props("role=heading aria-level=2")
            self._state = ui.label().classes("pill")
            ui.element("div").classes("grow")
            self._toggle = button("", self._open_or_pause, "small").mark("requests-open")
        with ui.element("div").classes("pane-body"):
            with ui.element("div").classes("empty") as self._empty:
                ui.label(t("host.requests.empty")).classes("empty-title")
                self._policy = ui.label().classes("quiet")
            self._list = ui.element("div").classes("rows").props("role=list")

    def show(self, show: ShowView) -> None:
        self._open = show.rules.requests_open
        open_words = t("host.requests.open" if self._open else "host.requests.paused")
        set_pill(self._state, Pill(open_words, "good" if self._open else "warm"))
        self._toggle.set_text(t("host.requests.pause" if self._open else "host.requests.take"))
        self._policy.set_text(t(f"host.requests.policy_{show.rules.requests}"))
        self._arrange(show)

    async def load(self, show: ShowView) -> None:
        """What the night's view does not hold: guests' lines and videos."""
        waiting = {turn.song_id: turn.title for turn in show.queue}
        self._songs = {*waiting}
        with self._desk.caught():
            self._messages, self._videos = await self._desk.house.read(_others, show.rules, waiting)
        self._arrange(show)

    def concerns(self, changes: Changes, show: ShowView) -> bool:
        """Of the queue it matters which songs are in it: each may have a video."""
        named = any(kind in changes for kind in ("message", "track", "night", "singer"))
        return named or self._songs != {turn.song_id for turn in show.queue}

    def _arrange(self, show: ShowView) -> None:
        wanted: dict[Asked, Answer] = {}
        for turn in show.requests:
            wanted[_song(turn)] = partial(self._answer_song, turn.id)
        for line in self._messages:
            wanted[line] = partial(self._answer_message, line.key)
        for video in self._videos:
            wanted[video] = partial(self._answer_video, video.key)
        for gone in [asked for asked in self._rows if asked not in wanted]:
            self._rows.pop(gone).delete()
        for asked, answer in wanted.items():
            if asked not in self._rows:
                with self._list:
                    self._rows[asked] = self._row(asked, answer)
        self._empty.set_visibility(not wanted)
        self._count(len(wanted))

    def _row(self, asked: Asked, answer: Answer) -> Element:
        with (
            ui.element("div")
            .classes("card item asked")
            .props("role=listitem")
            .mark(f"asked-{asked.key}") as row
        ):
            with ui.element("div").classes("grow item-text"):
                ui.label(asked.title).classes("item-title ellipsis").props("dir=auto")
                ui.label(asked.words).classes("quiet small-text").props("dir=auto")
            if asked.pill:
                set_pill(ui.label(), asked.pill)
            no = button("", partial(answer, False), "answer no", icon="close").mark("no")
            no.props(f'aria-label="{t("host.requests.no")}"')
            yes = button("", partial(answer, True), "answer yes", icon="check").mark("yes")
            yes.props(f'aria-label="{t("host.requests.yes")}"')
        return row

    async def _answer_song(self, turn_id: str, yes: bool) -> None:
        with self._desk.caught():
            await self._desk.undoable(turns.approve if yes else turns.refuse, turn_id)

    async def _answer_message(self, message_id: str, yes: bool) -> None:
        with self._desk.caught():
            await self._desk.do(messages.approve if yes else messages.refuse, message_id)

    async def _answer_video(self, song_id: str, yes: bool) -> None:
        with self._desk.caught():
            await self._desk.do(backdrops.allow_video, song_id, yes)

    async def _open_or_pause(self) -> None:
        with self._desk.caught():
            await self._desk.undoable(set_rules, requests_open=not self._open)


def set_rules(s: Session, actor: Actor, /, **chosen: object) -> None:
    """Some of tonight's rules."""
    rules.change(s, actor, night.current(s), chosen)


def _song(turn: TurnView) -> Asked:
    words = [turn.title, turn.artist, length(turn.seconds)]
    if turn.key:
        words.append(t("host.requests.in_key", key=key_words(turn.key)))
    if turn.message:
        words.append(quoted(turn.message))
    return Asked(turn.id, who(turn), " · ".join(filter(None, words)), readiness(turn.readiness))


def _others(s: Session, chosen: Rules, waiting: Mapping[str, str]) -> tuple[list[Asked], list[Asked]]:
    """`waiting`: the titles of the songs in the queue, by their ids."""
    tonight = night.current(s)
    asked = messages.of_night(s, tonight.id, MessageState.ASKED)
    called = names.tonight(s, tonight.id) if asked else {}
    lines = [
        Asked(line.id, quoted(line.text), t("host.requests.line", singer=called.get(line.singer_id, "")))
        for line in asked
    ]
    tracks = library.main_tracks(s, waiting)
    videos = [
        Asked(song_id, title, t("host.requests.video"))
        for song_id, title in waiting.items()
        if (track := tracks.get(song_id))
        and track.video
        and track.video_allowed is None
        and not backdrops.may_be_seen(track, chosen)
    ]
    return lines, videos
