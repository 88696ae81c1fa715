"""One song in a list of the phone, with the button that asks for it."""

from collections.abc import Awaitable, Callable

from karaoke_ui.pages.singer import phrases
from karaoke_ui.pages.singer.elements import Text, box, mark, tell
from karaoke_ui.parts import cover
from karaoke_ui.show.readiness import Ready
from karaoke_ui.show.views import SongView
from karaoke_ui.text import t


class Row:
    """One song. Rows stay where they are; what they show changes."""

    def __init__(self, press: Callable[[SongView, bool], Awaitable[None]]) -> None:
        self._song: SongView | None = None
        self._asked = False
        self._press = press
        self._note: Text | None = None
        with box("li", "song") as self.line:
            self._title = Text("h3")
            with Text("p") as self._artist:
                self._ready = Text("span", "", "pill")
            self._plus = Text("button", "+", "round").on("click", self._pressed)

    def show(self, song: SongView, asked: bool, second: str = "", *, taken: bool = True) -> None:
        """`second` stands below the title in place of whose song it is; `taken`: songs can be asked for."""
        self._song, self._asked = song, asked
        self._title.text = song.title
        self._artist.text = phrases.in_row(second or phrases.whose(song))
        self._ready.text = phrases.ready(song.readiness)
        mark(self._ready, "good", song.readiness.can_start)
        mark(self._ready, "bad", song.readiness.state is Ready.FAILED)
        self._show_note(phrases.note(song))
        self._plus.text = "✓" if asked else "+" if taken else "›"
        mark(self._plus, "asked", asked)
        mark(self._plus, "looks", not asked and not taken)
        leads = "asked" if asked else "ask" if taken else "about"
        tell(self._plus, aria_label=t(f"singer.search.{leads}", title=song.title))
        self.line.style(cover.style(song))

    def _show_note(self, note: str) -> None:
        """Most songs need none, and every element counts."""
        if note and self._note is None:
            with self._artist:
                self._note = Text("span", "", "note")
        if self._note is not None:
            self._note.text = note
            self._note.set_visibility(bool(note))

    async def _pressed(self) -> None:
        if self._song is not None:
            await self._press(self._song, self._asked)
