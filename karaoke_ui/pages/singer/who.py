"""Who sings: a name and a face. Asked for when a phone joins, and changed whenever somebody likes to."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from karaoke_ui import text
from karaoke_ui.pages.singer.elements import Text, box, tell
from karaoke_ui.show import people
from karaoke_ui.text import t
from pipeline.errors import EncoreError


class Who:
    """The field, the faces, and what is wrong with the name."""

    def __init__(self, face: str, name: str = "") -> None:
        field = ui.input(placeholder=t("singer.join.name"), value=name).props(
            f"borderless maxlength={people.MAX_NAME} autocomplete=nickname enterkeyhint=go autocapitalize=words"
        )
        self._name = field.classes("field").mark("name")
        tell(self._name, aria_label=t("singer.join.name"))
        self._wrong = Text("p", "", "wrong")
        tell(self._wrong, role="alert")
        self._faces: dict[str, Text] = {}
        with box("div", "faces") as faces:
            tell(faces, role="group", aria_label=t("singer.join.face"))
            for each in people.FACES:
                self._faces[each] = Text("button", each, "face").on("click", lambda f=each: self._choose(f))
                tell(self._faces[each], type="button")
        self._choose(face)

    async def say(self, act: Callable[[str, str], Awaitable[None]]) -> None:
        """Do something with name and face; what is wrong with them is said here."""
        name = str(self._name.value or "")
        if not name.strip():
            self._wrong.text = t("singer.join.nameless")
            return
        try:
            await act(name, self._face)
        except EncoreError as error:
            self._wrong.text = text.of_error(error)

    def _choose(self, face: str) -> None:
        self._face = face
        for each, button in self._faces.items():
            tell(button, aria_pressed="true" if each == face else "false")
