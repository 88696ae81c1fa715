"""Parts of the phone that live in its browser: one element each, however much they show."""

from collections.abc import Callable, Sequence
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from karaoke_ui.pages.singer.elements import tell
from karaoke_ui.reactions import EMOJIS
from karaoke_ui.show.asking import MAX_MESSAGE
from karaoke_ui.text import part, t


class Chips(Element, component="js/chips.js"):
    """Lists to choose from."""

    def __init__(self, label: str, choose: Callable[[str], Any]) -> None:
        super().__init__()
        self.props["label"] = label
        self.mark("chips").on("choose", lambda event: choose(str(event.args)))

    def show(self, items: Sequence[tuple[str, str]], chosen: str) -> None:
        named = [{"id": each, "name": name} for each, name in items]
        if self.props.get("items") != named:
            self.props["items"] = named
        tell(self, chosen=chosen)


class Listen(Element, component="js/listen.js"):
    """A few seconds to listen to, and the heart that makes a song a favourite."""

    def __init__(self, sound: str, heart: str, loved: bool, love: Callable[[bool], Any]) -> None:
        super().__init__()
        self.props["sound"] = sound
        self.props["heart"] = heart
        self.props["loved"] = loved
        self.props["texts"] = {each: t(f"singer.sheet.{each}") for each in ("listen", "stop", "silent")}
        self.mark("listen").on("love", lambda event: love(event.args is True))


class Applause(Element, component="js/applause.js"):
    """Emojis that fly over the TV, and a line for the room."""

    def __init__(self) -> None:
        super().__init__()
        self.props["texts"] = part("singer.applause")
        self.props["most"] = MAX_MESSAGE
        self._shown: tuple[bool, bool] | None = None
        self.mark("applause")

    def show(self, *, claps: bool, lines: bool) -> None:
        if self._shown == (claps, lines):
            return
        self._shown = (claps, lines)
        self.props["emojis"] = list(EMOJIS) if claps else []
        tell(self, mayWrite=lines)
        self.set_visibility(claps or lines)


class Signal(Element, component="js/signal.js"):
    """Calls the singer by all that the phone can do."""

    def __init__(self) -> None:
        super().__init__()
        self.props["texts"] = part("singer.signal")
        self.call("", "", "")

    def call(self, kind: str, moment: str, words: str) -> None:
        """`words`: what the title of the page says meanwhile."""
        tell(self, kind=kind, moment=moment, words=words)


class Reader(Element, component="js/reader.js"):
    """Tells a screen reader of the whole screen, and leads the keyboard there."""

    def __init__(self) -> None:
        super().__init__()
        self.show("", is_open=False)
        self.cover(is_covered=False)

    def show(self, words: str, *, is_open: bool) -> None:
        """What is said at once, and whether the screen around it is filled."""
        tell(self, words=words, isOpen=is_open)

    def cover(self, *, is_covered: bool) -> None:
        """Whether a sheet lies above it."""
        tell(self, isCovered=is_covered)


class Back(Element, component="js/back.js"):
    """The phone's back button."""

    def __init__(self, back: Callable[[], Any]) -> None:
        super().__init__()
        self.on("back", lambda _: back())
        self.mark("back-button")

    def show(self, page: str, *, deep: bool) -> None:
        tell(self, deep=deep, page=page)


class Ask(Element, component="js/ask.js"):
    """Key, who sings along and message, and the press that asks: see the component for what each property is."""

    def __init__(self, done: Callable[[str], Any], **props: Any) -> None:
        super().__init__()
        self.props["texts"] = part("singer.ask")
        self.props["most"] = MAX_MESSAGE
        for name, value in props.items():
            self.props[name] = value

        def heard(event: GenericEventArguments) -> Any:
            return done(str(event.args))

        self.mark("ask").on("done", heard)
