"""What the host does to the sound while a song goes on: key, tempo, guide voice, volume, mute and the rescue."""

from nicegui import background_tasks, ui

from karaoke_ui.pages.host.desk import Desk, button
from karaoke_ui.pages.host.parts import Fader, PressButton, Scale, Stepper
from karaoke_ui.show import desk as sound
from karaoke_ui.show.views import ShowView
from karaoke_ui.text import t
from pipeline.audio.sound import KEYS, TEMPOS

KEY = Scale(KEYS.start, KEYS.stop - 1, 1, 0)
TEMPO = Scale(round(TEMPOS[0] * 100), round(TEMPOS[1] * 100), 5, 100, "%")


class Controls:
    """Built in two rows and a button; each is changed in place."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        # As it is shown, and as it was last told.
        self._muted = self._told_muted = False
        self._rescue = self._singing = False
        with ui.element("div").classes("controls") as self._all:
            with ui.element("div").classes("steps-by") as self._steps:
                self.key = Stepper("key", KEY, self._set_key)
                self.tempo = Stepper("tempo", TEMPO, self._set_tempo)
            with ui.element("div").classes("faders"):
                self.guide = Fader(t("host.now.guide"), "guide", self._set_guide)
                with ui.element("div").classes("with-mute"):
                    self.volume = Fader(t("host.now.volume"), "volume", self._set_volume)
                    self._mute = button("", self.toggle_mute, "icon-btn mute", icon="volume_up").mark("mute")
                    self._mute.props(f'aria-label="{t("host.now.mute")}" aria-pressed=false')
            self.rescue = PressButton(t("host.now.rescue"), self._set_rescue)
            self.rescue.classes("rescue big").mark("rescue")
        # Nobody can let go on a page that is gone; one that is back tells anew what it still holds.
        desk.client.on_disconnect(self._lost)
        desk.client.on_connect(self._let_go)

    def show(self, show: ShowView) -> None:
        singing = self._singing = show.now is not None
        self._steps.set_visibility(singing)
        self.rescue.set_visibility(singing)
        self.guide.set_visibility(singing)
        self._all.set_visibility(singing or bool(show.queue))
        self.key.show(show.key)
        self.tempo.show(round(show.tempo * 100))
        self.guide.show(show.guide)
        self.volume.show(show.volume)
        self.rescue.show(show.rescue)
        # What is told may be older than the last press: only what changes counts.
        if show.muted != self._told_muted:
            self._told_muted = show.muted
            self._show_muted(show.muted)

    def _show_muted(self, muted: bool) -> None:
        self._muted = muted
        self._mute.props(f"icon={'volume_off' if muted else 'volume_up'} aria-pressed={str(muted).lower()}")
        self._mute.classes(add="on" if muted else "", remove="" if muted else "on")

    async def toggle_mute(self) -> None:
        # Shown before it is done: a second press means the opposite.
        self._show_muted(wanted := not self._muted)
        with self._desk.caught():
            await self._desk.do(sound.set_muted, wanted)
            return
        self._show_muted(self._told_muted)

    async def _set_key(self, half_tones: int) -> None:
        with self._desk.caught():
            await self._desk.do(sound.set_key, half_tones)

    async def _set_tempo(self, percent: int) -> None:
        with self._desk.caught():
            await self._desk.do(sound.set_tempo, percent / 100)

    async def _set_guide(self, share: float) -> None:
        with self._desk.caught():
            await self._desk.do(sound.set_guide, share)

    async def _set_volume(self, share: float) -> None:
        with self._desk.caught():
            await self._desk.do(sound.set_volume, share)

    async def hold_rescue(self, on: bool) -> None:
        """By the keyboard; only while somebody sings."""
        if self._singing or self._rescue:
            await self._set_rescue(on)

    async def _set_rescue(self, on: bool) -> None:
        self._rescue = on
        with self._desk.caught():
            await self._desk.do(sound.rescue, on)

    def _lost(self) -> None:
        """The old line of a page that has long been back is found dead only now: that lets nothing go."""
        if not self._desk.client.has_socket_connection:
            self._let_go()

    def _let_go(self) -> None:
        if self._rescue:
            background_tasks.create(self._set_rescue(False))
