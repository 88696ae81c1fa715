"""Who sings: a name and a face. Asked for when a phone joins, and changed whenever somebody likes to."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui
from sqlmodel import Session, col, select

from karaoke_ui import text, tongue
from karaoke_ui.pages.singer.elements import Text, box, tell
from karaoke_ui.show import night, people
from karaoke_ui.show.tables import Guest, Singer
from karaoke_ui.text import t
from pipeline.errors import EncoreError


def free_face(s: Session) -> str:
    """A first guess: one that few have tonight, best nobody."""
    here = select(Singer.face).join(Guest, col(Guest.singer_id) == Singer.id)
    taken = Counter(s.exec(here.where(Guest.night_id == night.current(s).id)))
    fewest = min(taken[each] for each in people.FACES)
    return random.choice([each for each in people.FACES if taken[each] == fewest])  # noqa: S311 - no secret


def languages() -> None:
    """In which language this phone is spoken to: with a press the page begins anew."""
    with box("div", "people tongues") as them:
        tell(them, role="group", aria_label=t("singer.me.language"))
        for each in text.languages():
            button = Text("button", text.NAMES[each], "person")
            button.on("click", partial(tongue.ask_for, each), args=[]).mark(f"language-{each}")
            pressed = "true" if each == text.language() else "false"
            tell(button, type="button", lang=each, aria_pressed=pressed)


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
        self._said = False
        self._faces: dict[str, Text] = {}
        with box("div", "faces") as faces:
            tell(faces, role="group", aria_label=t("singer.join.face"))
            for each in people.FACES:
                self._faces[each] = Text("button", each, "face").on("click", lambda f=each: self._choose(f))
                tell(self._faces[each], type="button")
        self._choose(face)

    async def say(self, act: Callable[[str, str], Awaitable[None]]) -> None:
        """Do something with name and face, once; what is wrong with them is said here."""
        if self._said:
            return
        name = str(self._name.value or "")
        if not name.strip():
            self._wrong.text = t("singer.join.nameless")
            return
        self._said = True
        try:
            await act(name, self._face)
        except EncoreError as error:
            self._said = False
            self._wrong.text = text.of_error(error)

    def _choose(self, face: str) -> None:
        self._face = face
        for each, button in self._faces.items():
            tell(button, aria_pressed="true" if each == face else "false")
