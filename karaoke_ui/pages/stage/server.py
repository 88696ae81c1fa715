"""The server's side of the stage page: the page itself, its sound and words, and the socket that directs it."""

import asyncio
import json
import math
import time
from collections import defaultdict
from typing import Any, TypeGuard
from uuid import uuid4

import structlog
from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from nicegui import background_tasks
from sqlmodel import Session

from karaoke_ui import address, auth, kiosk
from karaoke_ui.changes import Changes
from karaoke_ui.guard import UNDECLARED
from karaoke_ui.house import House
from karaoke_ui.pages.stage import filler, pictures
from karaoke_ui.pages.stage.page import filled, texts
from karaoke_ui.pages.stage.tabs import Tabs
from karaoke_ui.pages.stage.wire import Message, state
from karaoke_ui.reactions import Reaction
from karaoke_ui.show import between, clock, offsets, player, stages
from karaoke_ui.show.rights import BOX, Actor, Role
from karaoke_ui.show.tables import Stage
from karaoke_ui.show.views import ShowView
from karaoke_ui.show.watchdog import Beat
from pipeline import lyrics
from pipeline.errors import EncoreError, NotFound
from pipeline.formats import sidecar

log = structlog.get_logger()

EVERYBODY = auth.roles(*Role)
# A page that reloads, or a network that blinks, is back within this time and keeps its lead.
GONE_AFTER_SECONDS = 3.0
# What a browser says when it closes a page, or loads it anew. A cable that is pulled says nothing.
GOING_AWAY = 1001
MAX_MESSAGE = 4096


