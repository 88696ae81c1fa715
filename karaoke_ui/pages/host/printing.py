"""Paper: cards for the tables, the songbook, and slips for requests, as plain pages that a browser prints."""

from collections.abc import Iterable
from html import escape
from itertools import groupby
from pathlib import Path
from string import Template

from fastapi import FastAPI
from sqlalchemy import func
from sqlmodel import Session, col, select
from starlette.responses import HTMLResponse

from karaoke_ui import address, auth
from karaoke_ui.address import Join
from karaoke_ui.house import House
from karaoke_ui.show.rights import Role
from karaoke_ui.text import t
from pipeline.tables import Song

PAGE = Template((Path(__file__).parent / "print.html").read_text(encoding="utf-8"))
CARDS, SLIPS = 6, 8
HOST = auth.roles(Role.HOST)


def install(app: FastAPI, house: House) -> None:
    @app.get("/host/print/cards", openapi_extra=HOST, include_in_schema=False)
    async def cards() -> HTMLResponse:
        show = house.live.show
        return _page("cards", _card(address.join(house.box.settings, show.wifi), show.night) * CARDS)

    @app.get("/host/print/songbook", openapi_extra=HOST, include_in_schema=False)
    async def songbook(by: str = "artist") -> HTMLResponse:
        songs = await house.read(_songs, by == "title")
        return _page("songbook", _book(songs, by_title=by == "title"))

    @app.get("/host/print/slips", openapi_extra=HOST, include_in_schema=False)
    async def slips() -> HTMLResponse:
        return _page("slips", _slip(house.live.show.night) * SLIPS)


def _page(name: str, body: str) -> HTMLResponse:
    title = escape(t(f"host.print.{name}"))
    html = PAGE.substitute(title=title, kind=name, body=body, print=escape(t("host.print.print")))
    return HTMLResponse(html, headers={"cache-control": "no-store"})


def _card(join: Join, night: str) -> str:
    wifi = ""
    if join.wifi:
        words = escape(t("host.print.wifi", name=join.wifi))
        wifi = f'<div class="wifi"><div class="small-qr">{join.wifi_qr}</div><p>{words}</p></div>'
    return (
        f'<section class="card"><h2>{escape(night)}</h2><div class="qr">{join.qr}</div>'
        f'<p class="do">{escape(t("host.print.scan"))}</p><p class="address">{escape(join.address)}</p>{wifi}</section>'
    )


def _slip(night: str) -> str:
    lines = "".join(
        f"<p><span>{escape(t(f'host.print.{name}'))}</span><i></i></p>"
        for name in ("name", "song", "artist", "key")
    )
    return f'<section class="slip"><h2>{escape(night)}</h2>{lines}</section>'


def _book(songs: Iterable[tuple[str, str]], *, by_title: bool) -> str:
    """Under a letter each: by artist, or by title."""
    other = "artist" if by_title else "title"
    ways = f'<p class="ways"><a href="?by={other}">{escape(t(f"host.print.by_{other}"))}</a></p>'
    parts = []
    for letter, rows in groupby(songs, key=lambda row: _letter(row[0])):
        lines = "".join(f"<li><b>{escape(first)}</b> {escape(second)}</li>" for first, second in rows)
        parts.append(f"<h2>{escape(letter)}</h2><ul>{lines}</ul>")
    return ways + "".join(parts)


def _letter(words: str) -> str:
    first = words[:1].upper()
    return first if first.isalpha() else "#"


def _songs(s: Session, by_title: bool) -> list[tuple[str, str]]:
    first, second = (Song.title, Song.artist) if by_title else (Song.artist, Song.title)
    rows = select(first, second).where(col(Song.deleted_at).is_(None))
    return list(s.exec(rows.order_by(func.lower(first), func.lower(second))))
