"""The REST API under `/api/v1`: one router a resource, its schemas beside it.

The handlers are thin: they call what the pages and the command line call. Rights are declared with each route
(`x-roles` in the OpenAPI document), checked by the guard, and once more by the action itself.
"""

from functools import partial
from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from karaoke_ui import __version__, auth
from karaoke_ui.api import (
    brought,
    cohosts,
    deeds,
    findings,
    health,
    imports,
    jobs,
    library,
    lists,
    messages,
    models,
    night,
    nights,
    phones,
    pictures,
    player,
    previews,
    session,
    show,
    singers,
    songs,
    stages,
    turns,
    versions,
    youtube,
)
from karaoke_ui.api.given import ErrorBody
from karaoke_ui.house import House
from karaoke_ui.show.rights import Role

RESOURCES = (
    session,
    brought,
    songs,
    findings,
    versions,
    pictures,
    previews,
    imports,
    library,
    youtube,
    jobs,
    turns,
    phones,
    singers,
    night,
    nights,
    deeds,
    messages,
    lists,
    cohosts,
    player,
    show,
    stages,
    models,
    health,
)

DESCRIPTION = """\
A karaoke night from your own music: everything the screens do.

The host logs in with `POST /api/v1/session` and sends the token as a cookie or as `Authorization: Bearer …`. A singer
joins with `PUT /api/v1/singers/me` and is known by the cookie from then on. `x-roles` says who may use an operation.
Every error has the same body.
"""


def install(app: FastAPI, house: House, keys: auth.Keys) -> None:
    """Add the API's routes to the app."""
    app.state.house, app.state.keys = house, keys
    for resource in RESOURCES:
        # Route by route, not `include_router`: the guard looks at each route of the app.
        app.router.routes.extend(resource.router.routes)
    app.title, app.version, app.description = "Encore", __version__, DESCRIPTION
    app.openapi_url, app.openapi = "/openapi.json", partial(_document, app)  # type: ignore[method-assign]
    app.setup()
    app.get("/health", include_in_schema=False, openapi_extra=auth.roles(*Role))(health.health)


def _document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the schema of the errors that the routes name."""
    document = FastAPI.openapi(app)
    _, schemas = models_json_schema(
        [(ErrorBody, "serialization")], ref_template="#/components/schemas/{model}"
    )
    document["components"]["schemas"] |= schemas["$defs"]
    return document
