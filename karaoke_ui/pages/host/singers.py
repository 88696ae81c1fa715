"""The people of tonight: who is here, what they sang and still wait for, and what the host decides about them."""

from collections.abc import Callable
from functools import partial

from nicegui import ui
from sqlmodel import Session

from karaoke_ui.changes import Changes
from karaoke_ui.pages.host.ask import AskDialog
from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.pages.host.prompt import Prompt
from karaoke_ui.pages.host.sheet import Choice, Sheet
from karaoke_ui.pages.host.wording import Pill, key_words, set_pill
from karaoke_ui.parts.newest import InTurn
from karaoke_ui.show import guests, history, night, views
from karaoke_ui.show.asking import Wanted
from karaoke_ui.show.history import Usual
from karaoke_ui.show.people import MAX_NAME
from karaoke_ui.show.tables import Hint, Singer
from karaoke_ui.show.views import SingerView
from karaoke_ui.text import plural, quoted, t


class SingersPane:
    """One row a person, changed in place; those who were sent home stand last."""

    def __init__(
        self, desk: Desk, ask: AskDialog, sheet: Sheet, prompt: Prompt, count: Callable[[int], None]
    ) -> None:
        self._desk = desk
        self._ask = ask
        self._sheet = sheet
        self._prompt = prompt
        self._count = count
        self._here: dict[str, SingerView] = {}
        self._rows: dict[str, SingerRow] = {}
        self._readings = InTurn()
        self.stale = False
        with ui.element("header").classes("pane-head"):
            ui.label(t("host.tabs.singers")).classes("pane-title").props("role=heading aria-level=2")
            self._sum = ui.label().classes("pill")
        with ui.element("div").classes("pane-body"):
            with ui.element("div").classes("empty") as self._empty:
                ui.label(t("host.singers.empty")).classes("empty-title")
                ui.label(t("host.singers.empty_help")).classes("quiet")
            self._list = ui.element("div").classes("rows").props("role=list")
        with ui.element("div").classes("pane-foot"):
            button(t("host.queue.walk_up"), ask.walk_up, "grow")

    async def load(self) -> None:
        await self._readings.run(self._read)

    async def _read(self) -> None:
        self.stale = False
        with self._desk.caught():
            found = await self._desk.house.read(views.singers)
            self._arrange(sorted(found, key=lambda each: each.removed))

    def concerns(self, changes: Changes) -> bool:
        return any(kind in changes for kind in ("singer", "queue", "night"))

    def _arrange(self, found: list[SingerView]) -> None:
        self._here = {each.id: each for each in found}
        for gone in self._rows.keys() - self._here.keys():
            self._rows.pop(gone).card.delete()
        for place, singer in enumerate(found):
            row = self._rows.get(singer.id)
            if row is None:
                with self._list:
                    hide = partial(self._do, guests.hide_name, singer.id)
                    row = SingerRow(partial(self._put, singer.id), hide, partial(self._open, singer.id))
                self._rows[singer.id] = row
            row.show(singer)
            if self._list.default_slot.children[place] is not row.card:
                row.card.move(target_index=place)
        here = sum(1 for each in found if not each.removed)
        self._empty.set_visibility(not found)
        self._sum.set_visibility(bool(found))
        self._sum.set_text(plural("host.singers.sum", sum(1 for each in found if each.sung), here=here))
        self._count(here)

    async def _put(self, singer_id: str) -> None:
        """A song for this singer: one tap more."""
        await self._ask.for_one(self._here[singer_id])

    async def _open(self, singer_id: str) -> None:
        singer = self._here[singer_id]
        usual: list[Usual] = []
        letters = ""
        with self._desk.caught():
            usual = await self._desk.house.read(history.usual, singer_id)
            letters = await self._desk.house.read(_letters, singer_id)
        words = t("host.singers.letters", code=letters) if letters and not singer.removed else ""
        title = f"{singer.face} {singer.name}".strip()
        self._sheet.open(title, self._choices(singer, usual), words, wide=True)

    def _choices(self, singer: SingerView, usual: list[Usual]) -> list[Choice]:
        sid = singer.id
        known = [
            Choice(_usual_words(song), "favorite", partial(self._sing_usual, sid, song)) for song in usual
        ]
        if singer.removed:
            return [Choice(t("host.singers.let_back"), "undo", partial(self._do, guests.let_back, sid))]
        offered = (
            (True, "ask", "mic", partial(self._put, sid), ""),
            (True, "spoken", "record_voice_over", partial(self._ask_spoken, singer), ""),
            (True, "rename", "edit", partial(self._ask_name, singer), ""),
            (len(self._here) > 1, "merge", "merge", partial(self._merge, singer), ""),
            (not singer.paused, "pause", "pause", partial(self._do, guests.pause, True, sid), ""),
            (singer.paused, "resume", "play_arrow", partial(self._do, guests.pause, False, sid), ""),
            (not singer.confirmed, "confirm", "how_to_reg", partial(self._do, guests.confirm, sid), ""),
            (not singer.muted, "mute", "comments_disabled", partial(self._do, guests.mute, sid, True), ""),
            (singer.muted, "unmute", "chat", partial(self._do, guests.mute, sid, False), ""),
            (True, "send_home", "logout", partial(self._do, guests.send_home, sid), "bad"),
        )
        choices = [
            Choice(t(f"host.singers.{name}"), icon, act, tone)
            for there, name, icon, act, tone in offered
            if there
        ]
        return [*known, *choices]

    def _merge(self, singer: SingerView) -> None:
        choices = [
            Choice(
                f"{other.face} {other.name}".strip(),
                "merge",
                partial(self._do, guests.merge, singer.id, other.id),
            )
            for other in self._here.values()
            if other.id != singer.id
        ]
        title = t("host.singers.merge_head", singer=singer.name)
        self._sheet.open(title, choices, t("host.singers.merge_help"))

    def _ask_spoken(self, singer: SingerView) -> None:
        async def spoken(words: str) -> None:
            await self._desk.undoable(guests.rename, singer.id, spoken=words)

        title = t("host.singers.spoken_head", singer=singer.name)
        self._prompt.open(title, spoken, value=singer.spoken, most=guests.MAX_SPOKEN)

    def _ask_name(self, singer: SingerView) -> None:
        async def name(words: str) -> None:
            await self._desk.undoable(guests.rename, singer.id, name=words)

        self._prompt.open(t("host.singers.name_head"), name, value=singer.own_name, most=MAX_NAME)

    async def _sing_usual(self, singer_id: str, song: Usual) -> None:
        await self._do(night.ask, song.song_id, singer_id, Wanted(key=song.key))

    async def _do(self, action: Callable[..., object], *args: object) -> None:
        with self._desk.caught():
            await self._desk.undoable(action, *args)


