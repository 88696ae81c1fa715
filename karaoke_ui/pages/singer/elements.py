"""HTML as it is meant: a button is a button and a list a list, for thumbs, keyboards and screen readers alike."""

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement


class Text(TextElement):
    """Text in a tag of our choice. It is shown as text only, whatever a guest types."""

    def __init__(self, tag: str, text: str = "", classes: str = "") -> None:
        super().__init__(tag=tag, text=text)
        self.classes(classes)


def box(tag: str, classes: str = "") -> ui.element:
    return ui.element(tag).classes(classes)


def tell(element: ui.element, **attributes: str | bool) -> None:
    """Set attributes (`aria_label` is `aria-label`), and send the element again only when one differs."""
    for name, value in attributes.items():
        key = name.replace("_", "-")
        if element.props.get(key) != value:
            element.props[key] = value


def mark(element: ui.element, name: str, on: bool) -> None:
    """Give an element a class, or take it away."""
    if (name in element.classes) != on:
        element.classes(add=name if on else None, remove=None if on else name)
