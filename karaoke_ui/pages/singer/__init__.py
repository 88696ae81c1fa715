"""The singer's page."""

from nicegui import ui

from karaoke_ui import auth
from karaoke_ui.house import House
from karaoke_ui.show.rights import Role


def install(house: House, keys: auth.Keys) -> None:
    @ui.page("/", openapi_extra=auth.roles(*Role))
    def page() -> None:
        ui.label("hello")
