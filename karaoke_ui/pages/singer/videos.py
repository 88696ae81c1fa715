"""From YouTube: below what the library has, what could be fetched, once the typing rests."""

import asyncio
from collections.abc import Awaitable, Callable

from karaoke_ui import text
from karaoke_ui.changes import Changes
from karaoke_ui.pages.singer import phrases
from karaoke_ui.pages.singer.elements import Text, box, tell
from karaoke_ui.pages.singer.phone import Phone
from karaoke_ui.pages.singer.row import Row
from karaoke_ui.parts.newest import Newest
from karaoke_ui.show import videos
from karaoke_ui.show.videos import Offer
from karaoke_ui.show.views import ShowView, SongView
from karaoke_ui.text import t
from pipeline.errors import EncoreError
from pipeline.sources import links
from pipeline.sources.youtube import Found

# A guest who types on does not want what the letters so far would find.
PAUSE_SECONDS = 0.4
LEAST_WORDS = 3


class FromYouTube:
    def __init__(
        self, phone: Phone, press: Callable[[Offer, bool], Awaitable[None]], shown: Callable[[], set[str]]
    ) -> None:
        self._phone = phone
        self._press = press
        # The songs that stand above already.
        self._shown = shown
        self._words = ""
        self._found: tuple[Found, ...] = ()
        self._offers: list[Offer] = []
        self._rows: list[Row] = []
        self._of_offers = Newest()
        with box("section", "from-youtube") as self.section:
            tell(Text("h2", t("singer.youtube.heading"), "quiet"), id="from-youtube")
            self._said = Text("p", "", "empty")
            tell(self._said, role="status")
            self._list = box("ul", "songs")
            tell(self._list, aria_labelledby="from-youtube")
        self.section.set_visibility(False)

    async def look(self, words: str) -> None:
        """Look for these words, unless others come first."""
        self._words = words
        self._found = ()
        self.section.set_visibility(False)
        if len(words) < LEAST_WORDS or not await self._phone.house.read(videos.guests_may):
            return
        await asyncio.sleep(PAUSE_SECONDS)
        if not self._is_wanted(words):
            return
        self._offers = []
        self.show(self._phone.house.live.show)
        self._say(t("singer.youtube.looking"))
        try:
            found = await self._ask(words)
        except EncoreError as error:
            if self._is_wanted(words):
                self._say(text.of_error(error))
            return
        if self._is_wanted(words):
            self._found = found
            self._say("" if found else t("singer.youtube.nothing"))
            await self.refresh()

    def is_changed(self, changes: Changes) -> bool:
        """One of them came into the library."""
        return bool(self._found) and bool(changes.keys.keys() & {"song", "track"})

    async def refresh(self) -> None:
        found = self._found
        if not found:
            return
        if not await self._phone.house.read(videos.guests_may):
            self._found = ()
            self.section.set_visibility(False)
            return
        is_newest = self._of_offers.begin()
        offers = await self._phone.house.read(videos.offers, found)
        if is_newest() and found == self._found and not self.section.is_deleted:
            self._offers = offers
            self.show(self._phone.house.live.show)

    def show(self, show: ShowView) -> None:
        asked = phrases.asked(self._phone.singer.id, show)
        above = self._shown()
        offers = [offer for offer in self._offers if not (offer.is_there and offer.song.id in above)]
        with self._list:
            self._rows += [Row(self._pressed) for _ in range(len(offers) - len(self._rows))]
        for place, row in enumerate(self._rows):
            row.line.set_visibility(place < len(offers))
            if place < len(offers):
                song = offers[place].song
                row.show(
                    song,
                    song.id in asked,
                    second="" if offers[place].is_there else phrases.whose_and_how_long(song),
                    taken=show.takes_songs,
                )

    async def _ask(self, words: str) -> tuple[Found, ...]:
        source = self._phone.token
        if links.is_link(words):
            return (await self._phone.house.youtube.look_up(words, source)).videos
        return await self._phone.house.youtube.search(words, source)

    def _say(self, words: str) -> None:
        self.section.set_visibility(True)
        self._said.text = words
        self._said.set_visibility(bool(words))

    async def _pressed(self, song: SongView, asked: bool) -> None:
        offer = next((each for each in self._offers if each.song == song), None)
        if offer is not None:
            await self._press(offer, asked)

    def _is_wanted(self, words: str) -> bool:
        return words == self._words and not self.section.is_deleted
