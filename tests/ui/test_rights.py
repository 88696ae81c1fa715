"""Who may do what: every route, page and socket, and every action, is walked as each role."""

import inspect
import io
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import Session
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin

from karaoke_ui import actions, auth
from karaoke_ui.show import cohosts, guests, night, people, rights, stages
from karaoke_ui.show.rights import ACTIONS, BOX, GRANTED, NOBODY, RIGHTS, Actor, Right, Role
from pipeline.box import Box
from pipeline.errors import EncoreError, NotLoggedIn, RightsError
from tests.server import PASSWORD, ROOT, Server
from tests.ui.test_night import add_song, join

SHOW = Path(rights.__file__).parent
# What the framework serves to every browser before any page: scripts, styles, and the socket of built pages.
OPEN = ("/_nicegui", "/assets")
LIST_ROUTES = """
import asyncio, json, sys
from pathlib import Path
from nicegui import app
from karaoke_ui.app import build
from karaoke_ui.guard import route_roles
from karaoke_ui.house import House
from pipeline import migrate
from pipeline.box import Box
from pipeline.settings import Settings

settings = Settings(data=Path(sys.argv[1]))
migrate.upgrade(settings.database, settings.backups)
house = House(Box.open(settings))
house.live.load()
asyncio.run(build(house).loaded())
for route in app.routes:
    kind, methods = type(route).__name__, sorted(getattr(route, "methods", None) or [])
    print(json.dumps([kind, getattr(route, "path", ""), methods, sorted(route_roles(route))]))
house.close()
"""


# -------------------------------------------------------------------------------------------------------- routes


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, list[str], frozenset[Role]]]:
    """Every route of the real app. It is built in a process of its own: the framework has one app a process."""
    folder = tmp_path_factory.mktemp("routes")
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-c", LIST_ROUTES, str(folder / "data")],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    listed = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("[")]
    return [(kind, path, methods, frozenset(map(Role, roles))) for kind, path, methods, roles in listed]


@pytest.fixture(scope="module")
def browsers(server: Server) -> Iterator[dict[str, tuple[Role, httpx.Client]]]:
    """One browser of each kind."""
    with (
        server.client() as nobody,
        server.phone("Maria") as singer,
        server.tv() as waiting,
        server.paired_tv() as stage,
        server.host() as host,
    ):
        yield {
            "nobody": (Role.NOBODY, nobody),
            "a singer": (Role.SINGER, singer),
            "a stage that waits to be let in": (Role.NOBODY, waiting.http),
            "a stage": (Role.STAGE, stage.http),
            "the host": (Role.HOST, host),
        }


def is_let_in(answer: httpx.Response) -> bool:
    """Whether a handler was reached: the guard's own refusals are these two. The login answers with a page."""
    if answer.status_code not in (401, 403) or "text/html" in answer.headers["content-type"]:
        return True
    return bool(answer.json()["error"]["code"] not in ("not_logged_in", "rights_error"))


def test_every_route_says_who_may_use_it(
    routes: list[tuple[str, str, list[str], frozenset[Role]]],
) -> None:
    forgotten = [path for _, path, _, roles in routes if not roles and not path.startswith(OPEN)]
    assert not forgotten
    assert {"/", "/host", "/stage", "/stage/ws", "/api/v1/songs"} <= {path for _, path, _, _ in routes}


def test_every_route_lets_in_whom_it_names_and_nobody_else(
    routes: list[tuple[str, str, list[str], frozenset[Role]]],
    browsers: dict[str, tuple[Role, httpx.Client]],
) -> None:
    wrong = []
    for kind, path, methods, roles in routes:
        if path.startswith(OPEN) or kind == "APIWebSocketRoute":
            continue
        address = re.sub(r"{[^}]*}", "0", path)
        for method in set(methods) - {"HEAD"}:
            for who, (role, browser) in browsers.items():
                allowed = role in roles or Role.NOBODY in roles
                if allowed and (method, path) in {
                    ("DELETE", "/api/v1/session"),
                    ("DELETE", "/api/v1/session/all"),
                    ("DELETE", "/api/v1/night"),
                    ("POST", "/api/v1/songs/demo"),
                }:
                    continue  # the others still need this login; the demo has its own test
                if is_let_in(browser.request(method, address)) != allowed:
                    wrong.append(f"{method} {path} as {who}: {'refused' if allowed else 'let in'}")
    assert not wrong


def test_pages_send_a_guest_to_the_login_and_show_the_host_the_panel(
    browsers: dict[str, tuple[Role, httpx.Client]],
) -> None:
    page = {"accept": "text/html"}
    for who, (role, browser) in browsers.items():
        answer = browser.get("/host", headers=page)
        if role is Role.HOST:
            assert answer.status_code == 200, who
            assert "text/html" in answer.headers["content-type"]
        else:
            assert answer.status_code in (303, 403), who
        assert browser.get("/", headers=page).status_code == 200, who
        assert browser.get("/stage", headers=page).status_code == 200, who


def test_the_stages_socket_talks_with_stages_alone(server: Server) -> None:
    address = f"ws://127.0.0.1:{server.port}/stage/ws"
    with server.client() as browser:
        cookies = [
            "",
            "encore_stage=made-up",
            f"encore_stage={server.host().cookies['encore_host']}",  # signed, for something else
        ]
        browser.get("/stage")
        own = f"encore_stage={browser.cookies['encore_stage']}"
    for cookie in cookies:
        with (
            pytest.raises(WebSocketException),
            connect(address, additional_headers={"cookie": cookie}, proxy=None) as socket,
        ):
            socket.recv(30)
    with (
        pytest.raises(WebSocketException),
        connect(
            address, additional_headers={"cookie": own}, origin=Origin("http://elsewhere.example"), proxy=None
        ) as socket,
    ):
        socket.recv(30)


def test_a_stage_that_waits_learns_nothing_and_is_not_heard(server: Server) -> None:
    with server.tv() as waiting, server.host() as host:
        assert waiting.state["playback"] is None
        before = host.get("/api/v1/player").json()
        waiting.say("anchor", cue=0, position=5.0, at=time.time())
        waiting.say("ended", cue=0)
        waiting.say("ping", t0=1)
        while json.loads(waiting.socket.recv(10))["type"] != "pong":
            pass
        assert host.get("/api/v1/player").json() == before
        assert not is_let_in(waiting.http.get("/stage/track/0/lyrics.json"))


def test_code_and_what_lies_beside_the_styles_is_not_given_out(server: Server) -> None:
    with server.client() as browser:
        for path in (
            "stage/server.py",
            "host/__init__.py",
            "singer/__init__.py",
            "../app.py",
            "%2e%2e/app.py",
        ):
            assert browser.get(f"/assets/{path}").status_code == 404, path


# ------------------------------------------------------------------------------------------------ logins, tokens


@pytest.mark.parametrize(
    "origin", ["http://elsewhere.example", "null", "http://127.0.0.1:1", "https://127.0.0.1"]
)
def test_a_page_of_another_site_cannot_act_in_the_hosts_name(server: Server, origin: str) -> None:
    with server.host() as host:
        for method, path in (
            ("PATCH", "/api/v1/night"),
            ("POST", "/api/v1/player/pause"),
            ("DELETE", "/api/v1/session"),
        ):
            answer = host.request(method, path, json={"name": "Mine"}, headers={"origin": origin})
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "rights_error")
        own = {"origin": server.base_url}
        assert host.patch("/api/v1/night", json={"name": "Ours"}, headers=own).json()["name"] == "Ours"


