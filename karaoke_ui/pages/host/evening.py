"""The night: its name, whether requests are open, when it ends, its closing number; the ways to its rules and figures."""

import asyncio
import time
from functools import partial

from nicegui import ui

from karaoke_ui.pages.host.desk import Desk, button, dialog
from karaoke_ui.pages.host.figures import FiguresDialog
from karaoke_ui.pages.host.finding import Finding
from karaoke_ui.pages.host.lists_sheet import ListsDialog
from karaoke_ui.pages.host.parts import HoldButton
from karaoke_ui.pages.host.prompt import Prompt
from karaoke_ui.pages.host.requests import set_rules
from karaoke_ui.pages.host.rules_sheet import RulesDialog, languages, themes
from karaoke_ui.pages.host.sheet import Choice, Sheet
from karaoke_ui.pages.host.wording import Pill, clock, set_pill
from karaoke_ui.show import between, night, nights
from karaoke_ui.show.rules import TEMPLATES
from karaoke_ui.show.views import ShowView, SongView
from karaoke_ui.text import plural, t
from pipeline.finding.filters import SINGABLE, Filters

# Of those who will not make it.
MOST_NAMED = 6
# A picker's wheels have come to rest.
PICK_SECONDS = 1.0
PRINTS = ("cards", "songbook", "slips")


