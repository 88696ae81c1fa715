"""A row of the queue: who sings what, why there and when, and whether it can start."""

from collections.abc import Callable, Mapping

from nicegui import ui

from karaoke_ui.pages.host.desk import button
from karaoke_ui.pages.host.reasons import reason
from karaoke_ui.pages.host.wording import Pill, clock, key_words, readiness, set_pill
from karaoke_ui.show.readiness import Ready
from karaoke_ui.show.tables import Partner
from karaoke_ui.show.views import TurnView
from karaoke_ui.text import quoted, t, together


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

    def show(self, turn: TurnView, others: Mapping[str, TurnView], *, is_held: bool) -> None:
        other = others.get(turn.reason.other)
        shown = (turn, other.singer if other else "", is_held)
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
        later = "–" if is_held else clock(turn.expected_at)
        self._when.set_text(t("host.queue.next") if turn.place == 1 else later)
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
    ready = readiness(turn.readiness)
    if turn.readiness.can_start and not turn.has_words:
        # Where there is little room the shape stays with its words.
        without = t("host.ready.no_words").replace(" ", "\N{NO-BREAK SPACE}")
        return Pill(f"{ready.words} · {without}", "warm")
    return ready


def line_words(turn: TurnView) -> str:
    """The few words for the room that come with it."""
    return t("host.queue.line", line=quoted(turn.message)) if turn.message else ""


def line_answers(turn: TurnView) -> list[tuple[str, str, bool]]:
    """What the host may still say to the line that comes with it: the words, the icon, and the yes or no."""
    said = ((True, "on", "chat_bubble_outline"), (False, "off", "speaker_notes_off"))
    return [
        (t(f"host.queue.line_{form}"), icon, yes)
        for yes, form, icon in said
        if turn.message and turn.message_allowed is not yes
    ]
