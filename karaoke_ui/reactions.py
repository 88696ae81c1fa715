"""Applause from the phones: gathered for a moment, then told to the stage. Nothing of it is kept."""

import asyncio
from collections import Counter
from dataclasses import dataclass

from nicegui import Event

EMOJIS = ("👏", "🔥", "❤️", "😂", "🎉", "🤘")
GATHER_SECONDS = 0.25
# What a stage can show at once, however many phones there are.
MOST_AT_ONCE = 24


@dataclass(frozen=True)
class Reaction:
    emoji: str
    n: int


class Reactions:
    """Emits on the event loop, a few times a second at most."""

    def __init__(self) -> None:
        self.on_reaction = Event[Reaction]()
        self._gathered: Counter[str] = Counter()

    def add(self, emoji: str) -> None:
        if not self._gathered:
            asyncio.get_running_loop().call_later(GATHER_SECONDS, self._tell)
        self._gathered[emoji] += 1

    def _tell(self) -> None:
        gathered, self._gathered = self._gathered, Counter()
        for emoji, n in gathered.items():
            self.on_reaction.emit(Reaction(emoji, min(n, MOST_AT_ONCE)))
