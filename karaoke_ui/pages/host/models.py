"""The model that takes the voice out: how it is, and which one the host wants."""

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from karaoke_ui import actions
from karaoke_ui.actions import Models
from karaoke_ui.changes import Changes
from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.pages.host.wording import Pill, set_pill
from karaoke_ui.parts.newest import Newest
from karaoke_ui.text import of_note, t
from pipeline.model import ModelState

if TYPE_CHECKING:
    from pipeline.engines.models import Model

TONES = {"ready": "good", "missing": "warm", "instead": "warm", "fetching": "warm", "loading": "warm"}
FOUND = {"ready": "", "missing": "", "damaged": "warm", "unfit": "warm"}


class ModelCard:
    """A card: the state of the one that works now, and a row for each that could."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._of_models = Newest()
        with ui.element("div").classes("card group").mark("models"):
            with ui.element("div").classes("line"):
                ui.label(t("model.title")).classes("group-title grow")
                self._state = ui.label().classes("pill")
            self._help = ui.label().classes("quiet small-text")
            self._bar = ui.element("div").classes("bar").props("aria-hidden=true")
            self._list = ui.element("div").classes("rows").props("role=list")
            ui.label(t("model.own_help", folder=desk.house.box.settings.model_folder)).classes(
                "quiet small-text"
            )
        desk.house.live.on_changes.subscribe(self._changed)
        ui.timer(0.0, self._load, once=True)

    def show(self, model: ModelState) -> None:
        set_pill(self._state, Pill(t(f"host.model.{model.state}"), TONES.get(model.state, "")))
        self._help.set_text(
            t(f"host.model.{model.state}_help", reason=of_note(model.reason), engine=model.engine)
        )
        fetching = model.state == "fetching" and model.share is not None
        self._bar.set_visibility(fetching)
        if fetching:
            self._bar.style(replace=f"--share: {model.share:.1%}")

    async def _changed(self, changes: Changes) -> None:
        if "model" in changes:
            await self._load()

    async def _load(self) -> None:
        with self._desk.caught():
            is_newest = self._of_models.begin()
            found = await self._desk.house.work(actions.models, self._desk.house.box, self._desk.actor)
            if is_newest():
                self._list_all(found)

    def _list_all(self, found: Models) -> None:
        self._list.clear()
        with self._list:
            for model in found.models:
                self._row(model, model.name == found.chosen)

    def _row(self, model: "Model", chosen: bool) -> None:
        with ui.element("div").classes("line screen").props("role=listitem").mark(f"model-{model.name}"):
            with ui.element("div").classes("grow item-text"):
                with ui.element("div").classes("item-line"):
                    ui.label(model.name).classes("item-title ellipsis")
                ui.label(_about(model)).classes("quiet small-text")
            said = (
                Pill(t("model.chosen"), "good")
                if chosen
                else Pill(t(f"model.{model.state}"), FOUND[model.state])
            )
            set_pill(ui.label().classes("pill"), said)
            if not chosen and model.state != "unfit":
                button(t("model.use"), partial(self._choose, model.name), "small").mark(f"use-{model.name}")

    async def _choose(self, name: str) -> None:
        with self._desk.caught():
            await self._desk.house.work(actions.choose_model, self._desk.house.box, self._desk.actor, name)
            self._desk.say(t("model.chosen_said", name=name), tone="good")


def _about(model: "Model") -> str:
    if model.reason:
        return of_note(model.reason)
    return t("model.own" if model.own else f"model.about_{model.name}")
