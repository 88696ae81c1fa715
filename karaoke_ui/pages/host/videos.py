"""From YouTube: below the songs of the library, what could be fetched, to be added with one press; playlists too."""

import asyncio
from collections.abc import Sequence
from functools import partial

from nicegui import ui

from karaoke_ui.changes import Changes
from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.pages.host.wording import length, wait
from karaoke_ui.parts.newest import Newest
from karaoke_ui.show import videos
from karaoke_ui.show.videos import Offer
from karaoke_ui.text import of_error, plural, t
from pipeline.errors import EncoreError
from pipeline.sources import links
from pipeline.sources.youtube import Found, Playlist

PAUSE_SECONDS = 0.4
LEAST_WORDS = 3
# Of a long playlist only the first ones are drawn; added are all.
MOST_ROWS = 20


class FromYouTube:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._words = ""
        self._found = Playlist(())
        self._of_offers = Newest()
        with ui.element("section").classes("from-youtube") as self.section:
            with ui.element("div").classes("line"):
                ui.label(t("host.youtube.heading")).classes("group-title grow").props(
                    "role=heading aria-level=3"
                )
                self._all = button("", self._add_all, "main").mark("youtube-all")
            self._said = ui.label().classes("quiet").props("role=status")
            self._list = ui.element("div").classes("rows").props("role=list")
        self.section.set_visibility(False)

    async def look(self, words: str) -> None:
        """Look for these words, or where this link leads, unless others come first."""
        self._words = words = words.strip()
        self._found = Playlist(())
        self.section.set_visibility(False)
        if len(words) < LEAST_WORDS:
            return
        await asyncio.sleep(PAUSE_SECONDS)
        if not self._is_wanted(words):
            return
        self._draw([])
        self._say(t("host.youtube.looking"))
        try:
            found = await self._ask(words)
        except EncoreError as error:
            if self._is_wanted(words):
                self._say(of_error(error))
            return
        if self._is_wanted(words):
            self._found = found
            self._say(self._sum(found))
            await self.refresh()

    async def changed(self, changes: Changes) -> None:
        if self._found.videos and "song" in changes:
            await self.refresh()

    async def refresh(self) -> None:
        found = self._found
        is_newest = self._of_offers.begin()
        offers = await self._desk.house.read(videos.offers, found.videos[:MOST_ROWS])
        if is_newest() and found == self._found and not self.section.is_deleted:
            self._draw(offers)

    async def _ask(self, words: str) -> Playlist:
        finder, source = self._desk.house.youtube, self._desk.actor.id
        if links.is_link(words):
            return await finder.look_up(words, source, playlists=True)
        return Playlist(await finder.search(words, source))

    def _sum(self, found: Playlist) -> str:
        if not found.videos:
            return t("host.youtube.nothing")
        if found.more:
            return t("host.youtube.first", n=len(found.videos))
        return (
            "" if len(found.videos) <= MOST_ROWS else t("host.youtube.rest", n=len(found.videos) - MOST_ROWS)
        )

    def _draw(self, offers: Sequence[Offer]) -> None:
        self._list.clear()
        is_playlist = links.playlist_id(self._words) is not None and len(self._found.videos) > 1
        self._all.set_visibility(is_playlist)
        self._all.set_text(plural("host.youtube.add_all", len(self._found.videos)))
        with self._list:
            for offer in offers:
                self._row(offer)

    def _row(self, offer: Offer) -> None:
        song, video = offer.song, offer.video
        with ui.element("div").classes("card item song").props("role=listitem").mark(f"video-{video.id}"):
            with ui.element("div").classes("grow item-text"):
                ui.label(video.title).classes("item-title ellipsis")
                ui.label(video.channel).classes("quiet small-text ellipsis")
            ui.label(length(video.seconds)).classes("when quiet")
            if offer.is_there:
                ui.label(t("host.youtube.there")).classes("pill good")
            else:
                ui.label(wait(song.readiness.seconds)).classes("pill")
                button(t("host.youtube.add"), partial(self._add, [video]), "small").mark("youtube-add")

    async def _add_all(self) -> None:
        await self._add(self._found.videos)

    async def _add(self, found: Sequence[Found]) -> None:
        with self._desk.caught():
            songs = await self._desk.do(videos.add_videos, found)
            self._desk.house.wake()
            self._desk.say(plural("host.youtube.added", len(songs), title=songs[0].title), tone="good")

    def _say(self, words: str) -> None:
        self.section.set_visibility(True)
        self._said.set_text(words)
        self._said.set_visibility(bool(words))

    def _is_wanted(self, words: str) -> bool:
        return words == self._words and not self.section.is_deleted
