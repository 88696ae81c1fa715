"""The web process: one NiceGUI app that serves the three screens, the API and the stage's socket."""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from nicegui import app, background_tasks, core, ui
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from karaoke_ui import address, auth, guard, intake, later, post, text, tongue
from karaoke_ui.house import House
from karaoke_ui.pages import host, singer
from karaoke_ui.pages.stage import filler, pictures, sounds
from karaoke_ui.pages.stage import server as stage
from karaoke_ui.rubbish import Rubbish
from karaoke_ui.show import clock, night, stages
from karaoke_ui.supervisor import LEAVE_SECONDS, READY, WRONG_SETTINGS
from karaoke_ui.text import of_error, t
from pipeline import lifeline, log, migrate, settings
from pipeline.box import Box
from pipeline.errors import NotFound, WrongSettings
from pipeline.keeping import tidying
from pipeline.sources import breaker

HERE = Path(__file__).parent
PING_SECONDS, PING_PATIENCE_SECONDS = 10, 8


class Assets(StaticFiles):
    """Styles, scripts, fonts and pictures of a folder that holds Python as well."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if Path(path).suffix not in {".css", ".js", ".woff2", ".svg", ".png"}:
            raise NotFound(what="file")
        return await super().get_response(path, scope)


def build(house: House) -> later.Api:
    """Put every screen and route on the app. What it gives are the routes that come later."""
    text.Listener.find = staticmethod(tongue.of_page)
    tongue.listen()
    post.install()
    keys = auth.Keys(house.box.settings.data)
    app.mount("/assets/stage", Assets(directory=HERE / "pages" / "stage"), name="stage assets")
    app.mount("/assets/host", Assets(directory=HERE / "pages" / "host"), name="host assets")
    app.mount("/assets/singer", Assets(directory=HERE / "pages" / "singer"), name="singer assets")
    app.mount("/assets", Assets(directory=HERE / "parts"), name="assets")
    sounds.install(app, house)
    filler.install(app, house)
    stage.install(app, house, keys)
    pictures.install(app, house)
    host.install(house, keys)
    singer.install(house, keys)
    guard.install_error_bodies(app)
    app.add_middleware(guard.Guard, house=house, keys=keys, routes=app.routes)
    limits = house.box.settings
    app.add_middleware(intake.Intake, upload_mb=limits.max_upload_mb, guest_mb=limits.max_guest_upload_mb)
    # Outermost: the guard looks at the routes.
    api = later.Api(app, house, keys)
    app.add_middleware(later.WaitForApi, api=api)
    return api


def main() -> None:
    lifeline.hold()
    try:
        chosen = settings.load()
        settings.make_folder(chosen)
        _find_room(chosen)
    except WrongSettings as error:
        sys.stderr.write(f"{of_error(error)}\n")
        # What was right when the night began may be so again.
        sys.exit(WRONG_SETTINGS if READY in os.environ else 1)
    log.configure(chosen.log_level, chosen.log_format, "web")
    migrate.upgrade(chosen.database, chosen.backups)
    box = Box.open(chosen)
    tidying.tidy(box)
    # Uploads wait on the disk that they are for: the system's own folder may be small, or memory.
    tempfile.tempdir = str(chosen.incoming.absolute())
    house = House(box)
    with box.db.write() as s:
        stages.forget_connections(s)
        clock.go_on(chosen.data / "clock.json", busy=night.is_under_way(s))
        if not chosen.online:
            breaker.forget(s)
        code = auth.setup_code(s)
    house.live.load()
    api = build(house)

    @app.on_startup
    async def _start() -> None:
        api.begin()
        background_tasks.create(Rubbish(house.live).keep_away(), name="rubbish")
        # Derived from `reconnect_timeout`, these would let a page believe for minutes in a connection that is dead.
        core.sio.eio.ping_interval, core.sio.eio.ping_timeout = PING_SECONDS, PING_PATIENCE_SECONDS
        house.live.start(asyncio.get_running_loop())
        _greet(chosen, code)

    @app.on_shutdown
    def _stop() -> None:
        house.close()

    ui.run(
        host=chosen.host,
        port=chosen.port,
        title="Encore",
        dark=True,
        show=False,
        reload=False,
        show_welcome_message=False,
        reconnect_timeout=120,
        storage_secret=None,
        access_log=False,
        log_config=None,
        # A stage may be waiting for sound that is being rendered, or be sent a stream without an end.
        timeout_graceful_shutdown=1,
        # Each socket would keep the tables for it, a third of all that a phone takes here, to squeeze lines of text.
        ws_per_message_deflate=False,
    )


def _find_room(chosen: settings.Settings) -> None:
    """Can be listened where it was told? One that was just ended may need a moment to leave the port."""
    until = time.monotonic() + LEAVE_SECONDS
    while (why := address.why_unheard(chosen)) == "taken" and time.monotonic() < until:
        time.sleep(0.2)
    if why:
        raise settings.unheard(chosen, why)


def _greet(chosen: settings.Settings, code: str | None) -> None:
    """What the host reads in the terminal, once the first page can be opened."""
    join = address.join(chosen)
    lines = [
        address.terminal_qr(join.url),
        f"  {t('cli.start.singers'):9} {join.url}",
        f"  {t('cli.start.host'):9} {join.url}host",
        f"  {t('cli.start.stage'):9} {join.url}stage",
    ]
    if code is not None:
        lines.append("\n  " + t("cli.start.code", url=f"{join.url}host", code=f"{code[:3]} {code[3:]}"))
    sys.stderr.write("\n".join(lines) + "\n\n")
    ready = os.environ.pop(READY, None)
    if ready is not None:
        os.write(int(ready), b"1")
        os.close(int(ready))
