"""What waits for the host's yes: songs, lines for the room, and the videos of guests. One tap each."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from nicegui import ui
from nicegui.element import Element
from sqlmodel import Session

from karaoke_ui.changes import Changes
from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.pages.host.lists_sheet import ListsDialog
from karaoke_ui.pages.host.sheet import Choice, Sheet
from karaoke_ui.pages.host.turn_row import who
from karaoke_ui.pages.host.wording import Pill, key_words, length, readiness, set_pill
from karaoke_ui.parts.newest import InTurn
from karaoke_ui.show import backdrops, messages, names, night, rules, turns
from karaoke_ui.show import lists as house_lists
from karaoke_ui.show.rights import Actor, Right
from karaoke_ui.show.rules import Requests, Rules
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
    # A line is read to its end before the room may read it.
    is_line: bool = False


@dataclass(frozen=True)
class Lack:
    """Why guests can ask for nothing: there is no list, none is chosen, or no song is on it."""

    words: str
    # What the host does about it: “make”, “choose” or “fill”.
    mends: str
    list_id: str = ""
    offered: Mapping[str, str] = field(default_factory=dict)


class RequestsPane:
    """One list for all that waits, the oldest first within its kind."""

    def __init__(self, desk: Desk, sheet: Sheet, lists: ListsDialog, count: Callable[[int], None]) -> None:
        self._desk = desk
        self._sheet = sheet
        self._lists = lists
        self._count = count
        self._rows: dict[Asked, Element] = {}
        self._messages: list[Asked] = []
        self._videos: list[Asked] = []
        self._songs: set[str] = set()
        self._lack: Lack | None = None
        self._show = ShowView()
        self._readings = InTurn()
        self._open = True
        with ui.element("header").classes("pane-head"):
            ui.label(t("host.tabs.requests")).classes("pane-title").props("role=heading aria-level=2")
            self._state = ui.label().classes("pill")
            ui.element("div").classes("grow")
            self._toggle = button("", self._open_or_pause, "small").mark("requests-open")
        with ui.element("div").classes("pane-body"):
            with ui.element("div").classes("card item") as self._unlisted:
                self._lacks = ui.label().classes("grow item-text").props("dir=auto role=status")
                self._mend = button("", self._mend_list, "small main").mark("mend-list")
            with ui.element("div").classes("empty") as self._empty:
                ui.label(t("host.requests.empty")).classes("empty-title")
                self._policy = ui.label().classes("quiet")
            self._list = ui.element("div").classes("rows").props("role=list")
        for press in (self._toggle, self._mend):
            press.set_visibility(Right.HOST in desk.rights)

    def show(self, show: ShowView) -> None:
        self._show = show
        self._open = show.rules.requests_open
        open_words = t("host.requests.open" if self._open else "host.requests.paused")
        set_pill(self._state, Pill(open_words, "good" if self._open else "warm"))
        self._toggle.set_text(t("host.requests.pause" if self._open else "host.requests.take"))
        policy = show.rules.requests if self._open else "closed"
        self._policy.set_text(t(f"host.requests.policy_{policy}"))
        self._arrange()

    async def load(self) -> None:
        """What the night's view does not hold: guests' lines and videos."""
        await self._readings.run(self._read)

    async def _read(self) -> None:
        chosen, waiting = self._show.rules, {turn.song_id: turn.title for turn in self._show.queue}
        with self._desk.caught():
            self._messages, self._videos = await self._desk.house.read(_others, chosen, waiting)
            self._lack = await self._desk.house.read(lack, chosen)
            self._songs = {*waiting}
        self._arrange()

    def concerns(self, changes: Changes) -> bool:
        """Of the queue it matters which songs are in it: each may have a video."""
        named = any(kind in changes for kind in ("message", "track", "night", "singer", "list"))
        return named or self._songs != {turn.song_id for turn in self._show.queue}

    def _arrange(self) -> None:
        wanted: dict[Asked, Answer] = {}
        for turn in self._show.requests:
            wanted[_song(turn)] = partial(self._answer_song, turn.id)
        for turn in self._show.queue:
            if turn.line_waits:
                wanted[_line(turn)] = partial(self._answer_line, turn.id)
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
        self._policy.set_visibility(self._lack is None)
        self._unlisted.set_visibility(self._lack is not None)
        if self._lack is not None:
            self._lacks.set_text(self._lack.words)
            self._mend.set_text(t(f"host.requests.{self._lack.mends}_list"))
        self._count(len(wanted))

    def _row(self, asked: Asked, answer: Answer) -> Element:
        with (
            ui.element("div")
            .classes("card item asked")
            .props("role=listitem")
            .mark(f"asked-{asked.key}") as row
        ):
            with ui.element("div").classes("grow item-text"):
                title = ui.label(asked.title).classes("item-title").props("dir=auto")
                title.classes(add="whole" if asked.is_line else "ellipsis")
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

    async def _answer_line(self, turn_id: str, yes: bool) -> None:
        with self._desk.caught():
            await self._desk.undoable(turns.allow_line, turn_id, yes)

    async def _answer_message(self, message_id: str, yes: bool) -> None:
        with self._desk.caught():
            await self._desk.undoable(messages.approve if yes else messages.refuse, message_id)

    async def _answer_video(self, song_id: str, yes: bool) -> None:
        with self._desk.caught():
            await self._desk.do(backdrops.allow_video, song_id, yes)

    async def _mend_list(self) -> None:
        """A list that guests can choose from."""
        lack = self._lack
        if lack is None:
            return
        if lack.list_id:
            await self._lists.open(lack.list_id)
        elif lack.offered:
            choices = [
                Choice(name, "queue_music", partial(self._choose_list, each))
                for each, name in lack.offered.items()
            ]
            self._sheet.open(t("host.requests.choose_list"), choices)
        else:
            await self._lists.make()

    async def _choose_list(self, list_id: str) -> None:
        with self._desk.caught():
            await self._desk.undoable(set_rules, house_list=list_id)

    async def _open_or_pause(self) -> None:
        with self._desk.caught():
            await self._desk.undoable(set_rules, requests_open=not self._open)


def lack(s: Session, chosen: Rules) -> Lack | None:
    """What is missing for guests to ask for anything at all, where they choose from a house list."""
    if chosen.requests is not Requests.LIST:
        return None
    there = {each.id: (each.name, songs) for each, songs in house_lists.every(s)}
    if chosen.house_list not in there:
        form = "no_list_chosen" if there else "no_list"
        offered = {list_id: name for list_id, (name, _) in there.items()}
        return Lack(t(f"host.requests.{form}"), "choose" if there else "make", offered=offered)
    name, songs = there[chosen.house_list]
    if songs == 0:
        words = t("host.requests.list_is_empty", name=name)
        return Lack(words, "fill", list_id=chosen.house_list)
    return None


def set_rules(s: Session, actor: Actor, /, **chosen: object) -> None:
    """Some of tonight's rules."""
    rules.change(s, actor, night.current(s), chosen)


def _song(turn: TurnView) -> Asked:
    words = [turn.title, turn.artist, length(turn.seconds)]
    if turn.key:
        words.append(t("host.requests.in_key", key=key_words(turn.key)))
    if turn.message and turn.message_allowed is not False:
        words.append(quoted(turn.message))
    return Asked(turn.id, who(turn), " · ".join(filter(None, words)), readiness(turn.readiness))


def _line(turn: TurnView) -> Asked:
    """The few words that come with a song in the queue."""
    words = t("host.requests.line_with_song", singer=turn.singer, title=turn.title)
    return Asked(f"line-{turn.id}", quoted(turn.message), words, is_line=True)


def _others(s: Session, chosen: Rules, waiting: Mapping[str, str]) -> tuple[list[Asked], list[Asked]]:
    """`waiting`: the titles of the songs in the queue, by their ids."""
    tonight = night.current(s)
    asked = messages.of_night(s, tonight.id, MessageState.ASKED)
    called = names.tonight(s, tonight.id) if asked else {}
    lines = [
        Asked(
            line.id,
            quoted(line.text),
            t("host.requests.line", singer=called.get(line.singer_id, "")),
            is_line=True,
        )
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
