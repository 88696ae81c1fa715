"""What people like to look at: the figures of a night in a few good charts, and the nights before it."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from nicegui import ui

from karaoke_ui.pages.host.desk import Desk, button, dialog
from karaoke_ui.show import nights
from karaoke_ui.show.nights import Figures, NightLine
from karaoke_ui.text import clock, day, plural, t

MOST_BARS = 6
SHOWN_NIGHTS = 30


class FiguresDialog:
    """Tonight first; every earlier night is one tap away, and each can be taken home as a file."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        with (
            dialog(t("host.night.figures")) as self._dialog,
            ui.element("div").classes("card sheet figures-sheet") as self._sheet,
        ):
            with ui.element("header").classes("ask-head"):
                self._title = (
                    ui.label()
                    .classes("sheet-title ellipsis grow")
                    .props("dir=auto role=heading aria-level=2")
                )
                close = button("", self._dialog.close, "icon-btn", icon="close")
                close.props(f'aria-label="{t("host.close")}"')
            self._body = ui.element("div").classes("figures-body")

    async def open(self, night_id: str = "") -> None:
        with self._desk.caught():
            every = await self._desk.house.read(nights.every, None)
            shown = next((each for each in every if each.id == night_id), every[0])
            figures = await self._desk.house.read(nights.figures, shown.id)
            self._fill(shown, figures, every)
            self._dialog.open()
            # What was tapped may stand far below the figures.
            self._sheet.run_method("scrollTo", 0, 0)

    def _fill(self, shown: NightLine, figures: Figures, every: Sequence[NightLine]) -> None:
        self._title.set_text(f"{shown.name} · {_day(shown.opened_at)}")
        self._body.clear()
        with self._body:
            _tiles(figures)
            if figures.songs:
                with ui.element("div").classes("charts"):
                    hours = [(f"{hour:02d}:00", songs) for hour, songs in figures.by_hour]
                    _columns(t("host.figures.by_hour"), hours)
                    _bars(t("host.figures.most_sung"), [(title, n) for title, _, n in figures.most_sung])
                    _bars(t("host.figures.busiest"), figures.busiest)
            with ui.element("div").classes("line wrap"):
                for kind in ("csv", "json"):
                    address = f"/api/v1/nights/{shown.id}/export.{kind}"
                    words = t(f"host.figures.{kind}")
                    with ui.element("a").classes("btn small").props(f'href="{address}" download'):
                        ui.label(words)
            others = [each for each in every if each.id != shown.id]
            if others:
                ui.label(t("host.figures.history")).classes("group-title")
                Earlier(others, self.open)


class Earlier:
    """The other nights, some at a time."""

    def __init__(self, left: Sequence[NightLine], opened: Callable[[str], Awaitable[None]]) -> None:
        self._left = left
        self._opened = opened
        self._rows = ui.element("div").classes("rows").props("role=list")
        self._more = button(t("host.library.more"), self._show_more).mark("more-nights")
        self._show_more()

    def _show_more(self) -> None:
        with self._rows:
            for each in self._left[:SHOWN_NIGHTS]:
                _night_row(each, partial(self._opened, each.id))
        self._left = self._left[SHOWN_NIGHTS:]
        self._more.set_visibility(bool(self._left))


def _night_row(night: NightLine, opened: Callable[[], object]) -> None:
    with ui.element("button").classes("found-song").props("type=button").on("click", opened, args=[]):
        with ui.element("span").classes("grow item-text"):
            ui.label(night.name).classes("item-title ellipsis").props("dir=auto")
            ui.label(_day(night.opened_at)).classes("quiet small-text")
        ui.label(plural("host.figures.songs", night.songs)).classes("quiet")


def _tiles(figures: Figures) -> None:
    with ui.element("div").classes("tiles"):
        for name, value in (
            ("songs_sung", figures.songs),
            ("singers", figures.singers),
            ("minutes", figures.minutes),
            ("usual_wait", f"{figures.usual_wait:.0f}"),
            ("longest_wait", f"{figures.longest_wait:.0f}"),
        ):
            with ui.element("div").classes("tile"):
                ui.label(str(value)).classes("tile-value")
                ui.label(t(f"host.figures.{name}")).classes("quiet small-text")


def _bars(title: str, rows: Sequence[tuple[str, int]]) -> None:
    """Lying bars: a name, and how often."""
    most = max((count for _, count in rows), default=1)
    with ui.element("figure").classes("chart"):
        with ui.element("figcaption"):
            ui.label(title).classes("group-title")
        for name, count in rows[:MOST_BARS]:
            with ui.element("div").classes("chart-row"):
                ui.label(name).classes("ellipsis chart-name").props("dir=auto")
                ui.element("div").classes("chart-bar").style(f"--share: {count / most:.1%}").props(
                    "aria-hidden=true"
                )
                ui.label(str(count)).classes("chart-count")


def _columns(title: str, rows: Sequence[tuple[str, int]]) -> None:
    """Standing bars: the evening, hour by hour."""
    most = max((count for _, count in rows), default=1)
    with ui.element("figure").classes("chart"):
        with ui.element("figcaption"):
            ui.label(title).classes("group-title")
        with ui.element("div").classes("chart-columns"):
            for name, count in rows:
                with ui.element("div").classes("chart-column"):
                    ui.label(str(count)).classes("chart-count")
                    ui.element("div").classes("chart-post").style(f"--share: {count / most:.1%}").props(
                        "aria-hidden=true"
                    )
                    ui.label(name).classes("quiet small-text")


def _day(moment: float) -> str:
    return f"{day(moment)} {clock(moment)}"
