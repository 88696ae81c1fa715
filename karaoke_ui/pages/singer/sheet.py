"""The sheet in which a song is asked for: what it is, when one would sing, how; then the place in the queue."""

import time
from collections.abc import Callable
from typing import Any

from karaoke_ui.pages.singer import phrases
from karaoke_ui.pages.singer.about import About, about
from karaoke_ui.pages.singer.drawer import Drawer
from karaoke_ui.pages.singer.elements import Text, box, read_out, tell
from karaoke_ui.pages.singer.parts import Ask, Listen
from karaoke_ui.pages.singer.phone import Phone
from karaoke_ui.pages.singer.toast import Toast
from karaoke_ui.parts import cover
from karaoke_ui.show import history
from karaoke_ui.show.asking import MOST_PARTNERS
from karaoke_ui.show.readiness import Ready
from karaoke_ui.show.rules import Requests
from karaoke_ui.show.views import ShowView, SongView, TurnView
from karaoke_ui.text import of_error, plural, t
from pipeline.audio.sound import KEYS
from pipeline.errors import EncoreError
from pipeline.sources.youtube import Found

SONG, VIDEO = "/api/v1/turns", "/api/v1/youtube/ask"


class Sheet:
    def __init__(self, phone: Phone, drawer: Drawer, toast: Toast, to_mine: Callable[[], None]) -> None:
        self._phone = phone
        self._drawer = drawer
        self._toast = toast
        self._to_mine = to_mine
        self._song: SongView | None = None
        # The song that was pressed last.
        self._pressed = ""
        self._video: Found | None = None
        # Why the box would not take it, and whether it would wait for the host.
        self._refused = ""
        self._waits = False
        # The turn that came of it, once the singer has asked.
        self._turn = ""
        # The songs of one's own that it could take the place of, and the one whose place it took.
        self._replaced: dict[str, TurnView] = {}
        self._before: TurnView | None = None
        self._at = 0.0
        # The turn whose place the next song is to take, till another page is opened.
        self.instead = ""

    async def offer(self, song: SongView) -> None:
        """Ask about a song that has just come, unless something else is looked at by now."""
        if not self._drawer.is_open:
            await self.open(song)

    async def open(self, song: SongView, video: Found | None = None) -> None:
        """Ask about a song; about a video that would be this song, where it is not in the library yet."""
        waits = self.instead in self._phone.house.live.show.waiting
        instead = self.instead if waits else ""
        me, about_what = self._phone.singer.id, None if video else song.id
        self._pressed = pressed = song.id
        try:
            known = await self._phone.house.read(about, me, about_what, instead)
        except EncoreError as error:
            self._toast.say(of_error(error))  # the host has removed it already
            return
        if pressed != self._pressed:
            return  # another row was pressed meanwhile
        show = self._phone.house.live.show
        self._song, self._video, self._turn, self._at = song, video, "", known.at
        self._replaced, self._before = {each.id: each for each in self._replaceable(show)}, None
        self._refused, self._waits = of_error(known.refused) if known.refused else "", known.waits
        with self._drawer.fill(self, t("singer.sheet.heading")):
            self._heading = Text("h2", t(f"singer.sheet.{'heading' if show.takes_songs else 'about'}"))
            tell(self._heading, tabindex="-1")
            with box("div", "song") as line:
                Text("h3", song.title)
                Text("p", phrases.whose(song))
            line.style(cover.style(song))
            with box("div") as self._question:
                if not video:
                    self._tools(song, known)
            self._when = Text("p", "", "when")
            self._about = Text("p", "", "quiet")
            tell(self._about, role="status")
            if self._can_be_asked(show, song):
                with box("div") as self._form:
                    Ask(self._asked, **self._manner(show, song, known))
            else:
                self._form = box("div")
        self.show(show)

    def show(self, show: ShowView) -> None:
        if self._song is None or not self._drawer.is_of(self):
            return
        if not self._turn:
            self._show_question(show, self._song)
            return
        turn = show.waiting.get(self._turn)
        if turn is not None:
            waits = turn.place == 0
            self._heading.text = t(f"singer.sheet.{'done_asked' if waits else 'done'}")
            self._when.text = "" if waits else phrases.place(show, turn, time.time())
            late = t("singer.mine.too_late") if turn.too_late else ""
            why = t("singer.sheet.done_asked_why") if waits else phrases.why(show, turn)
            self._about.text = " ".join(filter(None, (why, late)))

    def _show_question(self, show: ShowView, song: SongView) -> None:
        self._when.text, self._about.text = self._said_before(show, song)

    def _said_before(self, show: ShowView, song: SongView) -> tuple[str, str]:
        """When it would be sung, and what to know before one asks."""
        if song.readiness.state is Ready.FAILED:
            return "", t("singer.sheet.failed")
        if not show.takes_songs:
            return "", phrases.notice(show)
        if self._refused:
            return "", self._refused
        if self._is_full(show):
            form = "singer.sheet.full" if self._replaceable(show) else "singer.sheet.full_only"
            return "", plural(form, len(phrases.asked(self._phone.singer.id, show)))
        if show.missing and not song.readiness.can_start:
            return "", t("singer.sheet.stands")
        return (
            phrases.would_sing(show, song, self._at, time.time()),
            phrases.before_asking(song, self._video is not None, self._is_approved(show)),
        )

    def _can_be_asked(self, show: ShowView, song: SongView) -> bool:
        if self._is_full(show) and not self._replaceable(show):
            return False
        return song.readiness.state is not Ready.FAILED and show.takes_songs and not self._refused

    def _is_full(self, show: ShowView) -> bool:
        """One has as many songs waiting as the rules allow."""
        return 0 < show.rules.max_waiting <= len(phrases.asked(self._phone.singer.id, show))

    def _replaceable(self, show: ShowView) -> list[TurnView]:
        """Songs of one's own that this one could take the place of: a video is none of the library's yet."""
        mine = () if self._video else show.of_singer.get(self._phone.singer.id, ())
        return [each for each in mine if each.place and not each.called]

    def _is_approved(self, show: ShowView) -> bool:
        rules = show.rules
        asks_for_video = self._video is not None and rules.youtube == "approve"
        return self._waits or rules.requests is Requests.APPROVE or asks_for_video

    def _tools(self, song: SongView, known: About) -> None:
        sound = f"/api/v1/songs/{song.id}/preview" if song.readiness.can_start else ""
        form = "unfavour" if known.favourite else "favour"
        self._listen = Listen(sound, t(f"singer.sheet.{form}", title=song.title), known.favourite, self._love)

    async def _love(self, on: bool) -> None:
        if self._song is None or self._video is not None:
            return
        song_id = self._song.id
        if not await self._toast.attempt(lambda: self._phone.do(history.favour, song_id, on)):
            return
        self._listen.props["loved"] = on
        heart = t(f"singer.sheet.{'unfavour' if on else 'favour'}", title=self._song.title)
        tell(self._listen, heart=heart)

    def _manner(self, show: ShowView, song: SongView, known: About) -> dict[str, Any]:
        """What the form begins with."""
        video = self._video
        return {
            "url": VIDEO if video else SONG,
            # The host may sing too: their browser is asked whom for.
            "body": ({"id": video.id} if video else {"song_id": song.id})
            | {"singer_id": self._phone.singer.id},
            "field": "turn_id" if video else "id",
            "title": song.title,
            "label": t("singer.ask.ask"),
            "start": known.key or 0,
            **form_of(known),
            "mayWrite": known.may_write,
            "chosen": next((each.id for each in self._replaceable(show) if each.id == self.instead), ""),
            "instead": [{"id": each.id, "title": each.title} for each in self._replaceable(show)],
            "further": not self._is_full(show),
        }

    def _asked(self, turn_id: str) -> None:
        """The box has it."""
        if self._song is None or not self._drawer.is_of(self) or self._turn:
            return
        self._turn, self.instead = turn_id, ""
        self._before = self._replaced.get(turn_id)
        self._drawer.mark_done()
        self._heading.text = t("singer.sheet.done")
        read_out(".sheet h2")
        self._when.text = self._about.text = ""
        self._question.clear()
        self._form.clear()
        with self._form:
            Text("button", t("singer.sheet.fine"), "main").on("click", self._press_fine).mark("fine")
            Text("button", t("singer.tabs.mine"), "soft").on("click", self._press_mine)
        if self._video is not None:
            self._phone.house.wake()
        self.show(self._phone.house.live.show)

    async def _press_fine(self) -> None:
        self._drawer.close()
        before = self._before
        if before is not None:
            await self._toast.did("changed", before, t("singer.mine.changed", title=before.title))

    async def _press_mine(self) -> None:
        self._to_mine()
        await self._press_fine()


def form_of(known: About) -> dict[str, Any]:
    """What the form shows of keys, ranges and people, for a new song and for one that waits."""
    return {
        "keys": [KEYS.start, KEYS.stop - 1],
        "suggested": known.key,
        "reason": "" if known.key is None else t(f"singer.ask.{'kept' if known.kept else 'suits'}"),
        "range": list(known.range) if known.range else None,
        "own": list(known.own) if known.own else None,
        "people": [{"id": each.id, "name": each.name} for each in known.people],
        "mostPartners": MOST_PARTNERS,
    }
