"""“Which one is it?”: the songs that a file may be, one tap each."""

from functools import partial

from karaoke_ui import actions
from karaoke_ui.pages.host.desk import Desk
from karaoke_ui.pages.host.sheet import Choice, Sheet
from karaoke_ui.show.views import SongView
from karaoke_ui.text import t
from pipeline import describing
from pipeline.tables import Candidate


class WhichOne:
    """Asks the host about a song that services were not sure of."""

    def __init__(self, desk: Desk, sheet: Sheet) -> None:
        self._desk = desk
        self._sheet = sheet

    async def open(self, song: SongView) -> None:
        with self._desk.caught():
            found = await self._desk.house.read(describing.candidates, song.id)
            choices = [
                Choice(_words(each), "music_note", partial(self._choose, song, each)) for each in found
            ]
            choices.append(Choice(t("host.which.none"), "close", partial(self._none, song)))
            self._sheet.open(t("host.which.head"), choices)

    async def look_up(self, song: SongView) -> None:
        with self._desk.caught():
            await self._desk.do(actions.describe_again, song.id)
            self._desk.house.wake()
            self._desk.say(t("host.which.again_said", title=song.title))

    async def _choose(self, song: SongView, chosen: Candidate) -> None:
        with self._desk.caught():
            await self._desk.do(actions.choose_candidate, song.id, chosen.id)
            self._desk.house.wake()
            self._desk.say(t("host.which.chosen", title=chosen.title), tone="good")

    async def _none(self, song: SongView) -> None:
        with self._desk.caught():
            await self._desk.do(actions.dismiss_candidates, song.id)
            self._desk.say(t("host.which.none_said", title=song.title))


def _words(candidate: Candidate) -> str:
    record = ", ".join(filter(None, (candidate.album, str(candidate.year or ""))))
    key = "host.which.record" if record else "host.which.candidate"
    return t(key, title=candidate.title, artist=candidate.artist, record=record)
