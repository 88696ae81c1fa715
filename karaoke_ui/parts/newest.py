"""What a page reads beside the loop: the answers come in any order, and what is shown is never older than before."""

import asyncio
from collections.abc import Awaitable, Callable


class Newest:
    """Of several readings of the same thing, under way at once, the one that began last is shown."""

    def __init__(self) -> None:
        self._begun = 0

    def begin(self) -> Callable[[], bool]:
        """A reading begins; whether it is still the newest one can be asked when its answer is here."""
        self._begun += 1
        mine = self._begun
        return lambda: mine == self._begun


class InTurn:
    """Readings of the same thing, one after the other: however many are wished for meanwhile, one more follows.

    For what changes all the time: it is shown as it was a moment ago, where the newest answer may never be due.
    """

    def __init__(self) -> None:
        self._wished = self._done = 0
        self._turn = asyncio.Lock()

    async def run(self, read: Callable[[], Awaitable[None]]) -> None:
        """Until one is done that began after this wish."""
        self._wished = mine = self._wished + 1
        async with self._turn:
            if self._done < mine:
                serves = self._wished
                await read()
                self._done = serves