class SingerRow:
    """One person of tonight."""

    def __init__(
        self, ask: Callable[[], object], hide: Callable[[], object], opened: Callable[[], object]
    ) -> None:
        with ui.element("div").classes("card item singer-row").props("role=listitem") as self.card:
            self._face = ui.label().classes("row-face").props("aria-hidden=true")
            with ui.element("div").classes("grow item-text"):
                with ui.element("div").classes("item-line"):
                    self._name = ui.label().classes("item-title ellipsis").props("dir=auto")
                    self._spoken = ui.label().classes("quiet ellipsis item-song").props("dir=auto")
                self._said = ui.label().classes("small-text quiet ellipsis")
            self._state = ui.label().classes("pill")
            press = button("", ask, "icon-btn", icon="mic").mark("ask-one")
            press.props(f'aria-label="{t("host.singers.ask")}"')
            away = button("", hide, "icon-btn", icon="visibility_off").mark("hide")
            away.props(f'aria-label="{t("host.singers.hide")}"')
            more = button("", opened, "icon-btn", icon="more_vert").mark("more")
            more.props(f'aria-label="{t("host.more")}"')
        self._press = press

    def show(self, singer: SingerView) -> None:
        self.card.mark(f"singer-{singer.id}")
        self.card.classes(add="gone" if singer.removed else "", remove="" if singer.removed else "gone")
        self._face.set_text(singer.face or "🎤")
        self._name.set_text(singer.name)
        self._spoken.set_visibility(bool(singer.spoken))
        self._spoken.set_text(quoted(singer.spoken))
        self._said.set_text(_says(singer))
        state = _state(singer)
        self._state.set_visibility(state is not None)
        if state is not None:
            set_pill(self._state, state)
        self._press.set_visibility(not singer.removed)


def _letters(s: Session, singer_id: str) -> str:
    """What makes them the same singer on another phone."""
    return s.get_one(Singer, singer_id).recovery


def _says(singer: SingerView) -> str:
    """“sung once · 2 waiting · no phone”"""
    parts = [
        plural("host.reason.sung", singer.sung) if singer.sung else t("host.reason.new"),
        plural("host.singers.waiting", singer.waiting) if singer.waiting else "",
        "" if singer.has_phone else t("host.queue.no_phone"),
        t("host.singers.shares") if singer.shares_with else "",
        t("host.singers.known") if singer.confirmed else "",
        t("host.singers.regular") if singer.regular else "",
        t("host.singers.is_muted") if singer.muted else "",
    ]
    return " · ".join(part for part in parts if part)


def _state(singer: SingerView) -> Pill | None:
    """What the phone last said of them, or what the host decided."""
    if singer.removed:
        return Pill(t("host.singers.gone"))
    if singer.paused:
        return Pill(t("host.singers.paused"), "warm")
    match singer.hint:
        case Hint.HERE:
            return Pill(t("host.singers.here"), "good")
        case Hint.COMING:
            return Pill(t("host.singers.coming"), "warm")
        case Hint.AWAY:
            return Pill(t("host.singers.away"), "warm")
    return None


def _usual_words(song: Usual) -> str:
    words = " · ".join(filter(None, (song.title, song.artist)))
    return f"{words} ({key_words(song.key)})" if song.key else words
