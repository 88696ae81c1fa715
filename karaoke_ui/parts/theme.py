"""The night's theme on the pages of the host and the guests: from the first picture on, and as soon as it is changed."""

from nicegui import ui

from karaoke_ui.house import House
from karaoke_ui.show.views import ShowView


def wear(house: House) -> None:
    def change(show: ShowView) -> None:
        ui.run_javascript(_put_on(show.rules.theme))

    ui.add_head_html(f"<script>{_put_on(house.live.show.rules.theme)}</script>")
    house.live.on_rules.subscribe(change)


def _put_on(theme: str) -> str:
    return f'document.documentElement.dataset.theme = "{theme}"'
