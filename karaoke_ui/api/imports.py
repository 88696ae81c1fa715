"""Imports of folders, by hand or watched ones: what came in, and what was left out and why."""

from pydantic import Field

from karaoke_ui import actions, auth
from karaoke_ui.api.given import Schema, Sentence, TheHouse, Who, resource
from karaoke_ui.show.rights import Role
from pipeline.errors import NotFound

router = resource("imports")


class Skipped(Schema):
    file: str
    reason: Sentence = Field(description="A sentence for a person")


class Import(Schema):
    kind: str = Field(description="`import`: by hand; `watch`: of the watched folders")
    paths: list[str]
    began: float
    ended: float
    added: int
    known: int = Field(description="Files that were there already")
    refused: int
    skipped: list[Skipped] = Field(description="Those that were refused, the first thousand of them")
    gone: list[str] = Field(description="Files no longer in their folder; their songs stay")
    missing: list[str] = Field(description="Folders that could not be looked into")


@router.get("/last", summary="What the last import did", openapi_extra=auth.roles(Role.HOST))
async def last(who: Who, house: TheHouse) -> Import:
    found = await house.work(actions.last_import, house.box, who)
    if found is None:
        raise NotFound(what="import")
    return Import.of(found)
