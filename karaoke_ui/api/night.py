"""The night that is open."""

from pydantic import BaseModel, Field

from karaoke_ui import auth
from karaoke_ui.api.given import Schema, TheHouse, Who, resource
from karaoke_ui.show import night
from karaoke_ui.show.rights import Role

router = resource("night")


class Night(Schema):
    id: str
    name: str
    version: int = Field(description="Of its queue")
    opened_at: float


class NightChange(BaseModel):
    name: str = Field(max_length=1000, description="What the screens call it")


@router.get("", summary="Tonight", openapi_extra=auth.roles(*Role))
async def tonight(house: TheHouse) -> Night:
    return Night.of(await house.write(night.current))


@router.patch("", summary="Give the night a name", openapi_extra=auth.roles(Role.HOST))
async def rename(body: NightChange, who: Who, house: TheHouse) -> Night:
    return Night.of(await house.do(night.rename, who, body.name))