def test_tokens_that_were_tampered_with_are_nobodys(server: Server) -> None:
    with server.host() as host:
        good = host.cookies["encore_host"]
    token, signature = good.rsplit(".", 1)
    forged = [
        token,
        f"{token}.",
        f"{token[:-1]}.{signature}",
        f"{token}.{signature[:-2]}",
        f"{token}.{signature.swapcase()}",
        f"x{good}",
        "ü",
        f"{auth.Keys(server.data.with_name('elsewhere')).sign(Role.HOST, token)}",
        f"{auth.Keys(server.data).sign(Role.SINGER, token)}",
        f"{auth.Keys(server.data).sign(Role.HOST, auth.new_token())}",
    ]
    with server.client() as thief:
        for cookie in forged:
            for header in ({"cookie": f"encore_host={cookie}"}, {"authorization": f"Bearer {cookie}"}):
                sent = [(name.encode(), value.encode()) for name, value in header.items()]
                answer = thief.get("/api/v1/jobs", headers=sent)
                assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_logged_in"), cookie
        assert thief.get("/api/v1/jobs", headers={"authorization": f"Bearer {good}"}).status_code == 200


def test_a_name_makes_nobody_a_singer(server: Server) -> None:
    with server.phone("Maria") as maria, server.phone("Maria") as other:
        me, she = (phone.get("/api/v1/singers/me").json()["id"] for phone in (maria, other))
        assert me != she
        with server.client(encore_phone=me) as thief:
            assert thief.get("/api/v1/singers/me").status_code == 401


