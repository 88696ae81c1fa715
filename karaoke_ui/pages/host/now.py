"""The left half, which never leaves: what plays with its controls, or what comes next, or the first steps."""

from collections.abc import Callable
from functools import partial

from nicegui import background_tasks, ui
from sqlmodel import Session

from karaoke_ui.pages.host.controls import Controls
from karaoke_ui.pages.host.deeds import broken_off
from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.pages.host.hiding import hide_names
from karaoke_ui.pages.host.idle import Idle
from karaoke_ui.pages.host.parts import HoldButton, SongClock, StageWords
from karaoke_ui.pages.host.peaks import Peaks
from karaoke_ui.pages.host.prompt import Prompt
from karaoke_ui.pages.host.room import RoomRow
from karaoke_ui.pages.host.scene import SceneLine
from karaoke_ui.pages.host.sheet import Choice, Sheet
from karaoke_ui.pages.host.turn_row import names
from karaoke_ui.pages.host.wording import readiness, set_pill
from karaoke_ui.show import player, turns
from karaoke_ui.show.rights import Actor, Right
from karaoke_ui.show.tables import PlayState
from karaoke_ui.show.views import NowView, ShowView
from karaoke_ui.text import t, together


class NowPane:
    """Singer, song, clock and controls; the parts that change are changed in place."""

    def __init__(self, desk: Desk, peaks: Peaks, idle: Idle, sheet: Sheet, prompt: Prompt) -> None:
        self._desk = desk
        self._peaks = peaks
        self._idle = idle
        self._sheet = sheet
        self._shown: NowView | None = None
        self._drawn: tuple[str, int] | None = None
        with (
            ui.element("section")
            .classes("card now")
            .props(f'aria-label="{t("host.now.title")}"') as self._card
        ):
            self._scene = SceneLine()
            with ui.element("div").classes("now-song") as self._song:
                self._build_song()
            idle.build()
            self.controls = Controls(desk)
            with (
                ui.element("div").classes("on-stage").props(f'aria-label="{t("host.now.on_stage")}"') as words
            ):
                self._words = StageWords()
            self._on_stage = words
            ui.element("div").classes("grow")
            idle.build_join()
            self.foot = ui.element("div").classes("now-foot")
            with ui.element("div").classes("now-next") as self._next:
                ui.label(t("host.now.next")).classes("quiet")
                self._next_who = ui.label().classes("next-who ellipsis")
                self._next_ready = ui.label().classes("pill")
            self.room = RoomRow(desk, sheet, prompt)
        if Right.PLAYER not in desk.rights:
            self._hold_off()

    def _hold_off(self) -> None:
        """Who helps without the right to the player looks on, and reads why. Lines for the room are not of it."""
        open_to_all = (self.room.all, self.foot)
        others = [each for each in self._card.default_slot.children if each not in open_to_all]
        for part in [*others, self.room.row]:
            part.props("inert")
        if Right.QUEUE not in self._desk.rights:
            self.room.lines.props("inert")
        with self._card:
            no_right = ui.label(t("host.now.no_right")).classes("quiet no-right")
        no_right.move(target_index=0)

    def _build_song(self) -> None:
        with ui.element("div").classes("who"):
            self._face = ui.label().classes("face").props("aria-hidden=true")
            with ui.element("div").classes("who-text"):
                self._singer = ui.label().classes("singer ellipsis").props("dir=auto")
                self._title = ui.label().classes("song-title ellipsis quiet").props("dir=auto")
        self._clock = SongClock(self._seek)
        with ui.element("div").classes("transport"):
            button(t("host.now.restart"), self.restart, "stack", icon="replay")
            HoldButton(t("host.now.end"), t("host.now.end_said"), "celebration", self._finish).mark("end")
            self._play = button("", self.toggle, "play main round", icon="pause").mark("play")
            HoldButton(t("host.now.skip"), t("host.now.skip_said"), "skip_next", self._skip).mark("skip")
            button(t("host.more"), self._open_more, "stack", icon="more_horiz").mark("now-more")

    def show(self, show: ShowView, *, anew: bool = False) -> None:
        """Show the night as it stands; `anew` tells the browser the second again, after a lost connection."""
        now = show.now
        self._card.classes(add="sings" if now else "", remove="" if now else "sings")
        self._song.set_visibility(now is not None)
        self._on_stage.set_visibility(now is not None)
        self._scene.show(show)
        self._idle.show(show)
        self.controls.show(show)
        self.room.show(show)
        if now is not None and (anew or now != self._shown):
            self._show_song(now)
        self._draw_peaks(now)
        self._shown = now
        self._show_next(show)

    def _show_song(self, now: NowView) -> None:
        self._face.set_text(now.face)
        self._face.set_visibility(bool(now.face))
        self._singer.set_text(together(now.names))
        several = len(now.names) > 1
        self._singer.classes(add="several" if several else "", remove="" if several else "several")
        self._title.set_text(" · ".join(filter(None, (now.title, now.artist))))
        self._clock.show(now)
        self._words.show(now)
        paused = now.state == PlayState.PAUSED
        self._play.props(f"icon={'play_arrow' if paused else 'pause'}")
        self._play.props(f'aria-label="{t("host.now.play" if paused else "host.now.pause")}"')
        self._play.classes(
            add="starting" if now.state == PlayState.STARTING else "",
            remove="" if now.state == PlayState.STARTING else "starting",
        )

    def _show_next(self, show: ShowView) -> None:
        upcoming = show.queue[0] if show.queue and show.now else None
        self._next.set_visibility(upcoming is not None)
        if upcoming:
            self._next_who.set_text(f"{names(upcoming)} · {upcoming.title}")
            set_pill(self._next_ready, readiness(upcoming.readiness))

    def _draw_peaks(self, now: NowView | None) -> None:
        """The shape of the song behind the seek bar: read from its chunks, as far as they are there."""
        known = (now.track_id, now.separated) if now else None
        if known == self._drawn:
            return
        if now is None or self._drawn is None or now.track_id != self._drawn[0]:
            self._clock.show_peaks(None)
        self._drawn = known
        if now is not None:
            background_tasks.create(self._show_peaks(now))

    async def _show_peaks(self, now: NowView) -> None:
        found = await self._peaks.of(now)
        if self._shown is not None and self._shown.track_id == now.track_id:
            self._clock.show_peaks(found)

    async def toggle(self) -> None:
        """Play or pause; between two songs there is nothing to toggle."""
        if self._shown is None:
            return
        with self._desk.caught():
            if self._shown.state == PlayState.PAUSED:
                await self._desk.do(player.go_on, self._shown.turn_id)
            else:
                await self._desk.do(player.pause)

    async def start(self) -> None:
        """The next singer begins, if nobody sings."""
        if self._shown is None:
            await self._idle.go()

    async def restart(self) -> None:
        with self._desk.caught():
            await self._desk.do(player.restart)

    def _open_more(self) -> None:
        """What is seldom done with the song on stage."""
        if self._shown is None:
            return
        self._sheet.open(
            f"{together(self._shown.names)} · {self._shown.title}",
            [
                Choice(
                    t("host.now.skip_intro"),
                    "fast_forward",
                    partial(self._act, player.skip_intro),
                    held_as=t("host.now.skip_intro_said"),
                ),
                Choice(t("host.now.false_start"), "undo", partial(self._act, player.false_start)),
                *hide_names(self._desk, self._shown),
            ],
        )

    async def _act(self, action: Callable[[Session, Actor], object]) -> None:
        with self._desk.caught():
            await self._desk.undoable(action)

    async def _finish(self) -> None:
        with self._desk.caught():
            await self._desk.do(player.finish)

    async def _skip(self) -> None:
        skipped = self._shown
        with self._desk.caught():
            await self._desk.do(player.skip)
            if skipped is not None:
                words = t("host.now.skipped", singer=together(skipped.names), title=skipped.title)
                deed, known = await self._desk.house.read(broken_off, skipped.turn_id)
                count = t("host.now.not_counted" if known.counted else "host.now.counts")
                choice = partial(self._count, known.id, not known.counted)
                self._desk.say(words, undo=self._desk.way_back(deed), other=(count, choice))

    async def _count(self, performance_id: str, counted: bool) -> None:
        """After a song broken off the host says whether it used up the turn."""
        await self._desk.undoable(turns.set_counted, performance_id, counted)

    async def _seek(self, second: float) -> None:
        with self._desk.caught():
            await self._desk.do(player.seek, second)
