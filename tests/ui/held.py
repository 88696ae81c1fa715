"""Time that a test lets pass: who sleeps, or reads, is held until it says so."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from karaoke_ui.house import House


class Sleepers:
    """Stands in for `asyncio` in a module of ours: nobody there wakes before the test wakes them."""

    def __init__(self) -> None:
        self._morning = asyncio.Event()
        self._asleep: list[asyncio.Task[Any]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, _seconds: float) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._asleep.append(task)
        await self._morning.wait()

    @property
    def count(self) -> int:
        return len(self._asleep)

    async def wake(self) -> None:
        """Their time is over, and what they do then is done; from now on nobody sleeps at all."""
        self._morning.set()
        await asyncio.gather(*self._asleep)


class Answers:
    """Holds back the answer to the first reading of this kind. It is made all the same: it tells what was then."""

    def __init__(
        self,
        house: House,
        query: Callable[..., Any],
        monkeypatch: pytest.MonkeyPatch,
        asked: str = "read",
    ) -> None:
        self._ask = getattr(house, asked)
        self._query = query
        self._may_go = asyncio.Event()
        self.is_held = self.is_given = False
        monkeypatch.setattr(house, asked, self._answer)

    async def _answer(self, query: Callable[..., Any], *args: Any, **more: Any) -> Any:
        found = await self._ask(query, *args, **more)
        if query is self._query and not self.is_held:
            self.is_held = True
            await self._may_go.wait()
            self.is_given = True
        return found

    def give(self) -> None:
        self._may_go.set()
