"""The people of tonight as chips: pressed to choose several of them, in the order of the presses."""

from collections.abc import Callable, Sequence
from functools import partial

from nicegui import ui

from karaoke_ui.pages.host.desk import button
from karaoke_ui.show.views import SingerView


class PeopleChips:
    """Each chip is on or off; nothing moves by a press. What is typed above them leaves those out that do not match."""

    def __init__(self, words: str, most: int, pressed: Callable[[], None] | None = None) -> None:
        self._most = most
        self._pressed = pressed
        self._chips: dict[str, ui.button] = {}
        self._people: dict[str, SingerView] = {}
        self.chosen: list[str] = []
        self._row = ui.element("div").classes("who-chips").mark("who-chips")
        self._row.props(f'role=group aria-label="{words}"')

    def offer(self, people: Sequence[SingerView], chosen: Sequence[str] = ()) -> None:
        """Who is chosen already stands first."""
        here = {each.id: each for each in people}
        self.chosen = [each for each in chosen if each in here]
        self._people = {each: here[each] for each in self.chosen} | here
        self._row.clear()
        with self._row:
            self._chips = {each.id: self._chip(each) for each in self._people.values()}
        self._row.set_visibility(bool(people))
        self._show()

    @property
    def names(self) -> list[str]:
        return [self._people[each].name for each in self.chosen]

    def narrow(self, typed: str) -> None:
        """Whoever is chosen stays."""
        for singer_id, chip in self._chips.items():
            matches = typed.strip().casefold() in self._people[singer_id].name.casefold()
            chip.set_visibility(matches or singer_id in self.chosen)

    def press(self, singer: SingerView) -> None:
        if singer.id in self.chosen:
            self.chosen.remove(singer.id)
        elif len(self.chosen) < self._most:
            self.chosen.append(singer.id)
        self._show()
        if self._pressed is not None:
            self._pressed()

    def _chip(self, singer: SingerView) -> ui.button:
        words = f"{singer.face} {singer.name}".strip()
        return button(words, partial(self.press, singer), "chip-btn").mark(f"who-{singer.id}")

    def _show(self) -> None:
        full = len(self.chosen) >= self._most
        for singer_id, chip in self._chips.items():
            on = singer_id in self.chosen
            chip.classes(add="chosen" if on else "", remove="" if on else "chosen")
            chip.props(f"aria-pressed={str(on).lower()}")
            chip.set_enabled(on or not full)
