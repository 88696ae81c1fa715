"""The page for an address that leads nowhere, or to what is not for whoever asks: the reason, and the way home."""

from html import escape
from pathlib import Path
from string import Template

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import Scope

from karaoke_ui import text
from karaoke_ui.text import t

PAGE = Template((Path(__file__).parent / "lost.html").read_text(encoding="utf-8"))
# What programs ask for: they get the error's body, whatever they accept.
FOR_PROGRAMS = ("/api/", "/assets/", "/openapi.json", "/health", "/stage/track/")
HOMES = {"/host": "host", "/stage": "stage"}


def is_wanted(scope: Scope) -> bool:
    """Whether a person in front of a browser waits for a page."""
    wants_page = "text/html" in Headers(scope=scope).get("accept", "")
    return wants_page and scope.get("method") == "GET" and not scope["path"].startswith(FOR_PROGRAMS)


def page(path: str, message: str, status: int) -> HTMLResponse:
    """The way home depends on whose address it was."""
    home = next((home for home in HOMES if path.startswith(home)), "/")
    html = PAGE.substitute(
        language=text.language(),
        page_title=escape(t("lost.page_title")),
        title=escape(t("lost.title.missing" if status == 404 else "lost.title.other")),
        message=escape(message),
        home=home,
        go=escape(t(f"lost.home.{HOMES.get(home, 'singer')}")),
    )
    return HTMLResponse(html, status, {"cache-control": "no-store"})
