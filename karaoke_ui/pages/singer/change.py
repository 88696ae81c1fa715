"""The sheet in which a song that waits is changed: key, who sings along, message; another song; let one go first; taken out."""

from collections.abc import Callable

from karaoke_ui.pages.singer import phrases
from karaoke_ui.pages.singer.about import about
from karaoke_ui.pages.singer.drawer import Drawer
from karaoke_ui.pages.singer.elements import Text, box
from karaoke_ui.pages.singer.parts import Ask
from karaoke_ui.pages.singer.phone import Phone
from karaoke_ui.pages.singer.sheet import form_of
from karaoke_ui.pages.singer.toast import Toast
from karaoke_ui.show.tables import Partner
from karaoke_ui.show.views import TurnView
from karaoke_ui.text import of_error, t
from pipeline.errors import EncoreError


class Change:
    def __init__(
        self, phone: Phone, drawer: Drawer, toast: Toast, exchange: Callable[[TurnView], None]
    ) -> None:
        """`exchange` leads to where another song is found for a turn."""
        self._phone = phone
        self._drawer = drawer
        self._toast = toast
        self._exchange = exchange

    async def open(self, turn: TurnView) -> None:
        try:
            known = await self._phone.house.read(about, self._phone.singer.id, turn.song_id)
        except EncoreError as error:
            self._toast.say(of_error(error))
            return
        with self._drawer.fill(self, t("singer.mine.change_heading")):
            Text("h2", t("singer.mine.change_heading"))
            Text("p", turn.title, "when")
            Ask(
                lambda _: self._changed(turn),
                label=t("singer.ask.save"),
                title=turn.title,
                turn=turn.id,
                start=turn.key,
                partners=[each.id for each in turn.who(Partner.YES, Partner.ASKED)],
                message=turn.message,
                mayWrite=known.may_write or bool(turn.message),
                **form_of(known),
            )
            with box("div", "pair"):
                if not turn.called and turn.place:
                    other = Text("button", t("singer.mine.another"), "soft")
                    other.on("click", lambda: self._other(turn)).mark("another")
                if phrases.can_let_pass(self._phone.house.live.show, turn):
                    later = Text("button", t("singer.mine.later"), "soft")
                    later.on("click", lambda: self._later(turn)).mark("later")
                cancel = Text("button", t("singer.mine.cancel"), "soft")
                cancel.on("click", lambda: self._cancel(turn)).mark("remove")

    async def _changed(self, turn: TurnView) -> None:
        self._drawer.close()
        await self._toast.did("changed", turn, t("singer.mine.changed", title=turn.title))

    def _other(self, turn: TurnView) -> None:
        self._drawer.close()
        self._exchange(turn)

    async def _later(self, turn: TurnView) -> None:
        self._drawer.close()
        await self._toast.let_one_go_first(turn)

    async def _cancel(self, turn: TurnView) -> None:
        self._drawer.close()
        await self._toast.cancel(turn)
