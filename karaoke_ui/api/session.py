"""The host's login. Its token comes as a cookie for browsers, and in the body for `Authorization: Bearer`."""

from fastapi import Response
from pydantic import BaseModel, Field

from karaoke_ui import auth
from karaoke_ui.api.given import Source, TheHouse, TheKeys, Who, resource
from karaoke_ui.auth import Keys
from karaoke_ui.limits import LOGINS
from karaoke_ui.show.rights import GRANTED, Right, Role, rights_of
from karaoke_ui.show.tables import Login

router = resource("session")


class Password(BaseModel):
    password: str = Field(max_length=1000, description="The host's password, or the co-host's")
    name: str = Field("", max_length=200, description="Of a co-host; empty for the host")


class FirstLogin(BaseModel):
    code: str = Field(
        max_length=20, description="The one-time code that the terminal shows at the first start"
    )
    password: str = Field(max_length=1000, description="The password that the host chooses")


class NewPassword(BaseModel):
    old: str = Field(max_length=1000)
    new: str = Field(max_length=1000)


class Session(BaseModel):
    token: str = Field(description="For `Authorization: Bearer`; good until the login is ended")


class Me(BaseModel):
    role: Role = Field(description="As whom this request was taken: the strongest of the asker's roles")
    rights: list[Right] = Field(description="What the asker may do as a host: a co-host not everything")


@router.get("", summary="Who am I?", openapi_extra=auth.roles(*Role))
async def me(who: Who, house: TheHouse) -> Me:
    held = await house.read(rights_of, who) if who.role is Role.HOST else frozenset()
    return Me(role=who.role, rights=[right for right in (*GRANTED, Right.HOST) if right in held])


@router.post("", summary="Log in as the host", status_code=201, openapi_extra=auth.roles(*Role))
async def log_in(
    *, body: Password, answer: Response, who: Who, house: TheHouse, keys: TheKeys, source: Source
) -> Session:
    house.limits.spend(LOGINS, source)
    return _session(await auth.login(house, who, body.password, body.name), answer, keys)


@router.post(
    "/setup",
    summary="Log in for the first time, and set the password",
    status_code=201,
    openapi_extra=auth.roles(Role.NOBODY, Role.SINGER, Role.STAGE),
)
async def set_up(
    *, body: FirstLogin, answer: Response, who: Who, house: TheHouse, keys: TheKeys, source: Source
) -> Session:
    house.limits.spend(LOGINS, source)
    return _session(await auth.first_login(house, who, body.code, body.password), answer, keys)


@router.put(
    "/password",
    summary="Choose another password; the host's other logins end",
    status_code=204,
    openapi_extra=auth.roles(Role.HOST),
)
async def change_password(body: NewPassword, who: Who, house: TheHouse, source: Source) -> None:
    house.limits.spend(LOGINS, source)
    await auth.new_password(house, who, body.old, body.new)


@router.delete(
    "/all", summary="End all logins, this one too", status_code=204, openapi_extra=auth.roles(Role.HOST)
)
async def end_all(who: Who, house: TheHouse) -> None:
    await house.do(auth.end_all_logins, who)


@router.delete("", summary="Log out", status_code=204, openapi_extra=auth.roles(Role.HOST))
async def log_out(answer: Response, who: Who, house: TheHouse) -> None:
    await house.do(auth.log_out, who)
    answer.delete_cookie(auth.COOKIES[Role.HOST])


def _session(login: Login, answer: Response, keys: Keys) -> Session:
    auth.give_cookie(answer, keys, Role.HOST, login.id)
    return Session(token=keys.sign(Role.HOST, login.id))