class StageDoor:
    """All open stage sockets, and what they are told."""

    def __init__(self, house: House, keys: auth.Keys) -> None:
        self._house = house
        self._keys = keys
        self._boot = uuid4().hex
        self._tabs: defaultdict[str, Tabs] = defaultdict(Tabs)
        # What is known of each stage: read anew when one of them changes, not with every change of the night; one
        # reading after the other, so that the last one is the newest.
        self._rows: dict[str, Stage] = {}
        self._reading = asyncio.Lock()
        house.live.on_show.subscribe(self._tell_all)
        house.reactions.on_reaction.subscribe(self._tell_reaction)
        house.live.on_changes.subscribe(self._order)

    async def serve(self, socket: WebSocket) -> None:
        """Talk with one stage until it goes."""
        token = self._keys.read(Role.STAGE, socket.cookies)
        if not token:
            await socket.close(4401)
            return
        await socket.accept()
        stage = await self._house.write(lambda s: stages.known(s, token))
        closed = False
        with structlog.contextvars.bound_contextvars(stage=stage.id):
            log.info("stage connected", paired=stage.paired_at is not None)
            try:
                while True:
                    await self._hear(
                        stage.id, socket, json.loads((await socket.receive_text())[:MAX_MESSAGE])
                    )
            except (WebSocketDisconnect, ValueError, KeyError, TypeError) as error:
                log.info("stage gone", reason=type(error).__name__, code=getattr(error, "code", None))
                closed = getattr(error, "code", None) == GOING_AWAY
                if closed and self._tabs[stage.id].player is socket:
                    self._house.live.watchdog.left(stage.id, time.monotonic(), closed=True)
            finally:
                self._tabs[stage.id].leave(socket)
                background_tasks.create(self._see_off(stage.id, closed=closed))

    async def _hear(self, stage_id: str, socket: WebSocket, said: dict[str, Any]) -> None:
        match said["type"]:
            case "ping":
                await socket.send_json({"type": "pong", "t0": said["t0"], "now": clock.now()})
            case "hello":
                await self._greet(stage_id, socket, said)
            case _ if self._tabs[stage_id].player is socket:
                await self._heed(stage_id, said)

    async def _heed(self, stage_id: str, said: dict[str, Any]) -> None:
        """What the page says that plays."""
        actor = Actor(Role.STAGE, stage_id)
        match said["type"]:
            case "armed":
                await self._arm(stage_id, said)
                await self._tell(stage_id, anew=True)
            case "beat":
                await self._beat(stage_id, said)
            case "anchor" if _is_number(said["position"]) and _is_number(said["at"]):
                await self._try(
                    player.anchored, actor, int(said["cue"]), float(said["position"]), float(said["at"])
                )
            case "struck":
                self._house.tapping.hear(int(said["run"]), float(said["at"]))
            case "tap":
                await self._try(offsets.tap, actor, self._house.tapping, stage_id, float(said["at"]))
            case "here":
                await self._try(between.arrive, actor, str(said.get("turn") or ""))
            case "ended":
                await self._try(player.ended, actor, int(said["cue"]))

    async def _greet(self, stage_id: str, socket: WebSocket, said: dict[str, Any]) -> None:
        """A page is there, for the first time or again; where another one played, that is silent from now on."""
        tabs = self._tabs[stage_id]
        tabs.enter(str(said.get("page") or id(socket)), socket, silent=said.get("silent") is True)
        if tabs.player is socket:
            await self._arm(stage_id, said)
        else:
            # After a restart of the box the page that plays may have gone unseen.
            background_tasks.create(self._see_off(stage_id, closed=False))
        await self._tell(stage_id, anew=True)

    async def _arm(self, stage_id: str, said: dict[str, Any]) -> None:
        armed, watchdog = bool(said.get("armed", True)), self._house.live.watchdog
        if armed:
            watchdog.back(stage_id, time.monotonic())
        else:
            watchdog.left(stage_id, time.monotonic(), closed=False)
        await self._house.write(lambda s: stages.saw(s, stage_id, connected=True, armed=armed))

    async def _beat(self, stage_id: str, said: dict[str, Any]) -> None:
        beat = heard(said)
        self._house.live.watchdog.heard(stage_id, beat)
        row = self._rows.get(stage_id)
        # A page that stood still was taken for gone: it is back.
        if row is not None and (row.connected, row.armed) != (True, beat.armed):
            await self._house.write(lambda s: stages.saw(s, stage_id, connected=True, armed=beat.armed))
        if beat.trouble:
            log.warning("stage in trouble", what=beat.trouble)

    async def _try(self, action: Any, actor: Actor, *args: object) -> None:
        try:
            await self._house.do(action, actor, *args)
        except EncoreError as error:
            log.info("stage not heard", code=error.code)

    async def _order(self, changes: Changes) -> None:
        """What one stage is to do once: play a tone, load its page anew. And what the stages are themselves."""
        if "stage" in changes:
            for stage_id in self._here():
                await self._tell(stage_id, anew=True)
        for kind in ("tone", "reload"):
            for stage_id in changes.keys.get(kind, ()):
                socket = self._tabs[stage_id].player
                if socket is not None:
                    await self._send(socket, {"type": kind})

    def _here(self) -> list[str]:
        return [stage_id for stage_id, tabs in self._tabs.items() if tabs.sockets]

    async def _see_off(self, stage_id: str, *, closed: bool) -> None:
        """A page has gone: another one of the same stage plays, at once where it was closed, or the stage is gone."""
        if closed:
            await self._pass_on(stage_id)
        await asyncio.sleep(GONE_AFTER_SECONDS)
        await self._pass_on(stage_id)
        if not self._tabs[stage_id].sockets:
            del self._tabs[stage_id]
            await self._house.write(lambda s: stages.saw(s, stage_id, connected=False, armed=False))

    async def _pass_on(self, stage_id: str) -> None:
        if self._tabs[stage_id].settle():
            await self._tell(stage_id)

    async def _tell_all(self, _show: ShowView) -> None:
        await asyncio.gather(*(self._tell(stage_id) for stage_id in self._here()))

    async def _tell_reaction(self, said: Reaction) -> None:
        for stage_id in self._here():
            row = self._rows.get(stage_id)
            if row is not None and row.paired_at is not None:
                for socket in self._tabs[stage_id].sockets:
                    await self._send(socket, {"type": "reaction", "emoji": said.emoji, "n": said.n})

    async def _tell(self, stage_id: str, *, anew: bool = False) -> None:
        """The newest show that is known once there is nothing to wait for: so the last that is sent is the newest."""
        if anew or stage_id not in self._rows:
            async with self._reading:
                self._rows[stage_id] = await self._house.read(Session.get_one, Stage, stage_id)
        tabs = self._tabs[stage_id]
        await asyncio.gather(
            *(
                self._send(socket, self._state(stage_id, elsewhere=socket is not tabs.player))
                for socket in tabs.sockets
            )
        )

    def _state(self, stage_id: str, *, elsewhere: bool) -> Message:
        show, settings = self._house.live.show, self._house.box.settings
        join = address.join(settings, show.wifi)
        return state(show, self._rows[stage_id], self._boot, join, elsewhere=elsewhere) | {
            "logo": pictures.logo(settings),
            "filler": filler.of(settings, show),
            "tapping": None if elsewhere else self._house.tapping.told(stage_id),
        }

    async def _send(self, socket: WebSocket, message: Message) -> None:
        try:
            await socket.send_json(message)
        except (WebSocketDisconnect, RuntimeError):
            log.debug("stage went while being told")


