"""The REST API under `/api/v1`: one router a resource."""

from fastapi import FastAPI

from karaoke_ui import auth
from karaoke_ui.house import House


def install(app: FastAPI, house: House, keys: auth.Keys) -> None:
    """Add the API's routes to the app."""
