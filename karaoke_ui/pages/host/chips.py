"""The row of chips under the search field: what the library is narrowed to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

from nicegui import ui

from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.pages.host.parts import Language
from karaoke_ui.pages.host.sheet import Choice, Sheet
from karaoke_ui.show.views import Sung
from karaoke_ui.text import t
from pipeline import library
from pipeline.finding.filters import ALL, Filters


@dataclass(frozen=True)
class Chosen:
    """What the chips say."""

    filters: Filters = ALL
    never_sung: Sung | None = None


class Chips:
    """Each is off or on; language and decade open a sheet of those there are."""

    def __init__(self, desk: Desk, sheet: Sheet, changed: Callable[[], Awaitable[None]]) -> None:
        self._desk = desk
        self._sheet = sheet
        self._changed = changed
        self.chosen = Chosen()
        with ui.element("div").classes("chips") as self.row:
            self._ready = self._chip("ready", partial(self._toggle, "ready"))
            self._words = self._chip("words", partial(self._toggle, "has_words"))
            self._sung = self._chip("never_sung", self._toggle_sung)
            self._clean = self._chip("clean", self._toggle_clean)
            self._language = self._chip("language", self._open_languages)
            self._decade = self._chip("decade", self._open_decades)

    def _chip(self, name: str, press: Callable[[], Awaitable[None]]) -> ui.button:
        return button(t(f"host.chips.{name}"), press, "chip").mark(f"chip-{name}")

    async def _choose(self, chosen: Chosen) -> None:
        self.chosen = chosen
        filters = chosen.filters
        for chip, on in (
            (self._ready, filters.ready),
            (self._words, filters.has_words),
            (self._sung, chosen.never_sung is not None),
            (self._clean, filters.explicit is False),
            (self._language, bool(filters.language)),
            (self._decade, filters.decade is not None),
        ):
            chip.classes(add="on" if on else "", remove="" if on else "on").props(
                f"aria-pressed={str(on).lower()}"
            )
        self._show_language(filters.language)
        self._decade.set_text(
            _decade(filters.decade) if filters.decade is not None else t("host.chips.decade")
        )
        await self._changed()

    def _show_language(self, code: str) -> None:
        self._language.clear()
        self._language.set_text("" if code else t("host.chips.language"))
        if code:
            with self._language:
                Language(code)

    async def _narrow(self, **to: bool | str | int | None) -> None:
        await self._choose(replace(self.chosen, filters=replace(self.chosen.filters, **to)))  # type: ignore[arg-type]

    async def _toggle(self, name: str) -> None:
        await self._narrow(**{name: not getattr(self.chosen.filters, name)})

    async def _toggle_clean(self) -> None:
        await self._narrow(explicit=None if self.chosen.filters.explicit is False else False)

    async def _toggle_sung(self) -> None:
        await self._choose(replace(self.chosen, never_sung=None if self.chosen.never_sung else Sung.EVER))

    async def _open_languages(self) -> None:
        there = await self._desk.house.read(library.languages)
        self._offer(
            "language",
            [
                Choice("", "label", partial(self._narrow, language=language), language=language)
                for language in there
            ],
            partial(self._narrow, language=""),
        )

    async def _open_decades(self) -> None:
        there = await self._desk.house.read(library.decades)
        self._offer(
            "decade",
            [Choice(_decade(decade), "label", partial(self._narrow, decade=decade)) for decade in there],
            partial(self._narrow, decade=None),
        )

    def _offer(self, name: str, choices: list[Choice], any_of_them: Callable[[], Awaitable[None]]) -> None:
        self._sheet.open(
            t(f"host.chips.{name}"), [Choice(t("host.chips.any"), "clear", any_of_them), *choices]
        )


def _decade(first: int) -> str:
    return t("host.chips.in_decade", year=first)
