"""HTML as it is meant: a button is a button and a list a list, for thumbs, keyboards and screen readers alike."""

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement


class Plain(ui.element):
    """Is shown or not. NiceGUI asks with each change what else depends on it: nothing does on a phone, and there are many."""

    _seen = True

    @property
    def visible(self) -> bool:
        return self._seen

    @visible.setter
    def visible(self, on: bool) -> None:
        if on != self._seen:
            self._seen = on
            self._handle_visibility_change(on)  # type: ignore[arg-type]  # its name says otherwise


class Text(Plain, TextElement):
    """Text in a tag of our choice. It is shown as text only, whatever a guest types."""

    _words = ""

    def __init__(self, tag: str, text: str = "", classes: str = "") -> None:
        super().__init__(tag=tag, text=text)
        self.classes(classes)

    @property
    def text(self) -> str:
        return self._words

    @text.setter
    def text(self, words: str) -> None:
        if words != self._words:
            self._words = words
            self._handle_text_change(words)


def box(tag: str, classes: str = "") -> Plain:
    return Plain(tag).classes(classes)


def tell(element: ui.element, **attributes: str | bool) -> None:
    """Set attributes (`aria_label` is `aria-label`), and send the element again only when one differs."""
    for name, value in attributes.items():
        key = name.replace("_", "-")
        if element.props.get(key) != value:
            element.props[key] = value


def read_out(*selectors: str) -> None:
    """Let the first of these have the focus, and be read, once what had it is gone."""
    found = " || ".join(f"document.querySelector({each!r})" for each in selectors)
    ui.run_javascript(
        "(function look(tries) { setTimeout(() => {"
        f" if (document.activeElement.matches('body, .q-dialog__inner')) ({found})?.focus({{ preventScroll: true }});"
        " else if (tries) look(tries - 1); }, 400); })(6)"
    )


def mark(element: ui.element, name: str, on: bool) -> None:
    """Give an element a class, or take it away."""
    if (name in element.classes) != on:
        element.classes(add=name if on else None, remove=None if on else name)
