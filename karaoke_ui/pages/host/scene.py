"""What the room sees now, said in a line for the host: applause, a name that is up, a hold, a break."""

from karaoke_ui.pages.host.parts import Ticker
from karaoke_ui.pages.host.wording import clock
from karaoke_ui.show.clock import now as moment
from karaoke_ui.show.tables import Scene
from karaoke_ui.show.views import ShowView
from karaoke_ui.text import t, together

STOPPED = (Scene.HOLD, Scene.BREAK)
CALLING = (Scene.CALLED, Scene.WAITING)


class SceneLine:
    """One line at the top of what plays; gone while a song simply plays."""

    def __init__(self) -> None:
        self._said: tuple[str, float] | None = None
        self._line = Ticker().classes("scene-line").props("role=status")

    def show(self, show: ShowView) -> None:
        words = scene_says(show)
        self._line.set_visibility(bool(words))
        told = (words, show.scene.at)
        if words and told != self._said:
            self._line.classes(
                add="warm" if show.scene.name in STOPPED else "",
                remove="" if show.scene.name in STOPPED else "warm",
            )
            self._line.say(words, moment() - show.scene.at, 1)
        self._said = told


def scene_says(show: ShowView) -> str:
    """Empty where there is nothing to say: the song plays, or the night has not begun.

    The words' card counts to the first word: a line for so short a time would move the buttons under it.
    """
    scene = show.scene
    called = scene.called
    match scene.name:
        case Scene.APPLAUSE if show.last is not None:
            return t("host.scene.applause", singer=together(show.last.names))
        case Scene.CALLED if called is not None:
            return t("host.scene.called", singer=together(called.names), time="{time}")
        case Scene.WAITING if called is not None:
            return t("host.scene.waiting", singer=together(called.names), time="{time}")
        case Scene.HOLD:
            return t("host.scene.hold", time="{time}")
        case Scene.BREAK if scene.until is not None:
            return t("host.scene.break", at=clock(scene.until))
        case Scene.CLOSING:
            return t("host.scene.closing")
        case Scene.CREDITS:
            return t("host.scene.credits")
    return ""
