"""The host's panel."""

from nicegui import ui

from karaoke_ui import auth
from karaoke_ui.house import House
from karaoke_ui.show.rights import Role


def install(house: House, keys: auth.Keys) -> None:
    @ui.page("/host", openapi_extra=auth.roles(Role.HOST))
    def page() -> None:
        label = ui.label(house.live.show.night)
        house.live.on_show.subscribe(lambda show: label.set_text(f"{show.night} {show.version}"))
