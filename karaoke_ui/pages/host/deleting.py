"""Songs on their way to the trash: what waited to be sung of them is told, and comes back with them."""

from collections.abc import Sequence

from karaoke_ui import actions
from karaoke_ui.pages.host.desk import Desk
from karaoke_ui.text import plural


async def delete(desk: Desk, song_ids: Sequence[str], said: str) -> None:
    turns = await desk.do(actions.delete_songs, song_ids)

    async def restore() -> None:
        await desk.do(actions.restore_songs, song_ids, turns)
        desk.house.wake()

    went = plural("host.library.turns_gone", len(turns)) if turns else ""
    desk.say(" · ".join(filter(None, (said, went))), undo=restore)
