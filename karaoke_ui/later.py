"""The API comes right after the first page: building its routes takes a tenth of the start, and no page needs them."""

import asyncio
import gc
from importlib import import_module

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from karaoke_ui.auth import Keys
from karaoke_ui.house import House

PATHS = ("/api/", "/openapi.json", "/health")
# What the first page may have for itself, unless somebody asks for the API before.
FIRST_SECONDS = 0.25


class Api:
    """The routes under `/api`, loaded once: soon after the start, or when somebody asks for one of them."""

    def __init__(self, app: FastAPI, house: House, keys: Keys) -> None:
        self._app, self._house, self._keys = app, house, keys
        self._wanted = asyncio.Event()
        self._loading: asyncio.Task[None] | None = None

    def begin(self) -> asyncio.Task[None]:
        """From inside the event loop."""
        self._loading = self._loading or asyncio.create_task(self._load(), name="load the API")
        return self._loading

    async def loaded(self) -> None:
        """Wait until they are there."""
        self._wanted.set()
        await asyncio.shield(self.begin())

    async def _load(self) -> None:
        try:
            await asyncio.wait_for(self._wanted.wait(), FIRST_SECONDS)
        except TimeoutError:
            pass
        api = await asyncio.to_thread(import_module, "karaoke_ui.api")
        api.install(self._app, self._house, self._keys)
        gc.freeze()


class WaitForApi:
    """ASGI middleware: who asks for the API before it is there waits a moment."""

    def __init__(self, app: ASGIApp, api: Api) -> None:
        self._app, self._api = app, api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PATHS):
            await self._api.loaded()
        await self._app(scope, receive, send)
