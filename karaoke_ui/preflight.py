"""Gathers what the look before the night needs: what the box knows, and what was found out about the world outside."""

from dataclasses import replace

from karaoke_ui import address
from karaoke_ui.house import House
from karaoke_ui.show import facts
from karaoke_ui.show.preflight import Downloads, Facts
from karaoke_ui.show.rights import Actor


async def gather(house: House, actor: Actor, awake: bool | None = None) -> Facts:
    """`awake`: what the screen of the host says of itself."""
    settings, found = house.box.settings, house.youtube.found
    downloads = Downloads(settings.online, found.works if found else None, found.problem if found else "")
    known = await house.read(facts.look, actor, settings.data, settings.locks, address.join(settings).address)
    return replace(known, downloads=downloads, awake=awake)
