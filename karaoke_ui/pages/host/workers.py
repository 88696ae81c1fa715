"""Whether the workers live: each holds the lock of its lane as long as it runs, and the system lets go when it dies."""

import asyncio
from pathlib import Path

from nicegui import Event, background_tasks

from karaoke_ui.house import House
from pipeline.locks import is_alive
from pipeline.tables import Lane

LOOK_SECONDS = 3.0


class Workers:
    """Looks at the locks, once for all open panels, and tells them when a worker came or went."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.missing: frozenset[Lane] = frozenset()
        self.on_change = Event[frozenset[Lane]]()
        self._looking = False

    def start(self) -> None:
        """Begin to look, with the first panel that opens."""
        if not self._looking:
            self._looking = True
            background_tasks.create(self._watch(), name="workers")

    async def _watch(self) -> None:
        locks = self._house.box.settings.locks
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            missing = missing_lanes(locks)  # a few microseconds: no thread
            if missing != self.missing:
                self.missing = missing
                self.on_change.emit(missing)


def missing_lanes(locks: Path) -> frozenset[Lane]:
    return frozenset(lane for lane in Lane if not is_alive(locks, lane))
