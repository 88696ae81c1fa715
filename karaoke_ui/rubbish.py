"""When the web process looks for rubbish: in a quiet moment.

With 150 phones a look through all objects takes half a second, in which nobody is answered. Python would take it in the
middle of the busiest minute; young objects are looked through as ever, which takes no time.
"""

import asyncio
import gc
import time

from karaoke_ui.changes import Changes
from karaoke_ui.live import Live

NEVER = 1_000_000
LOOK_SECONDS = 5.0
QUIET_SECONDS = 3.0
# A house that is never quiet waits no longer.
LONGEST_SECONDS = 30.0
# Looks through young objects since the last one through all: a third as many, and Python would look itself.
ENOUGH = 30


class Rubbish:
    def __init__(self, live: Live) -> None:
        young, middle, _ = gc.get_threshold()
        gc.set_threshold(young, middle, NEVER)
        self._changed = self._looked = time.monotonic()
        live.on_changes.subscribe(self._note)

    def _note(self, _: Changes) -> None:
        self._changed = time.monotonic()

    def is_time(self, now: float, looks: int) -> bool:
        return looks >= ENOUGH and (
            now - self._changed > QUIET_SECONDS or now - self._looked > LONGEST_SECONDS
        )

    async def keep_away(self) -> None:
        """For ever."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self.is_time(time.monotonic(), gc.get_count()[2]):
                gc.collect()
                self._looked = time.monotonic()
