"""The queue: one row a waiting turn, moved by drag or by button; every row is changed in place."""

from functools import partial

from nicegui import ui
from nicegui.events import SortableEventArguments

from karaoke_ui.pages.host.ask import AskDialog
from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.pages.host.sheet import Choice, Sheet
from karaoke_ui.pages.host.wording import clock, readiness, set_pill
from karaoke_ui.show import night, player
from karaoke_ui.show.readiness import Ready
from karaoke_ui.show.views import ShowView, TurnView
from karaoke_ui.text import of_note, plural, t


class QueuePane:
    """The waiting turns, and the ways to add one."""

    def __init__(self, desk: Desk, ask: AskDialog, sheet: Sheet) -> None:
        self._desk = desk
        self._sheet = sheet
        self._rows: dict[str, TurnRow] = {}
        self._show = ShowView()
        self._dragging = False
        with ui.element("header").classes("pane-head"):
            ui.label(t("host.tabs.queue")).classes("pane-title").props("role=heading aria-level=2")
            self._sum = ui.label().classes("pill")
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
        for turn in show.queue:
            if turn.id in self._rows:
                self._rows[turn.id].show(turn)
        if not self._dragging:
            self._arrange()
        self._empty.set_visibility(not show.queue)
        self._sum.set_visibility(bool(show.queue))
        if show.queue:
            whole = sum(turn.seconds for turn in show.queue)
            self._sum.set_text(plural("host.queue.sum", len(show.queue), minutes=max(1, round(whole / 60))))

    def _arrange(self) -> None:
        """Rows that left go, new ones come, and only those that stand wrong are moved."""
        wanted = {turn.id: turn for turn in self._show.queue}
        for gone in self._rows.keys() - wanted.keys():
            self._rows.pop(gone).card.delete()
        for place, (turn_id, turn) in enumerate(wanted.items()):
            if turn_id not in self._rows:
                with self._list:
                    self._rows[turn_id] = TurnRow(turn, partial(self._open, turn_id))
            card = self._rows[turn_id].card
            if self._list.default_slot.children[place] is not card:
                card.move(target_index=place)

    def _drag(self, begun: bool) -> None:
        self._dragging = begun

    async def _dropped(self, e: SortableEventArguments) -> None:
        self._dragging = False
        turn_id = next(each for each, row in self._rows.items() if row.card is e.item)
        await self._move(turn_id, e.new_index)

    async def _move(self, turn_id: str, to: int) -> None:
        order = [turn.id for turn in self._show.queue]
        if turn_id not in order or order.index(turn_id) == to:
            self._arrange()
            return
        before, turn = order.index(turn_id), self._show.queue[order.index(turn_id)]
        with self._desk.caught():
            await self._desk.do(night.move, turn_id, to, self._show.version)
            self._desk.say(
                t("host.queue.moved", singer=turn.singer), undo=partial(self._put, turn_id, before)
            )
            return
        self._arrange()

    async def _put(self, turn_id: str, to: int) -> None:
        await self._desk.do(night.move, turn_id, to)

    async def _remove(self, turn: TurnView) -> None:
        with self._desk.caught():
            await self._desk.do(night.remove, turn.id, self._show.version)
            words = t("host.queue.removed", singer=turn.singer, title=turn.title)
            self._desk.say(words, undo=partial(self._put_back, turn.id))

    async def _put_back(self, turn_id: str) -> None:
        await self._desk.do(night.put_back, turn_id)

    async def _start(self, turn_id: str) -> None:
        with self._desk.caught():
            await self._desk.do(player.play, turn_id)

    def _open(self, turn_id: str) -> None:
        """What can be done with a turn."""
        turn = next((each for each in self._show.queue if each.id == turn_id), None)
        if turn is None:
            return
        place, last = turn.place - 1, len(self._show.queue) - 1
        choices = []
        if self._show.now is None and turn.readiness.can_start:
            choices.append(Choice(t("host.queue.start"), "play_arrow", partial(self._start, turn_id)))
        if place > 0:
            choices.append(
                Choice(t("host.queue.up"), "arrow_upward", partial(self._move, turn_id, place - 1))
            )
        if place < last:
            choices.append(
                Choice(t("host.queue.down"), "arrow_downward", partial(self._move, turn_id, place + 1))
            )
        if place > 1:
            choices.append(
                Choice(t("host.queue.first"), "vertical_align_top", partial(self._move, turn_id, 0))
            )
        choices.append(Choice(t("host.queue.remove"), "delete_outline", partial(self._remove, turn), "bad"))
        self._sheet.open(f"{turn.singer} · {turn.title}", choices)


class TurnRow:
    """One waiting turn."""

    def __init__(self, turn: TurnView, opened: partial[None]) -> None:
        with ui.element("div").classes("card item turn").props("role=listitem") as self.card:
            ui.icon("drag_indicator").classes("grip").props("aria-hidden=true")
            self._place = ui.label().classes("place")
            with ui.element("div").classes("grow item-text"):
                with ui.element("div").classes("item-line"):
                    self._face = ui.label().classes("small-face").props("aria-hidden=true")
                    self._singer = ui.label().classes("item-title")
                    self._no_phone = ui.label(t("host.queue.no_phone")).classes("tag")
                    self._title = ui.label().classes("ellipsis quiet item-song")
                self._reason = ui.label().classes("small-text bad-text")
            self._when = ui.label().classes("when quiet")
            self._words = ui.label(t("host.ready.no_words")).classes("pill warm")
            self._ready = ui.label().classes("pill")
            more = button("", opened, "icon-btn", icon="more_vert")
            more.props(f'aria-label="{t("host.more")}"').mark("more")
        self.card.mark(f"turn-{turn.id}")
        self.show(turn)

    def show(self, turn: TurnView) -> None:
        self._place.set_text(str(turn.place))
        self._face.set_text(turn.face)
        self._face.set_visibility(bool(turn.face))
        self._singer.set_text(turn.singer)
        self._no_phone.set_visibility(not turn.has_phone)
        self._title.set_text(f"· {turn.title}")
        self._when.set_text(t("host.queue.next") if turn.place == 1 else clock(turn.expected_at))
        self._words.set_visibility(not turn.has_words and turn.readiness.can_start)
        set_pill(self._ready, readiness(turn.readiness))
        failed = turn.readiness.state is Ready.FAILED
        self._reason.set_visibility(failed and bool(turn.readiness.reason))
        self._reason.set_text(of_note(turn.readiness.reason))