class EveningPane:
    """What the host decides about tonight."""

    def __init__(self, desk: Desk, sheet: Sheet, prompt: Prompt, lists: ListsDialog) -> None:
        self._desk = desk
        self._sheet = sheet
        self._prompt = prompt
        self._rules = RulesDialog(desk)
        self._figures = FiguresDialog(desk)
        self._lists = lists
        self._known_name = ""
        self._show = ShowView()
        self._open = True
        self._ends_at: float | None = None
        self._typing = False
        with ui.element("header").classes("pane-head"):
            ui.label(t("host.tabs.night")).classes("pane-title").props("role=heading aria-level=2")
            self._state = ui.label().classes("pill")
        with ui.element("div").classes("pane-body cards"):
            self._build_name()
            self._build_end()
            with ui.element("div").classes("ways"):
                for name, icon, act in (
                    ("rules", "gavel", self._rules.open),
                    ("figures", "bar_chart", self._figures.open),
                    ("lists", "queue_music", self._lists.open),
                    ("print", "print", self._open_prints),
                ):
                    button(t(f"host.night.{name}"), act, "stack", icon=icon).mark(f"night-{name}")
            with ui.element("div").classes("card group"):
                self._choices = [themes(desk), languages(desk)]
            self._build_closing()
            with ui.element("div").classes("card group line wrap"):
                with ui.element("div").classes("grow"):
                    ui.label(t("host.night.over")).classes("group-title")
                    self._over = ui.label().classes("quiet small-text")
                button(t("host.night.new"), self._open_templates, "big").mark("new-night")
                HoldButton(t("host.night.close"), t("host.night.close_said"), "nightlight", self._close).mark(
                    "close-night"
                )

    def _build_name(self) -> None:
        with ui.element("div").classes("card group"):
            ui.label(t("host.night.name")).classes("group-title")
            with ui.element("div").classes("line"):
                self._name = ui.input().props(f'outlined maxlength=60 aria-label="{t("host.night.name")}"')
                self._name.classes("field grow").mark("night-name").on("blur", self._rename, args=[])
                self._name.on("keydown.enter", self._rename, args=[])
                self._toggle = button("", self._open_or_pause, "big").mark("night-requests")

    def _build_end(self) -> None:
        with ui.element("div").classes("card group"):
            with ui.element("div").classes("line wrap"):
                ui.label(t("host.night.ends")).classes("group-title grow")
                self._time = ui.input(on_change=self._picked_end).props("outlined dense type=time")
                self._time.props(f'aria-label="{t("host.night.ends")}"').classes("field time").mark(
                    "night-ends"
                )
                self._time.on("keydown", self._begin_typing, args=[])
                self._time.on("keydown.enter", self._set_end, args=[]).on("blur", self._set_end, args=[])
                self._endless = button(t("host.night.endless"), partial(self._end_at, None), "small")
            self._forecast = ui.label().classes("quiet").props("aria-live=polite")

    def _build_closing(self) -> None:
        with ui.element("div").classes("card group"), ui.element("div").classes("line wrap"):
            with ui.element("div").classes("grow"):
                ui.label(t("host.night.closing")).classes("group-title")
                ui.label(t("host.night.closing_help")).classes("quiet small-text")
            button(t("host.night.closing_pick"), self._pick_closing, "big").mark("closing-number")
            HoldButton(t("host.night.credits"), t("host.night.credits_said"), "movie", self._roll).mark(
                "credits"
            )
        with dialog(t("host.night.closing")) as self._closing, ui.element("div").classes("card ask"):
            ui.label(t("host.night.closing")).classes("sheet-title").props("role=heading aria-level=2")
            self._finding = Finding(self._desk, self._sing_closing, Filters(more=(SINGABLE,)))
            button(t("host.close"), self._closing.close, "quiet-btn")

    def show(self, show: ShowView) -> None:
        self._show = show
        self._over.set_text(f"{self._drops()} {t('host.night.over_help')}".strip())
        if show.night != self._known_name:
            self._known_name = show.night
            self._name.set_value(show.night)
        self._open = show.rules.requests_open
        words = t("host.requests.open" if self._open else "host.requests.paused")
        set_pill(self._state, Pill(words, "good" if self._open else "warm"))
        self._toggle.set_text(t("host.requests.pause" if self._open else "host.requests.take"))
        if show.rules.ends_at != self._ends_at:
            self._ends_at = show.rules.ends_at
            self._time.set_value(clock(self._ends_at) if self._ends_at else "")
        self._endless.set_visibility(self._ends_at is not None)
        self._forecast.set_text(_forecast(show))
        for each in self._choices:
            each.show(show.rules)

    async def _rename(self) -> None:
        if self._name.value == self._known_name:
            return
        with self._desk.caught():
            await self._desk.do(night.rename, self._name.value or "")
            self._desk.say(t("host.night.renamed"), tone="good")
            return
        self._name.set_value(self._known_name)

    async def _open_or_pause(self) -> None:
        with self._desk.caught():
            await self._desk.undoable(set_rules, requests_open=not self._open)

    def _begin_typing(self) -> None:
        self._typing = True

    async def _picked_end(self) -> None:
        """A phone's picker leaves the focus where it is. What is typed shows a time with each key: it waits for its end."""
        picked = self._time.value
        await asyncio.sleep(PICK_SECONDS)
        if not self._typing and self._time.value == picked:
            await self._set_end()

    async def _set_end(self) -> None:
        self._typing = False
        typed = self._time.value or ""
        if typed and typed != (clock(self._ends_at) if self._ends_at else ""):
            await self._end_at(next_time(typed, time.time()))

    async def _end_at(self, moment: float | None) -> None:
        with self._desk.caught():
            await self._desk.undoable(set_rules, ends_at=moment)

    async def _pick_closing(self) -> None:
        self._finding.show(True)
        self._closing.open()
        await self._finding.look()

    async def _sing_closing(self, song: SongView) -> None:
        with self._desk.caught():
            await self._desk.do(between.close, song.id)
            self._closing.close()

    async def _roll(self) -> None:
        with self._desk.caught():
            await self._desk.do(between.roll_credits)

    def _open_prints(self) -> None:
        choices = [Choice(t(f"host.print.{name}"), "print", partial(_open_page, name)) for name in PRINTS]
        self._sheet.open(t("host.night.print"), choices, t("host.print.help"))

    def _open_templates(self) -> None:
        choices = [
            Choice(t(f"host.rules.{name}.title"), "celebration", partial(self._ask_new, name))
            for name in TEMPLATES
        ]
        self._sheet.open(t("host.night.new"), choices, t("host.night.new_help"))

    def _ask_new(self, template: str) -> None:
        async def begin(name: str) -> None:
            ended = self._show.night_id
            begun = await self._desk.do(nights.open_new, name, template)
            self._desk.say(t("host.night.begun", name=begun.name), undo=partial(self._reopen, ended))

        drops = self._drops()
        self._prompt.open(
            t("host.night.name"),
            begin,
            words=drops,
            most=night.MAX_NIGHT_NAME,
            act=t("host.night.begin"),
            # What ends the singing of others is not done by a tap alone.
            hold=t("host.night.hold_begin") if drops else "",
        )

    def _drops(self) -> str:
        """What a night would lose that ended now."""
        waiting = len(self._show.waiting)
        return plural("host.night.drops", waiting) if waiting else ""

    async def _close(self) -> None:
        with self._desk.caught():
            closed = await self._desk.do(nights.close)
            self._desk.say(t("host.night.closed"), undo=partial(self._reopen, closed.id))

    async def _reopen(self, night_id: str) -> None:
        await self._desk.undoable(nights.reopen, night_id)


def next_time(typed: str, now: float) -> float:
    """“01:30” → the next moment at which the box's clock shows that."""
    hour, minute = (int(part) for part in typed.split(":")[:2])
    year, month, day = time.localtime(now)[:3]
    # Whether the clock has been changed by then is for the system to say.
    today, tomorrow = (time.mktime((year, month, day + later, hour, minute, 0, 0, 0, -1)) for later in (0, 1))
    return today if today > now else tomorrow


def _forecast(show: ShowView) -> str:
    """“9 more songs; these will not make it: Tom, Li”"""
    if show.last_call is None:
        return t("host.night.no_end")
    late = [turn.singer for turn in show.queue if turn.too_late]
    songs = plural("host.night.more_songs", show.last_call.songs)
    if not late:
        return f"{songs} {t('host.queue.all_make_it')}"
    said = t("host.night.late", names=", ".join(late[:MOST_NAMED]))
    more = plural("host.night.late_more", len(late) - MOST_NAMED) if len(late) > MOST_NAMED else ""
    return f"{songs} {said} {more}".strip()


def _open_page(name: str) -> None:
    ui.navigate.to(f"/host/print/{name}", new_tab=True)
