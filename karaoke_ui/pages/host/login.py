"""The door: a plain form that needs no script. The first time it takes the one-time code and sets the password."""

from html import escape
from pathlib import Path
from string import Template
from typing import Annotated

from fastapi import FastAPI, Form, Request
from sqlmodel import Session, select
from starlette.responses import HTMLResponse, RedirectResponse, Response

from karaoke_ui import auth, guard, text, tongue
from karaoke_ui.guard import LOGIN
from karaoke_ui.house import House
from karaoke_ui.limits import LOGINS
from karaoke_ui.show import night
from karaoke_ui.show.rights import Actor, Role
from karaoke_ui.show.tables import CoHost, Login
from karaoke_ui.text import t
from pipeline.errors import EncoreError

PAGE = Template((Path(__file__).parent / "login.html").read_text(encoding="utf-8"))
SETUP = "/host/setup"
HOME = "/host"
EVERYBODY = auth.roles(*Role)
MAX_TYPED = 1000

Typed = Annotated[str, Form(max_length=MAX_TYPED)]


def install(app: FastAPI, house: House, keys: auth.Keys) -> None:
    @app.get(LOGIN, openapi_extra=EVERYBODY, include_in_schema=False)
    async def door(request: Request) -> Response:
        if guard.actor(request).role is Role.HOST:
            return RedirectResponse(HOME, 303)
        return await _page(request, house)

    @app.post(LOGIN, openapi_extra=EVERYBODY, include_in_schema=False)
    async def log_in(request: Request, password: Typed = "", name: Typed = "") -> Response:
        try:
            house.limits.spend(LOGINS, _source(request))
            return _enter(await auth.login(house, guard.actor(request), password, name.strip()), keys)
        except EncoreError as error:
            return await _page(request, house, error, name=name)

    @app.post(SETUP, openapi_extra=EVERYBODY, include_in_schema=False)
    async def set_up(request: Request, code: Typed = "", password: Typed = "") -> Response:
        try:
            house.limits.spend(LOGINS, _source(request))
            login = await auth.first_login(house, guard.actor(request), code, password)
            # The house speaks as its host does, until something else is chosen.
            await house.do(night.speak, Actor(Role.HOST, login.id), tongue.of_browser(request))
            return _enter(login, keys)
        except EncoreError as error:
            return await _page(request, house, error, code)


def _source(request: Request) -> str:
    return request.client.host if request.client else ""


def _enter(login: Login, keys: auth.Keys) -> Response:
    answer = RedirectResponse(HOME, 303)
    auth.give_cookie(answer, keys, Role.HOST, login.id)
    return answer


async def _page(
    request: Request, house: House, error: EncoreError | None = None, code: str = "", name: str = ""
) -> Response:
    first = await house.write(auth.setup_code) is not None
    if first:
        # Nobody has said yet what the house speaks.
        text.spoken.set(tongue.of_browser(request))
    kind = "first" if first else "again"
    fields = _field("password", "password", first=first)
    if not first and await house.read(_has_helpers):
        fields += _helper(name)
    if first:
        fields = _field("code", "text", value=code, first=True) + fields
    html = PAGE.substitute(
        language=text.language(),
        page_title=escape(t("host.door.page_title")),
        title=escape(t(f"host.door.{kind}.title")),
        help=escape(t(f"host.door.{kind}.help")),
        submit=escape(t(f"host.door.{kind}.submit")),
        action=SETUP if first else LOGIN,
        fields=fields,
        wrong=escape(text.of_error(error)) if error else "",
    )
    return HTMLResponse(html, error.status if error else 200, {"cache-control": "no-store"})


def _has_helpers(s: Session) -> bool:
    return s.exec(select(CoHost.id)).first() is not None


def _helper(name: str) -> str:
    """Who helps the host says a name as well."""
    return (
        f"<details{' open' if name else ''}><summary>{escape(t('host.door.helper'))}</summary>"
        f'<label>{escape(t("host.door.name"))}<input name="name" value="{escape(name)}" autocomplete="username"></label>'
        "</details>"
    )


def _field(name: str, kind: str, *, first: bool, value: str = "") -> str:
    label = t(f"host.door.{name}_new" if first and name == "password" else f"host.door.{name}")
    extra = (
        'inputmode="numeric" autocomplete="one-time-code" maxlength="9" class="door-code"'
        if name == "code"
        else f'autocomplete="{"new-password" if first else "current-password"}"'
        + (f' minlength="{auth.MIN_PASSWORD}"' if first else "")
    )
    focus = "autofocus" if (name == "code") == first and not value else ""
    return (
        f"<label>{escape(label)}"
        f'<input name="{name}" type="{kind}" value="{escape(value)}" required {focus} {extra}></label>'
    )