def test_an_ended_login_is_refused_in_every_form(server: Server) -> None:
    with server.client() as host:
        token = host.post("/api/v1/session", json={"password": PASSWORD}).json()["token"]
        kept = host.cookies["encore_host"]
        assert host.delete("/api/v1/session").status_code == 204
    with server.client() as again:
        for header in ({"cookie": f"encore_host={kept}"}, {"authorization": f"Bearer {token}"}):
            assert again.get("/api/v1/jobs", headers=header).status_code == 401
        page = again.get("/host", headers={"cookie": f"encore_host={kept}", "accept": "text/html"})
        assert (page.status_code, page.headers["location"]) == (303, "/host/login")


# ------------------------------------------------------------------------------------------------------- actions

# All of them: whoever adds a module need not think of this list.
MODULES = tuple(
    import_module(f"karaoke_ui.{path}")
    for path in (
        "actions",
        "auth",
        *(f"show.{each.stem}" for each in sorted(SHOW.glob("[a-z]*.py")) if each.stem != "rights"),
    )
)


@pytest.fixture
def actors(box: Box) -> dict[Role, Actor]:
    """Somebody of each role, alive."""
    with box.db.write() as s:
        code = auth.setup_code(s)
        login = auth.set_up(s, NOBODY, code or "", auth.hash_of(PASSWORD))
        singer = people.join(s, NOBODY, "a phone", "Maria")
        stage = stages.known(s, "a screen")
        stages.saw(s, stage.id, connected=True, armed=True)
        stages.pair(s, BOX, stage.code)
        return {
            Role.HOST: Actor(Role.HOST, login.id),
            Role.SINGER: Actor(Role.SINGER, singer.id),
            Role.STAGE: Actor(Role.STAGE, stage.id),
            Role.NOBODY: NOBODY,
        }


def session_actions() -> Iterator[tuple[str, Callable[..., object], frozenset[Role]]]:
    for name, roles in sorted(ACTIONS.items()):
        module, function = name.rsplit(".", 1)
        yield name, getattr(import_module(module), function), roles


def box_actions() -> dict[str, Callable[..., object]]:
    """Those that take files in: they ask for the right themselves, in a transaction before the long work."""
    found = inspect.getmembers(actions, inspect.isfunction)
    return {
        name: each for name, each in found if list(inspect.signature(each).parameters)[:2] == ["box", "actor"]
    }


def attempt(s: Session, action: Callable[..., object], actor: Actor) -> type[RightsError] | None:
    """Call an action without what else it wants to know; the refusal, if that is what comes."""
    try:
        action(s, actor)
    except RightsError as error:
        return type(error)
    except (TypeError, EncoreError):
        pass  # let in, and then stopped by what is missing
    return None


def test_every_function_that_takes_an_actor_is_an_action() -> None:
    for module in MODULES:
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and "actor" in inspect.signature(function).parameters:
                own = list(inspect.signature(function).parameters)[:2] == ["box", "actor"]
                known = f"{module.__name__}.{name}" in ACTIONS or own
                assert known, f"{module.__name__}.{name} does not say who may use it"


def test_every_action_is_open_to_whom_it_names_and_to_nobody_else(
    box: Box, actors: dict[Role, Actor]
) -> None:
    assert len(ACTIONS) > 20
    for name, action, roles in session_actions():
        for role, actor in actors.items():
            with box.db.read() as s:  # never committed: each is tried on the same world
                refusal = attempt(s, action, actor)
            if role in roles:
                assert refusal is None, f"{name} as {role}"
            else:
                wanted = NotLoggedIn if role is Role.NOBODY else RightsError
                assert refusal is wanted, f"{name} as {role}"


def test_a_co_host_may_do_what_they_were_given_and_nothing_else(box: Box) -> None:
    helpers: dict[Right | None, Actor] = {}
    with box.db.write() as s:
        for given in (None, *GRANTED):
            rights = [given] if given else []
            made = cohosts.create(s, BOX, f"helps with {given}", "hash", rights)
            helpers[given] = Actor(Role.HOST, auth.log_in(s, NOBODY, "hash", made.name).id)
    for name, action, roles in session_actions():
        if Role.HOST not in roles:
            continue
        needed = RIGHTS[name]
        for given, helper in helpers.items():
            with box.db.read() as s:
                refused = attempt(s, action, helper) is not None
            assert refused == (needed not in (given, Right.LOGIN)), f"{name} by a co-host with {given}"
    for given, helper in helpers.items():
        if given is not Right.LIBRARY:
            with pytest.raises(RightsError):
                actions.may_add(box, helper)


