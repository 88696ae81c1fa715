"""The REST API under `/api/v1`: one router a resource, its schemas beside it.

The handlers are thin: they call what the pages and the command line call. Rights are declared with each route
(`x-roles` in the OpenAPI document), checked by the guard, and once more by the action itself.
"""

from fastapi import FastAPI

from karaoke_ui import auth
from karaoke_ui.api import health, session, singers, stages
from karaoke_ui.house import House
from karaoke_ui.show.rights import Role

ROUTERS = (session.router, singers.router, stages.router, health.router)


def install(app: FastAPI, house: House, keys: auth.Keys) -> None:
    """Add the API's routes to the app."""
    app.state.house, app.state.keys = house, keys
    for router in ROUTERS:
        # Route by route, not `include_router`: the guard looks at each route of the app.
        app.router.routes.extend(router.routes)
    app.get("/health", include_in_schema=False, openapi_extra=auth.roles(*Role))(health.health)
