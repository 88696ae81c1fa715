"""The left half, which never leaves: what plays with its controls, or what comes next, or the first steps."""

from functools import partial

from nicegui import background_tasks, ui

from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.pages.host.idle import Idle
from karaoke_ui.pages.host.parts import Fader, HoldButton, SongClock, StageWords
from karaoke_ui.pages.host.peaks import Peaks
from karaoke_ui.pages.host.wording import readiness, set_pill
from karaoke_ui.show import desk, night, player
from karaoke_ui.show.tables import PlayState
from karaoke_ui.show.views import NowView, ShowView
from karaoke_ui.text import t


class NowPane:
    """Singer, song, clock and controls; the parts that change are changed in place."""

    def __init__(self, desk: Desk, peaks: Peaks, idle: Idle) -> None:
        self._desk = desk
        self._peaks = peaks
        self._idle = idle
        self._shown: NowView | None = None
        self._drawn: tuple[str, int] | None = None
        with ui.element("section").classes("card now").props(f'aria-label="{t("host.now.title")}"'):
            with ui.element("div").classes("now-song") as self._song:
                self._build_song()
            idle.build()
            with ui.element("div").classes("faders") as self._faders:
                self._guide = Fader(t("host.now.guide"), "guide", self._set_guide)
                self._volume = Fader(t("host.now.volume"), "volume", self._set_volume)
            with ui.element("div").classes("on-stage") as self._on_stage:
                ui.label(t("host.now.on_stage")).classes("quiet small-text")
                self._words = StageWords()
            ui.element("div").classes("grow")
            idle.build_join()
            self.foot = ui.element("div")
            self._next = ui.element("div").classes("now-next")
            with self._next:
                ui.label(t("host.now.next")).classes("quiet")
                self._next_who = ui.label().classes("next-who ellipsis")
                self._next_ready = ui.label().classes("pill")

    def _build_song(self) -> None:
        with ui.element("div").classes("who"):
            self._face = ui.label().classes("face").props("aria-hidden=true")
            with ui.element("div").classes("who-text"):
                self._singer = ui.label().classes("singer ellipsis")
                self._title = ui.label().classes("song-title ellipsis quiet")
        self._clock = SongClock(self._seek)
        with ui.element("div").classes("transport"):
            button(t("host.now.restart"), self._restart, "big", icon="replay")
            self._play = button("", self._toggle, "play main round", icon="pause").mark("play")
            HoldButton(t("host.now.skip"), self._skip).classes("big")

    def show(self, show: ShowView, *, anew: bool = False) -> None:
        """Show the night as it stands; `anew` tells the browser the second again, after a lost connection."""
        now = show.now
        self._song.set_visibility(now is not None)
        self._on_stage.set_visibility(now is not None)
        self._faders.set_visibility(now is not None or bool(show.queue))
        self._idle.show(show)
        self._guide.show(show.guide)
        self._volume.show(show.volume)
        if now is not None and (anew or now != self._shown):
            self._show_song(now)
        self._draw_peaks(now)
        self._shown = now
        self._show_next(show)

    def _show_song(self, now: NowView) -> None:
        self._face.set_text(now.face)
        self._face.set_visibility(bool(now.face))
        self._singer.set_text(now.singer)
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
            self._next_who.set_text(f"{upcoming.singer} · {upcoming.title}")
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

    async def _toggle(self) -> None:
        paused = self._shown is not None and self._shown.state == PlayState.PAUSED
        with self._desk.caught():
            await self._desk.do(player.play if paused else player.pause)

    async def _restart(self) -> None:
        with self._desk.caught():
            await self._desk.do(player.restart)

    async def _skip(self) -> None:
        skipped = self._shown
        with self._desk.caught():
            await self._desk.do(player.skip)
            if skipped is not None:
                words = t("host.now.skipped", singer=skipped.singer, title=skipped.title)
                self._desk.say(words, undo=partial(self._sing_again, skipped))

    async def _sing_again(self, skipped: NowView) -> None:
        """Undo a skip: the singer is next again, with the same song."""
        turn = await self._desk.do(night.ask, skipped.song_id, skipped.singer_id)
        await self._desk.do(night.move, turn.id, 0)

    async def _seek(self, second: float) -> None:
        with self._desk.caught():
            await self._desk.do(player.seek, second)

    async def _set_guide(self, share: float) -> None:
        with self._desk.caught():
            await self._desk.do(desk.set_guide, share)

    async def _set_volume(self, share: float) -> None:
        with self._desk.caught():
            await self._desk.do(desk.set_volume, share)