def test_who_helps_with_the_library_alone_takes_no_song_from_who_waits_for_it(box: Box) -> None:
    with box.db.write() as s:
        made = cohosts.create(s, BOX, "Lee", "hash", [Right.LIBRARY])
        lee = Actor(Role.HOST, auth.log_in(s, NOBODY, "hash", made.name).id)
        wanted, other = add_song(s, "Daisy"), add_song(s, "Sway")
        turn = night.ask(s, join(s, "Ada"), wanted)
        with pytest.raises(RightsError) as refused:
            actions.delete_songs(s, lee, [other, wanted])
        assert refused.value.context["reason"] == "waited_for"
        assert actions.delete_songs(s, lee, [other]) == []
        assert actions.delete_songs(s, BOX, [wanted]) == [turn.id]


def test_a_co_hosts_rights_and_login_end_at_once(server: Server) -> None:
    body = {"name": "Kim", "password": "helps a lot", "rights": ["queue"]}
    with server.host() as host, server.client() as kim:
        made = host.post("/api/v1/cohosts", json=body).json()
        assert made["rights"] == ["queue"]
        wrong = {"name": "Kim", "password": PASSWORD}
        assert kim.post("/api/v1/session", json=wrong).status_code == 401
        assert kim.post("/api/v1/session", json={"password": body["password"]}).status_code == 401
        kim.post("/api/v1/session", json={"name": "Kim", "password": body["password"]}).raise_for_status()
        assert kim.get("/api/v1/session").json() == {"role": "host", "rights": ["queue"]}
        assert kim.post("/api/v1/singers", json={"name": "Grandpa"}).status_code == 201
        for method, path, sent in (
            ("PATCH", "/api/v1/night", {"name": "Mine"}),
            ("PATCH", "/api/v1/night/rules", {"explicit": False}),
            ("POST", "/api/v1/night", {"name": "Mine"}),
            ("GET", "/api/v1/cohosts", None),
            ("POST", "/api/v1/cohosts", body | {"name": "Lee"}),
            ("DELETE", "/api/v1/session/all", None),
            ("POST", "/api/v1/player/pause", None),
            ("DELETE", "/api/v1/songs/none", None),
            ("POST", "/api/v1/stages", {"code": "0000"}),
        ):
            answer = kim.request(method, path, json=sent)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "rights_error"), path
        host.patch(f"/api/v1/cohosts/{made['id']}", json={"rights": []}).raise_for_status()
        assert kim.post("/api/v1/singers", json={"name": "Grandma"}).status_code == 403
        assert host.delete(f"/api/v1/cohosts/{made['id']}").status_code == 204
        assert kim.get("/api/v1/session").json()["role"] == "nobody"


def test_files_are_taken_from_the_host_alone(box: Box, actors: dict[Role, Actor]) -> None:
    given: dict[str, Any] = {
        "stream": io.BytesIO(),
        "name": "a.mp3",
        "content": b"",
        "song_id": "none",
        "files": [],
    }
    assert {"add_file", "may_add", "set_words"} <= box_actions().keys()
    for action in box_actions().values():
        wants = [given[each] for each in inspect.signature(action).parameters if each in given]
        for role, actor in actors.items():
            if role is not Role.HOST:
                with pytest.raises(RightsError):
                    action(box, actor, *wants)
    assert not list(box.store.incoming.iterdir())


def test_an_actor_in_hand_is_worth_nothing_once_its_login_has_ended(
    box: Box, actors: dict[Role, Actor]
) -> None:
    with box.db.write() as s:
        auth.log_out(s, actors[Role.HOST])
        stages.unpair(s, BOX, actors[Role.STAGE].id)
        same = people.join(s, NOBODY, "another phone", "Maria")
        guests.merge(s, BOX, same.id, actors[Role.SINGER].id)
    for name, action, roles in session_actions():
        for role in roles - {Role.NOBODY}:
            with box.db.read() as s:
                assert attempt(s, action, actors[role]) is NotLoggedIn, f"{name} as {role}"
    with pytest.raises(NotLoggedIn):
        actions.may_add(box, actors[Role.HOST])


def test_ending_all_logins_ends_every_one(box: Box, actors: dict[Role, Actor], tmp_path: Path) -> None:
    with box.db.write() as s:
        other = auth.log_in(s, NOBODY, auth.kept_hash(s))
        auth.end_all_logins(s, actors[Role.HOST])
    with box.db.read() as s:
        assert auth.host(s, other.id) == NOBODY
        assert auth.host(s, actors[Role.HOST].id) == NOBODY
