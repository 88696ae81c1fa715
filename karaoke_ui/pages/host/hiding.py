"""One tap takes a name off all screens: the choices wherever a turn can be seen."""

from functools import partial

from karaoke_ui.pages.host.desk import Desk
from karaoke_ui.pages.host.sheet import Choice
from karaoke_ui.show import guests
from karaoke_ui.show.rights import Right
from karaoke_ui.show.tables import Partner
from karaoke_ui.show.views.voices import Voices
from karaoke_ui.text import t


def hide_names(desk: Desk, turn: Voices) -> list[Choice]:
    """For everybody whose name is read with the turn."""
    if Right.QUEUE not in desk.rights:
        return []
    people = [(turn.singer_id, turn.singer)]
    people += [(each.id, each.name) for each in turn.who(Partner.YES, Partner.ASKED)]

    async def hide(singer_id: str) -> None:
        with desk.caught():
            await desk.undoable(guests.hide_name, singer_id)

    return [
        Choice(
            t("host.singers.hide_one", singer=name) if len(people) > 1 else t("host.singers.hide"),
            "visibility_off",
            partial(hide, singer_id),
        )
        for singer_id, name in people
    ]
