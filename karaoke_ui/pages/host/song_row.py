"""A row of the library: what a song is, how far it is, and what can be done with it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from nicegui import ui

from karaoke_ui.pages.host.desk import button
from karaoke_ui.pages.host.wording import length, readiness, set_pill, words_pill
from karaoke_ui.parts import cover
from karaoke_ui.show.readiness import Ready
from karaoke_ui.show.views import SongView
from karaoke_ui.text import of_note, t

Later = Callable[[SongView], Awaitable[None]]


@dataclass(frozen=True)
class RowActs:
    """What the presses on a row do."""

    # Only for those who may.
    ask: Later | None
    check: Later
    open: Later
    twins: Later
    tap: Callable[[SongView], None]


class SongRow:
    """One song of the library."""

    def __init__(self, song: SongView, acts: RowActs) -> None:
        self._song = song
        with ui.element("div").classes("card item song").props("role=listitem") as self.card:
            self._cover = ui.element("div").classes("cover").props("aria-hidden=true")
            with ui.element("div").classes("grow item-text"):
                with ui.element("div").classes("item-line"):
                    self._title = ui.label().classes("item-title ellipsis")
                    self._quick = ui.label(t("host.ready.quick")).classes("tag")
                    self._cut = ui.label(t("host.library.cut_off")).classes("tag").mark("cut-off")
                self._artist = ui.label().classes("quiet small-text ellipsis")
                self._reason = ui.label().classes("small-text bad-text")
            self._check = button(t("host.which.check"), lambda: acts.check(self._song), "small check-title")
            self._twin = button(t("host.library.same"), lambda: acts.twins(self._song), "small check-title")
            self._long = ui.label().classes("when quiet")
            self._words = ui.label().classes("pill")
            self._ready = ui.label().classes("pill")
            if (ask := acts.ask) is not None:
                press = button("", lambda: ask(self._song), "icon-btn", icon="mic")
                press.props(f'aria-label="{t("host.library.ask")}"')
            more = button("", lambda: acts.open(self._song), "icon-btn", icon="more_vert")
            more.props(f'aria-label="{t("host.more")}"').mark("more")
        self.card.mark(f"song-{song.id}").on("click", lambda: acts.tap(self._song), args=[])

    def mark_picked(self, picked: bool) -> None:
        self.card.classes(add="picked" if picked else "", remove="" if picked else "picked")

    def show(self, song: SongView) -> None:
        self._song = song
        self._title.set_text(song.title)
        brought = t("host.library.brought_by", name=song.brought_by) if song.brought_by else ""
        blocked = t("host.library.blocked") if song.blocked else ""
        whose = (blocked, song.artist or t("host.library.no_artist"), song.label, brought)
        self._artist.set_text(" · ".join(filter(None, whose)))
        self._cover.style(cover.style(song))
        self._check.set_visibility(song.unsure)
        self._twin.set_visibility(bool(song.twin) and not song.unsure)
        self._quick.set_visibility(song.readiness.quick)
        self._cut.set_visibility(song.cut_off)
        self._long.set_text(length(song.seconds))
        set_pill(self._words, words_pill(song))
        # A question that only the host can answer comes before what the box knows.
        asked = song.unsure or bool(song.twin)
        self._long.set_visibility(not asked)
        self._words.set_visibility(not asked and (song.has_words or song.readiness.can_start))
        set_pill(self._ready, readiness(song.readiness))
        failed = song.readiness.state is Ready.FAILED
        self._reason.set_visibility(failed and bool(song.readiness.reason))
        self._reason.set_text(of_note(song.readiness.reason))
