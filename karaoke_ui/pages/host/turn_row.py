"""A row of the queue: who sings what, why there and when, and whether it can start."""

from collections.abc import Callable, Mapping

from nicegui import ui

from karaoke_ui.pages.host.desk import button
from karaoke_ui.pages.host.reasons import reason
from karaoke_ui.pages.host.wording import Pill, clock, key_words, readiness, set_pill
from karaoke_ui.show.readiness import Ready
from karaoke_ui.show.tables import Partner
from karaoke_ui.show.views import TurnView
from karaoke_ui.text import t, together


class TurnRow:
    """One waiting turn, changed in place."""

    def __init__(self, turn_id: str, opened: Callable[[], None]) -> None:
        with ui.element("div").classes("card item turn").props("role=listitem") as self.card:
            ui.icon("drag_indicator").classes("grip").props("aria-hidden=true")
            self._place = ui.label().classes("place")
            with ui.element("div").classes("grow item-text"):
                with ui.element("div").classes("item-line") as self._line:
                    self._singer = ui.label().classes("item-title ellipsis").props("dir=auto")
                    self._key = ui.label().classes("tag")
                    self._no_phone = ui.label(t("host.queue.no_phone")).classes("tag")
                    self._title = ui.label().classes("ellipsis quiet item-song").props("dir=auto")
                self._reason = ui.label().classes("small-text quiet item-reason ellipsis").props("dir=auto")
            self._when = ui.label().classes("when quiet")
            self._state = ui.label().classes("pill")
            more = button("", opened, "icon-btn", icon="more_vert").mark("more")
            more.props(f'aria-label="{t("host.more")}"')
        self.card.mark(f"turn-{turn_id}")
        self._shown: tuple[object, ...] = ()

    def show(self, turn: TurnView, others: Mapping[str, TurnView]) -> None:
        other = others.get(turn.reason.other)
        shown = (turn, other.singer if other else "")
        if shown == self._shown:
            return
        self._shown = shown
        self._place.set_text(str(turn.place))
        self._singer.set_text(who(turn))
        several = bool(turn.partners)
        self._line.classes(add="several" if several else "", remove="" if several else "several")
        self._key.set_visibility(turn.key != 0)
        self._key.set_text(key_words(turn.key))
        self._no_phone.set_visibility(not turn.has_phone)
        self._title.set_text(turn.title)
        words = reason(turn, others)
        self._reason.set_visibility(bool(words))
        self._reason.set_text(words)
        failed = turn.readiness.state is Ready.FAILED
        self._reason.classes(add="bad-text" if failed else "quiet", remove="quiet" if failed else "bad-text")
        self._when.set_text(t("host.queue.next") if turn.place == 1 else clock(turn.expected_at))
        set_pill(self._state, state(turn))


def who(turn: TurnView) -> str:
    """“🦊 Maria & Ann”"""
    return f"{turn.face} {names(turn)}".strip()


def names(turn: TurnView) -> str:
    """All but those who said no."""
    along = turn.who(Partner.YES, Partner.ASKED)
    return together([turn.singer, *(each.name for each in along)])


def state(turn: TurnView) -> Pill:
    """The one thing about a turn that the host should know at a glance."""
    if turn.called:
        return Pill(t("host.queue.called"), "called")
    if turn.too_late:
        return Pill(t("host.queue.too_late"), "warm")
    if turn.readiness.can_start and not turn.has_words:
        return Pill(t("host.ready.no_words"), "warm")
    return readiness(turn.readiness)
