"""The rules of the night: a kind of evening in one tap, then each rule by itself. What is pressed counts at once."""

from collections.abc import Mapping
from functools import partial

from nicegui import ui
from sqlmodel import Session

from karaoke_ui import text
from karaoke_ui.pages.host.desk import Desk, button, dialog
from karaoke_ui.pages.host.requests import Lack, lack, set_rules
from karaoke_ui.parts.newest import Newest
from karaoke_ui.show import lists, night, rules
from karaoke_ui.show.rights import Actor
from karaoke_ui.show.rules import TEMPLATES, Rules
from karaoke_ui.text import t

# Each rule with the values that are offered; texts stand under `host.rule.<name>`.
WORDED: dict[str, tuple[str, ...]] = {
    "order": ("fair", "first_come"),
    "run": ("host", "itself"),
    "requests": ("open", "approve", "library", "list"),
    "youtube": ("open", "approve", "closed"),
    "duet_counts": ("both", "asker"),
}
NUMBERED: dict[str, tuple[int, ...]] = {
    "max_waiting": (1, 2, 3, 5, 10, 0),
    "max_songs": (1, 2, 3, 5, 10, 0),
    "max_minutes": (5, 10, 15, 30, 60, 0),
    "max_song_minutes": (4, 5, 6, 8, 10, 0),
    "repeat_after": (5, 10, 20, 50, 0),
}
SWITCHED = ("uploads", "explicit", "guest_videos", "messages", "reactions", "count_in")


class RulesDialog:
    """Filled when it opens, and after each change."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._of_rules = Newest()
        with (
            dialog(t("host.rules.head")) as self._dialog,
            ui.element("div").classes("card sheet rules-sheet"),
        ):
            ui.label(t("host.rules.head")).classes("sheet-title").props("role=heading aria-level=2")
            self._body = ui.element("div").classes("rules-body")
            button(t("host.close"), self._dialog.close, "quiet-btn")

    async def open(self) -> None:
        await self._fill()
        self._dialog.open()

    async def _fill(self) -> None:
        with self._desk.caught():
            is_newest = self._of_rules.begin()
            now, there, missing = await self._desk.house.read(_look)
            if not is_newest():
                return
            self._body.clear()
            with self._body:
                self._templates(now)
                for name, values in WORDED.items():
                    words = {value: t(f"host.rule.{name}.{value}") for value in values}
                    self._choice(name, words, getattr(now, name))
                    if name == "requests" and now.requests == "list":
                        self._choice("house_list", there or {"": t("host.rules.no_list")}, now.house_list)
                        if missing is not None:
                            ui.label(missing.words).classes("small-text bad-text").props("role=status")
                for name, numbers in NUMBERED.items():
                    self._choice(name, {n: _number(n) for n in numbers}, getattr(now, name))
                for name in SWITCHED:
                    on_off = {True: t("host.rules.yes"), False: t("host.rules.no")}
                    self._choice(name, on_off, getattr(now, name))

    def _templates(self, now: Rules) -> None:
        with ui.element("div").classes("templates").props(f'role=group aria-label="{t("host.rules.kind")}"'):
            for name in TEMPLATES:
                with (
                    ui.element("button")
                    .classes("template")
                    .props("type=button")
                    .mark(f"template-{name}") as press
                ):
                    ui.label(t(f"host.rules.{name}.title")).classes("item-title")
                    ui.label(t(f"host.rules.{name}.help")).classes("quiet small-text")
                chosen = now.template == name
                press.classes(add="chosen" if chosen else "").props(f"aria-pressed={str(chosen).lower()}")
                press.on("click", partial(self._use, name), args=[])

    def _choice(
        self, name: str, offered: Mapping[str, str] | Mapping[int, str] | Mapping[bool, str], now: object
    ) -> None:
        title = t(f"host.rule.{name}.title")
        with ui.element("div").classes("rule").props(f'role=group aria-label="{title}"'):
            ui.label(title).classes("rule-title")
            with ui.element("div").classes("rule-values"):
                for value, words in offered.items():
                    press = button(words, partial(self._set, name, value), "chip")
                    press.props(f"aria-pressed={str(value == now).lower()}").mark(f"rule-{name}-{value}")
                    press.classes(add="on" if value == now else "")

    async def _use(self, name: str) -> None:
        with self._desk.caught():
            await self._desk.undoable(_use_template, name)
        await self._fill()

    async def _set(self, name: str, value: object) -> None:
        with self._desk.caught():
            await self._desk.undoable(set_rules, **{name: value})
        await self._fill()


class OneOf:
    """A rule that stands on the panel itself: one of a few, in one tap."""

    def __init__(self, desk: Desk, rule: str, title: str, offered: Mapping[str, str]) -> None:
        self._desk = desk
        self._rule = rule
        self._buttons: dict[str, ui.button] = {}
        with ui.element("div").classes("line wrap").props(f'role=group aria-label="{title}"'):
            ui.label(title).classes("group-title grow")
            for name, words in offered.items():
                press = button(words, partial(self._choose, name), f"chip {rule}-{name}")
                self._buttons[name] = press.mark(f"{rule}-{name}")

    def show(self, now: Rules) -> None:
        for name, press in self._buttons.items():
            on = name == getattr(now, self._rule)
            press.classes(add="on" if on else "", remove="" if on else "on")
            press.props(f"aria-pressed={str(on).lower()}")

    async def _choose(self, name: str) -> None:
        with self._desk.caught():
            if self._rule == "language":
                await self._desk.undoable(night.speak, name)
            else:
                await self._desk.undoable(set_rules, **{self._rule: name})


def themes(desk: Desk) -> OneOf:
    """How the TV looks."""
    words = {name: t(f"host.theme.{name}") for name in ("club", "day", "neon")}
    return OneOf(desk, "theme", t("host.night.theme"), words)


def languages(desk: Desk) -> OneOf:
    """What the TV and the panel speak."""
    words = {each: text.NAMES[each] for each in text.languages()}
    return OneOf(desk, "language", t("host.night.language"), words)


def _look(s: Session) -> tuple[Rules, dict[str, str], Lack | None]:
    now = rules.of(night.current(s))
    return now, {each.id: each.name for each, _ in lists.every(s)}, lack(s, now)


def _use_template(s: Session, actor: Actor, /, name: str) -> None:
    rules.use_template(s, actor, night.current(s), name)


def _number(number: int) -> str:
    return str(number) if number else t("host.rules.no_limit")
