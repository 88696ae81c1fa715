"""Songs of others that one was asked to sing along in: yes or no, and where they stand."""

import time

from karaoke_ui.pages.singer import phrases
from karaoke_ui.pages.singer.elements import Text, box, tell
from karaoke_ui.pages.singer.phone import Phone
from karaoke_ui.pages.singer.toast import Toast
from karaoke_ui.show import turns
from karaoke_ui.show.tables import Partner
from karaoke_ui.show.views import ShowView, TurnView
from karaoke_ui.text import t, together


def asks(me: str, show: ShowView) -> list[TurnView]:
    """Those that wait for one's answer."""
    return [each for each in show.of_partner.get(me, ()) if each.said(me) is Partner.ASKED]


class Duets:
    def __init__(self, phone: Phone, toast: Toast) -> None:
        self._phone = phone
        self._toast = toast
        self._drawn: list[tuple[object, ...]] = []
        self._list = box("ul", "cards duets")

    def show(self, show: ShowView) -> int:
        """Draw them; how many there are. They are few and change seldom, so they are made anew."""
        me = self._phone.singer.id
        both = (Partner.ASKED, Partner.YES)
        found = [each for each in show.of_partner.get(me, ()) if each.said(me) in both]
        now = time.time()
        drawn: list[tuple[object, ...]] = [
            (each.id, each.face, each.singer, each.partners, each.title, phrases.place(show, each, now))
            for each in found
        ]
        if drawn != self._drawn:
            self._drawn = drawn
            self._list.clear()
            with self._list:
                for turn in found:
                    self._card(show, turn, now)
        self._list.set_visibility(bool(found))
        return len(found)

    def _card(self, show: ShowView, turn: TurnView, now: float) -> None:
        me = self._phone.singer.id
        asked = turn.said(me) is Partner.ASKED
        first, *others = phrases.with_whom(turn, me)
        whom = [f"{turn.face} {first}".strip(), *others]
        with box("li", f"card {'asks' if asked else ''}"):
            heading = (
                t("singer.duet.asks", singer=whom[0])
                if asked
                else t("singer.duet.along", singer=together(whom))
            )
            Text("p", heading, "place")
            Text("p", phrases.by(turn.title, turn.artist), "what")
            if asked and others:
                Text("p", t("singer.mine.with", partner=together(others)), "manner")
            Text("p", phrases.place(show, turn, now), "quiet")
            with box("div", "acts"):
                if asked:
                    self._answer(turn, "yes", yes=True)
                self._answer(turn, "no" if asked else "leave", yes=False)

    def _answer(self, turn: TurnView, name: str, *, yes: bool) -> None:
        async def press() -> None:
            await self._toast.attempt(lambda: self._phone.do(turns.answer_duet, turn.id, yes))

        button = Text("button", t(f"singer.duet.{name}"), "main" if yes else "soft").on("click", press)
        tell(button.mark(f"duet-{name}"), type="button")