def heard(said: Message) -> Beat:
    """A stage's word on itself. It comes from outside: what is no number counts as nothing."""
    position, cue, quiet = said.get("position"), said.get("cue"), said.get("quiet")
    return Beat(
        at=time.monotonic(),
        armed=said.get("armed") is True,
        cue=cue if isinstance(cue, int) else None,
        position=position if _is_number(position) else None,
        quiet=quiet if _is_number(quiet) else 0.0,
        trouble=str(said.get("trouble") or "")[:200],
    )


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def install(app: FastAPI, house: House, keys: auth.Keys) -> None:
    """Add the stage's routes to the app."""
    door = StageDoor(house, keys)
    UNDECLARED["/stage/ws"] = frozenset(Role)

    @app.get("/stage", openapi_extra=EVERYBODY, include_in_schema=False)
    async def page(request: Request) -> Response:
        answer: Response = HTMLResponse(filled(), headers={"cache-control": "no-store"})
        token = keys.read(Role.STAGE, request.cookies) or auth.new_token()
        key = request.query_params.get("key", "")
        if await house.work(kiosk.redeem, house.box.settings.data, key):
            await house.do(stages.let_in, BOX, token)
            answer = RedirectResponse("/stage", 303)
        auth.give_cookie(answer, keys, Role.STAGE, token)
        return answer

    @app.get("/stage/texts.json", openapi_extra=EVERYBODY, include_in_schema=False)
    async def said() -> JSONResponse:
        return JSONResponse(texts(), headers={"cache-control": "no-store"})

    @app.websocket("/stage/ws")
    async def socket(socket: WebSocket) -> None:
        await door.serve(socket)

    @app.get("/stage/track/{track_id}/lyrics.json", openapi_extra=auth.roles(Role.STAGE, Role.HOST))
    async def words(track_id: str) -> JSONResponse:
        """Lines with their times, words and voice (0: everybody, 1 and 2: a duet's); `voices`: the two names it gives."""
        found = await house.read(lyrics.load, track_id)
        if found is None:
            raise NotFound(what="text")
        lines = [
            {
                "start": line.start,
                "end": line.end,
                "text": line.text,
                "voice": line.voice,
                "words": [{"start": w.start, "end": w.end, "text": w.text} for w in line.words],
            }
            for line in found.lines
        ]
        head = sidecar.head(await house.work(house.box.store.words, track_id))
        voices = list(head.voices) if head and any(head.voices) else []
        return JSONResponse({"timed": found.timed, "voices": voices, "lines": lines})
