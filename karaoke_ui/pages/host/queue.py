"""The queue: one row a waiting turn, moved by drag or by button; every row is changed in place."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui
from nicegui.events import SortableEventArguments

from karaoke_ui.pages.host.ask import AskDialog
from karaoke_ui.pages.host.change import ChangeDialog
from karaoke_ui.pages.host.deeds_log import DeedsLog
from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.pages.host.hiding import hide_names
from karaoke_ui.pages.host.prompt import Prompt
from karaoke_ui.pages.host.sheet import Choice, Sheet
from karaoke_ui.pages.host.turn_row import TurnRow, line_answers, line_words, who
from karaoke_ui.pages.host.wording import clock
from karaoke_ui.show import between, guests, night, player, turns
from karaoke_ui.show.tables import Partner
from karaoke_ui.show.views import ShowView, TurnView
from karaoke_ui.text import plural, t


class QueuePane:
    """The waiting turns, and the ways to add one."""

    def __init__(self, desk: Desk, ask: AskDialog, sheet: Sheet, prompt: Prompt) -> None:
        self._desk = desk
        self._sheet = sheet
        self._prompt = prompt
        self._change = ChangeDialog(desk)
        self._log = DeedsLog(desk)
        self._rows: dict[str, TurnRow] = {}
        self._show = ShowView()
        self._dragging = False
        with ui.element("header").classes("pane-head"):
            ui.label(t("host.tabs.queue")).classes("pane-title").props("role=heading aria-level=2")
            self._sum = ui.label().classes("pill")
            ui.element("div").classes("grow")
            self._last_call = button("", self._tell_last_call, "pill warm").mark("last-call")
            log = button("", self._log.open, "icon-btn", icon="history").mark("open-log")
            log.props(f'aria-label="{t("host.log.head")}"')
        with ui.element("div").classes("pane-body"):
            self._empty = ui.element("div").classes("empty")
            with self._empty:
                ui.label(t("host.queue.empty")).classes("empty-title")
                ui.label(t("host.queue.empty_help")).classes("quiet")
            self._list = ui.column().classes("rows").props("role=list")
        # A finger that rests is a drag; one that moves at once scrolls the list.
        self._list.make_sortable(
            {"delay": 120, "delayOnTouchOnly": True, "touchStartThreshold": 6},
            on_end=self._dropped,
            handle=".grip",
            ghost_class="ghost",
        )
        self._list.on("start", lambda: self._drag(True), args=[])
        self._list.on("end", lambda: self._drag(False), args=[])
        with ui.element("div").classes("pane-foot"):
            button(t("host.queue.walk_up"), ask.walk_up, "grow")
            button(t("host.queue.song"), ask.for_singer, "grow")

    def show(self, show: ShowView) -> None:
        self._show = show
        others = {turn.id: turn for turn in show.queue}
        for turn in show.queue:
            if turn.id in self._rows:
                self._rows[turn.id].show(turn, others, is_held=show.is_held)
        if not self._dragging:
            self._arrange()
        self._empty.set_visibility(not show.queue)
        self._sum.set_visibility(bool(show.queue))
        if show.queue:
            whole = sum(turn.seconds for turn in show.queue)
            self._sum.set_text(plural("host.queue.sum", len(show.queue), minutes=max(1, round(whole / 60))))
        self._last_call.set_visibility(show.last_call is not None)
        if show.last_call is not None:
            ends = clock(show.last_call.ends_at)
            self._last_call.set_text(plural("host.queue.last_call", show.last_call.songs, at=ends))

    def _arrange(self) -> None:
        """Rows that left go, new ones come, and only those that stand wrong are moved."""
        wanted = {turn.id: turn for turn in self._show.queue}
        for gone in self._rows.keys() - wanted.keys():
            self._rows.pop(gone).card.delete()
        for place, (turn_id, turn) in enumerate(wanted.items()):
            if turn_id not in self._rows:
                with self._list:
                    self._rows[turn_id] = TurnRow(turn_id, partial(self._open, turn_id))
                self._rows[turn_id].show(turn, wanted, is_held=self._show.is_held)
            card = self._rows[turn_id].card
            if self._list.default_slot.children[place] is not card:
                card.move(target_index=place)

    def _drag(self, begun: bool) -> None:
        self._dragging = begun

    async def _dropped(self, e: SortableEventArguments) -> None:
        """The row goes behind the one it was put under, wherever that stands by now."""
        self._dragging = False
        shown = [
            each
            for card in self._list.default_slot.children
            for each, row in self._rows.items()
            if row.card is card
        ]
        turn_id = next(each for each, row in self._rows.items() if row.card is e.item)
        above = [each for each in shown if each != turn_id][: e.new_index]
        others = [turn.id for turn in self._show.queue if turn.id != turn_id]
        behind = next((each for each in reversed(above) if each in others), None)
        to = others.index(behind) + 1 if behind else 0
        order = [turn.id for turn in self._show.queue]
        if turn_id in order and order.index(turn_id) != to:
            await self._do(night.move, turn_id, to, self._show.version)
        else:
            self._arrange()

    async def _do(self, action: Callable[..., object], *args: object) -> None:
        """What is done to the queue can be taken back; what comes too late is refused, and the rows stand as they are."""
        with self._desk.caught():
            await self._desk.undoable(action, *args)
            return
        self._arrange()

    async def _start(self, turn_id: str) -> None:
        with self._desk.caught():
            await self._desk.do(player.play, turn_id)

    async def _call(self, turn_id: str) -> None:
        with self._desk.caught():
            await self._desk.do(between.call, turn_id)

    def _open(self, turn_id: str) -> None:
        """What can be done with a turn, in the order that is seen now: in another one by then it is refused."""
        turn = next((each for each in self._show.queue if each.id == turn_id), None)
        if turn is not None:
            self._sheet.open(f"{who(turn)} · {turn.title}", self._choices(turn), line_words(turn), wide=True)

    def _choices(self, turn: TurnView) -> list[Choice]:
        place, last, version = turn.place - 1, len(self._show.queue) - 1, self._show.version
        nobody_sings = self._show.now is None

        def move(to: int) -> Callable[[], Awaitable[None]]:
            return partial(self._do, night.move, turn.id, to, version)

        # A turn whose name is up stays where it is.
        loose = not turn.called
        offered = (
            (nobody_sings and turn.readiness.can_start, "start", "play_arrow", partial(self._start, turn.id)),
            (
                nobody_sings and loose and turn.readiness.can_start,
                "call",
                "campaign",
                partial(self._call, turn.id),
            ),
            (loose and place > 1, "first", "vertical_align_top", move(0)),
            (loose and place > 0, "up", "arrow_upward", move(place - 1)),
            (loose and place < last, "down", "arrow_downward", move(place + 1)),
            (
                loose and place < last,
                "to_end",
                "vertical_align_bottom",
                partial(self._do, turns.to_end, turn.id, version),
            ),
            (loose and last > 0, "swap", "swap_vert", partial(self._swap, turn)),
            (loose and not turn.pinned, "pin", "push_pin", move(place)),
            (loose and turn.pinned, "unpin", "push_pin", partial(self._do, turns.unpin, turn.id, version)),
            (
                loose and place < last,
                "later",
                "hourglass_bottom",
                partial(self._do, turns.later, turn.id, turn.later + 1),
            ),
            (
                loose and not turn.paused,
                "pause",
                "pause",
                partial(self._do, guests.pause, True, turn.singer_id),
            ),
            (turn.paused, "resume", "play_arrow", partial(self._do, guests.pause, False, turn.singer_id)),
            (loose, "wish", "cake", partial(self._ask_wish, turn)),
            (True, "change", "tune", partial(self._change.open, turn)),
        )
        choices = [Choice(t(f"host.queue.{name}"), icon, act) for there, name, icon, act in offered if there]
        for each in turn.who(Partner.ASKED):
            yes = partial(self._do, turns.answer_duet, turn.id, True, each.id)
            choices.append(Choice(t("host.queue.duet_yes", partner=each.name), "group", yes))
        choices += [
            Choice(words, icon, partial(self._do, turns.allow_line, turn.id, yes))
            for words, icon, yes in line_answers(turn)
        ]
        choices += hide_names(self._desk, turn)
        choices.append(
            Choice(
                t("host.queue.remove"),
                "delete_outline",
                partial(self._do, night.remove, turn.id, version),
                "bad",
            )
        )
        return choices

    def _swap(self, turn: TurnView) -> None:
        """With whom?"""
        choices = [
            Choice(
                f"{other.place}  {who(other)} · {other.title}",
                "swap_vert",
                partial(self._do, turns.swap, turn.id, other.id, self._show.version),
            )
            for other in self._show.queue
            if other.id != turn.id and not other.called
        ]
        self._sheet.open(t("host.queue.swap_head", singer=turn.singer), choices)

    def _ask_wish(self, turn: TurnView) -> None:
        async def wish(words: str) -> None:
            await self._desk.undoable(turns.wish, turn.id, words)

        title = t("host.queue.wish_head", singer=turn.singer)
        self._prompt.open(title, wish, value=turn.wish, words=t("host.queue.wish_help"), most=turns.MAX_WISH)

    def _tell_last_call(self) -> None:
        """Who will not make it."""
        if self._show.last_call is None:
            return
        late = [turn for turn in self._show.queue if turn.too_late]
        names = "\n".join(f"{turn.place}  {who(turn)} · {turn.title}" for turn in late)
        words = t("host.queue.all_make_it") if not late else f"{t('host.queue.late_help')}\n{names}"
        self._sheet.tell(self._last_call.text, words)
