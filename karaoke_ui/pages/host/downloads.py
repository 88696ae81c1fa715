"""Songs from YouTube, as the host decides on them: whether guests may ask, whether downloading works, its update."""

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from karaoke_ui.changes import Changes
from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.parts.newest import Newest
from karaoke_ui.show import videos
from karaoke_ui.text import of_note, t


class Downloads:
    """A card of the night's tab."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known = True
        self._of_guests = Newest()
        with ui.element("div").classes("card group"):
            ui.label(t("host.downloads.heading")).classes("group-title")
            self._guests = ui.switch(t("host.downloads.guests"), value=True, on_change=self._switched)
            self._guests.mark("guests-youtube")
            with ui.element("div").classes("line wrap"):
                self._try = button(t("host.downloads.check"), self._check).mark("youtube-check")
                self._update = button(t("host.downloads.update"), self._fetch).mark("youtube-update")
            self._said = ui.label().classes("quiet small-text").props("role=status")
            self._said.set_visibility(False)
        desk.house.live.on_changes.subscribe(self._changed)
        ui.timer(0.0, self._load, once=True)

    async def _changed(self, changes: Changes) -> None:
        if "night" in changes:
            await self._load()

    async def _load(self) -> None:
        is_newest = self._of_guests.begin()
        known = await self._desk.house.read(videos.guests_may)
        if is_newest():
            self._known = known
            self._guests.set_value(known)

    async def _switched(self, event: ValueChangeEventArguments[bool | None]) -> None:
        on = bool(event.value)
        if on == self._known:
            return
        self._known = on
        with self._desk.caught():
            await self._desk.do(videos.let_guests, on)

    async def _check(self) -> None:
        self._try.disable()
        self._say(t("host.downloads.checking"))
        with self._desk.caught():
            found = await self._desk.house.youtube.health()
            works = t("host.downloads.works", version=found.version, n=found.formats)
            self._say(works if found.works else of_note(found.problem))
        self._try.enable()

    async def _fetch(self) -> None:
        self._update.disable()
        self._say(t("host.downloads.updating"))
        said = ""
        with self._desk.caught():
            said = t("host.downloads.updated", version=await self._desk.house.youtube.update())
        self._say(said)
        self._update.enable()

    def _say(self, words: str) -> None:
        self._said.set_text(words)
        self._said.set_visibility(bool(words))
