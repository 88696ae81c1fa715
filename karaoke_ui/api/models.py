"""The models that take the voice out: which there are, and which one is used."""

from pydantic import BaseModel, Field

from karaoke_ui import actions, auth
from karaoke_ui.api.given import Schema, Sentence, TheHouse, Who, resource
from karaoke_ui.show.rights import Role

router = resource("models")
HOST = auth.roles(Role.HOST)


class Model(Schema):
    name: str
    engine: str = Field(description="What the stems are called that it makes")
    state: str = Field(description="`ready`, `missing` (fetched when chosen), `damaged` or `unfit`")
    own: bool = Field(description="A file that somebody put into the folder of the models")
    reason: Sentence = Field(description="Why it cannot be used, for a person")


class Models(Schema):
    chosen: str = Field(description="By name: from the next song on it is used")
    models: list[Model]


class Choice(BaseModel):
    name: str = Field(max_length=200)


@router.get("", summary="Which models there are", openapi_extra=HOST)
async def listed(who: Who, house: TheHouse) -> Models:
    return Models.of(await house.work(actions.models, house.box, who))


@router.put("/chosen", summary="Choose the model that is used from the next song on", openapi_extra=HOST)
async def choose(body: Choice, who: Who, house: TheHouse) -> Models:
    """One that is not here is fetched. `model` in `/api/v1/health` says how that goes."""
    await house.work(actions.choose_model, house.box, who, body.name)
    return Models.of(await house.work(actions.models, house.box, who))
