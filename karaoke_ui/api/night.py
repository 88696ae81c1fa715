"""The night that is open: its name, its rules, its log with an undo."""

from typing import Any

from pydantic import BaseModel, Field

from karaoke_ui import address, auth
from karaoke_ui.api.given import Schema, TheHouse, Who, resource
from karaoke_ui.show import night, nights, rules, views, wifi
from karaoke_ui.show.rights import Role
from karaoke_ui.show.rules import Rules

router = resource("night")
HOST = auth.roles(Role.HOST)


class Night(Schema):
    id: str
    name: str
    version: int = Field(description="Of its queue")
    opened_at: float


class NightChange(BaseModel):
    name: str = Field(max_length=1000, description="What the screens call it")


class NewNight(BaseModel):
    name: str = Field("", max_length=1000)
    template: str = Field(
        "", description=f"One of {', '.join(rules.TEMPLATES)}; empty: the rules of the last night"
    )


class Template(BaseModel):
    template: str = Field(description=f"One of {', '.join(rules.TEMPLATES)}")


class Wifi(Schema):
    name: str = Field(max_length=1000, description="Empty: the screens say nothing of it")
    password: str = Field("", max_length=1000, description="Empty: an open one")


class Shift(Schema):
    turn_id: str
    singer: str
    title: str
    place: int = Field(description="As it is")
    would_be: int


class Preview(BaseModel):
    items: list[Shift]


@router.get("", summary="Tonight", openapi_extra=auth.roles(*Role))
async def tonight(house: TheHouse) -> Night:
    return Night.of(await house.write(night.current))


@router.patch("", summary="Give the night a name", openapi_extra=HOST)
async def rename(body: NightChange, who: Who, house: TheHouse) -> Night:
    return Night.of(await house.do(night.rename, who, body.name))


@router.post("", summary="Open a new night; the one before it is closed", status_code=201, openapi_extra=HOST)
async def open_new(body: NewNight, who: Who, house: TheHouse) -> Night:
    return Night.of(await house.do(nights.open_new, who, body.name, body.template))


@router.delete("", summary="Close the night", openapi_extra=HOST)
async def close(who: Who, house: TheHouse) -> Night:
    return Night.of(await house.do(nights.close, who))


@router.get("/rules", summary="The rules of tonight", openapi_extra=auth.roles(Role.HOST, Role.SINGER))
async def the_rules(house: TheHouse) -> Rules:
    return (await house.read(views.show)).rules


@router.patch("/rules", summary="Change some of the rules", openapi_extra=HOST)
async def change_rules(body: dict[str, Any], who: Who, house: TheHouse) -> Rules:
    return await house.write(lambda s: rules.change(s, who, night.current(s), body))


@router.get("/wifi", summary="The guests' Wi-Fi on the TV and the table cards", openapi_extra=HOST)
async def the_wifi(house: TheHouse) -> Wifi:
    return Wifi.of(address.wifi(house.box.settings, await house.read(wifi.of)))


@router.put("/wifi", summary="Say what the guests' Wi-Fi is", openapi_extra=HOST)
async def change_wifi(body: Wifi, who: Who, house: TheHouse) -> Wifi:
    return Wifi.of(await house.do(wifi.change, who, body.name, body.password))


@router.post("/rules/preview", summary="What a change of the rules would do", openapi_extra=HOST)
async def preview_rules(body: dict[str, Any], house: TheHouse) -> Preview:
    return Preview(items=[Shift.of(each) for each in await house.read(views.preview, body)])


@router.put("/rules/template", summary="All rules at once, for a kind of evening", openapi_extra=HOST)
async def use_template(body: Template, who: Who, house: TheHouse) -> Rules:
    return await house.write(lambda s: rules.use_template(s, who, night.current(s), body.template))
