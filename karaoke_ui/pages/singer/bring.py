"""A song from this phone: chosen here, sent with its progress in sight, then asked for like any other."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from karaoke_ui.pages.singer.phone import Phone
from karaoke_ui.parts.newest import Newest
from karaoke_ui.show import bringing, views
from karaoke_ui.show.views import SongView
from karaoke_ui.text import part
from pipeline.errors import NotFound

URL = "/api/v1/songs/brought"


class Bring(Element, component="js/bring.js"):
    """Seen only where the host lets guests bring songs."""

    def __init__(self, phone: Phone, arrived: Callable[[SongView], Awaitable[None]]) -> None:
        super().__init__()
        self._phone = phone
        self._arrived = arrived
        self._of_allowed = Newest()
        self.props["texts"] = part("singer.bring")
        self.props["url"] = URL
        self.props["most"] = phone.house.box.settings.max_guest_upload_mb
        self.mark("bring").on("arrived", self._show)
        self.set_visibility(False)
        ui.timer(0.0, self.refresh, once=True)

    async def refresh(self) -> None:
        """The host switches it on and off."""
        is_newest = self._of_allowed.begin()
        allowed = await self._phone.house.read(bringing.guests_may)
        if is_newest() and not self.is_deleted:
            self.set_visibility(allowed)

    async def _show(self, event: GenericEventArguments) -> None:
        try:
            song = await self._phone.house.read(views.song, str(event.args))
        except NotFound:
            return  # the host has removed it already
        await self._arrived(song)
