"""Health: is everything here that a night needs? Light enough to be asked every second."""

from dataclasses import replace
from typing import Literal

from pydantic import BaseModel, Field

from karaoke_ui import __version__, auth, text
from karaoke_ui.api.given import TheHouse, resource
from karaoke_ui.house import House
from karaoke_ui.show.rights import Role
from pipeline.locks import is_alive
from pipeline.model import ModelState
from pipeline.tables import Lane

router = resource("health")


class Database(BaseModel):
    state: Literal["ok"] = "ok"
    revision: str = Field(description="Of its migrations")


class StageHealth(BaseModel):
    paired: int = Field(description="How many screens were let in")
    ready: bool = Field(description="One of them is here and its sound is on")


class Health(BaseModel):
    status: Literal["ok", "limited"] = Field(description="`limited`: no worker prepares new songs right now")
    version: str
    database: Database
    workers: dict[Lane, Literal["alive", "away"]]
    model: ModelState = Field(description="The model that takes the voice out")
    disk_free_mb: int
    stage: StageHealth


@router.get("", summary="How the box is", openapi_extra=auth.roles(*Role))
async def health(house: TheHouse) -> Health:
    return await house.work(_look, house)


def _look(house: House) -> Health:
    box = house.box
    with box.db.read() as s:
        revision = s.connection().exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    alive = {lane: is_alive(box.settings.locks, lane) for lane in Lane}
    show = house.live.show
    return Health(
        status="ok" if all(alive.values()) else "limited",
        version=__version__,
        database=Database(revision=revision),
        workers={lane: "alive" if there else "away" for lane, there in alive.items()},
        model=replace(show.model, reason=text.of_note(show.model.reason)),
        disk_free_mb=box.store.free_mb(),
        stage=StageHealth(
            paired=len(show.stages), ready=any(stage.connected and stage.armed for stage in show.stages)
        ),
    )
