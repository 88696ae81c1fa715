"""What the handlers of the API share: what each is given, how a schema is made from a view, and how errors look."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, NamedTuple, Self

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from sqlmodel import Session

from karaoke_ui import guard, text
from karaoke_ui.auth import Keys, roles
from karaoke_ui.house import House
from karaoke_ui.show.rights import Actor, Role


def _house(request: Request) -> House:
    found: House = request.app.state.house
    return found


def _keys(request: Request) -> Keys:
    found: Keys = request.app.state.keys
    return found


def _source(request: Request) -> str:
    return request.client.host if request.client else ""


TheHouse = Annotated[House, Depends(_house)]
TheKeys = Annotated[Keys, Depends(_keys)]
Who = Annotated[Actor, Depends(guard.actor)]
Source = Annotated[str, Depends(_source)]
# What is kept as a note, and given as a sentence.
Sentence = Annotated[str, BeforeValidator(text.of_note)]


class Schema(BaseModel):
    """What an answer holds, taken by name from a view or a row."""

    model_config = ConfigDict(from_attributes=True)

    @classmethod
    def of(cls, found: object) -> Self:
        return cls.model_validate(found)


class Problem(BaseModel):
    """What went wrong."""

    code: str = Field(description="Stable: for programs")
    message: str = Field(description="A sentence for a person")
    context: dict[str, str] = Field({}, description="What the sentence is about, by name")


class ErrorBody(BaseModel):
    """The body of every answer that is an error."""

    error: Problem


# By name, not as a `model`: three more checked types for every route would make the start a twentieth slower.
_BODY = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}}
ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {**_BODY, "description": "Refused: the body says why."},
    "5XX": {**_BODY, "description": "The box cannot do it right now."},
    422: {**_BODY, "description": "What was sent cannot be used."},
}


def resource(name: str) -> APIRouter:
    """The router of one resource."""
    return APIRouter(prefix=f"/api/v1/{name}", tags=[name], responses=ERRORS)


class Press(NamedTuple):
    """What the host does with one press."""

    path: str
    action: Callable[[Session, Actor], object]
    summary: str


def presses(
    router: APIRouter, look: Callable[[House], Awaitable[BaseModel]], shows: type[BaseModel], *offered: Press
) -> None:
    """A route for each, which answers how things stand after it."""
    for press in offered:
        added = router.post(
            press.path,
            summary=press.summary,
            response_model=shows,
            name=press.action.__name__,
            openapi_extra=roles(Role.HOST),
        )
        added(_press(press.action, look))


def _press(
    action: Callable[[Session, Actor], object], look: Callable[[House], Awaitable[BaseModel]]
) -> Callable[..., Awaitable[BaseModel]]:
    async def press(who: Who, house: TheHouse) -> BaseModel:
        await house.do(action, who)
        return await look(house)

    return press
