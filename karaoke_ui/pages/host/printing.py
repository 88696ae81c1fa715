"""Paper: cards for the tables, the songbook, and slips for requests, as plain pages that a browser prints."""

import re
import unicodedata
from collections.abc import Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from string import Template

from fastapi import FastAPI
from sqlmodel import Session, col, select
from starlette.responses import HTMLResponse

from karaoke_ui import address, auth, text
from karaoke_ui.address import Join
from karaoke_ui.house import House
from karaoke_ui.show.rights import Role
from karaoke_ui.text import t
from pipeline.finding import folding
from pipeline.finding.filters import OPEN, SINGABLE
from pipeline.tables import Song

PAGE = Template((Path(__file__).parent / "print.html").read_text(encoding="utf-8"))
CARDS, SLIPS = 6, 8
# “$” is read as a letter.
SIGNS = re.compile(r"^(?:[^\w$]|_)+")
HAN, HAN_SIGN = "漢", re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
HOST = auth.roles(Role.HOST)
# A letter, and what stands under it.
Chapter = tuple[str, list[tuple[str, str]]]


def install(app: FastAPI, house: House) -> None:
    @app.get("/host/print/cards", openapi_extra=HOST, include_in_schema=False)
    async def cards() -> HTMLResponse:
        show = house.live.show
        return _page("cards", _card(address.join(house.box.settings, show.wifi), show.night) * CARDS)

    @app.get("/host/print/songbook", openapi_extra=HOST, include_in_schema=False)
    async def songbook(by: str = "artist") -> HTMLResponse:
        found = await house.read(chapters, by == "title")
        return _page("songbook", _book(found, by_title=by == "title"))

    @app.get("/host/print/slips", openapi_extra=HOST, include_in_schema=False)
    async def slips() -> HTMLResponse:
        return _page("slips", _slip(house.live.show.night) * SLIPS)


def _page(name: str, body: str) -> HTMLResponse:
    title = escape(t(f"host.print.{name}"))
    pressed = escape(t("host.print.print"))
    html = PAGE.substitute(language=text.language(), title=title, kind=name, body=body, print=pressed)
    return HTMLResponse(html, headers={"cache-control": "no-store"})


def _card(join: Join, night: str) -> str:
    wifi = ""
    if join.wifi:
        words = escape(t("host.print.wifi", name=join.wifi))
        wifi = f'<div class="wifi"><div class="small-qr">{join.wifi_qr}</div><p>{words}</p></div>'
    return (
        f'<section class="card"><h2>{escape(night)}</h2><div class="codes"><div class="qr">{join.qr}</div>{wifi}</div>'
        f'<p class="do">{escape(t("host.print.scan"))}</p><p class="address">{escape(join.address)}</p></section>'
    )


def _slip(night: str) -> str:
    lines = "".join(
        f"<p><span>{escape(t(f'host.print.{name}'))}</span><i></i></p>"
        for name in ("name", "song", "artist", "key")
    )
    return f'<section class="slip"><h2>{escape(night)}</h2>{lines}</section>'


def _book(found: Sequence[Chapter], *, by_title: bool) -> str:
    """Under a letter each: by artist, or by title."""
    if not found:
        words, mend = escape(t("host.print.no_songs")), escape(t("host.print.no_songs_help"))
        return f'<div class="nothing"><h2>{words}</h2><p>{mend}</p></div>'
    other = "artist" if by_title else "title"
    ways = f'<p class="ways"><a href="?by={other}">{escape(t(f"host.print.by_{other}"))}</a></p>'
    parts = []
    for letter, rows in found:
        lines = "".join(f"<li><b>{escape(first)}</b> {escape(second)}</li>" for first, second in rows)
        parts.append(f"<h2>{escape(letter or t('host.library.no_artist'))}</h2><ul>{lines}</ul>")
    return ways + "".join(parts)


def chapters(s: Session, by_title: bool) -> list[Chapter]:
    """What a guest may ask for, and can be sung, under its letters and in the order of its words."""
    first, second = (Song.title, Song.artist) if by_title else (Song.artist, Song.title)
    songs = s.exec(select(first, second).where(col(Song.deleted_at).is_(None), *OPEN, SINGABLE))
    order = sorted((_place(one), _folded(one), _folded(other), (one, other)) for one, other in songs)
    return [
        (letter, [row for *_, row in rows]) for (_, letter), rows in groupby(order, key=lambda each: each[0])
    ]


def _place(words: str) -> tuple[int, str]:
    """Numbers and signs, our letters, those of other scripts; what nobody is named of comes last, under no heading."""
    if not words:
        return 3, ""
    first = _folded(words)[:1]
    if not first.isalpha():
        return 0, "#"
    # Scripts with more signs than a book has headings: Hangul goes by its first sound.
    letter = HAN if HAN_SIGN.match(first) else unicodedata.normalize("NFD", first)[0]
    return (1 if letter.isascii() else 2), letter.title()


def _folded(words: str) -> str:
    """As search knows them, without the signs before the first word, which nobody looks for in a book."""
    return folding.indexed(SIGNS.sub("", words))
