"""Small elements that act in the browser on their own: clock, faders, held buttons, words and the drop zone."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from itertools import count

from nicegui.element import Element

from karaoke_ui.show.clock import now as moment
from karaoke_ui.show.tables import PlayState
from karaoke_ui.show.views import NowView
from karaoke_ui.text import part, percent_sign, t

_stamps = count(1)

Later = Callable[[float], Awaitable[None]]


def clock_of(now: NowView) -> dict[str, object]:
    """What a browser needs to count the song's seconds itself, from the moment it hears this."""
    return {
        "stamp": next(_stamps),
        "second": round(now.second(moment()), 3),
        "seconds": now.seconds,
        "rate": now.tempo,
        "running": now.state == PlayState.PLAYING,
    }


class SongClock(Element, component="js/clock.js"):
    """Remaining time and the bar to seek on."""

    def __init__(self, seek: Later) -> None:
        super().__init__()
        self.props["texts"] = {key: t(f"host.clock.{key}") for key in ("left", "of", "seek", "hold")}
        self.props["clock"] = {"stamp": 0, "second": 0, "seconds": 0, "rate": 1.0, "running": False}
        self.props["ready"] = 1.0
        self.props["peaks"] = None
        self.mark("clock").on("seek", lambda e: seek(float(e.args)))

    def show(self, now: NowView) -> None:
        self.props["clock"] = clock_of(now)
        self.props["ready"] = round(now.separated / now.chunks, 3) if now.chunks else 1.0

    def show_peaks(self, peaks: dict[str, list[float]] | None) -> None:
        self.props["peaks"] = peaks


class StageWords(Element, component="js/words.js"):
    """The words that stand on the stage now."""

    def __init__(self) -> None:
        super().__init__()
        self.props["texts"] = {key: t(f"host.words.{key}") for key in ("none", "untimed", "over", "wait")}
        self.props["clock"] = None

    def show(self, now: NowView) -> None:
        self.props["clock"] = clock_of(now)
        self.props["track"] = now.track_id
        self.props["version"] = now.lyrics_id


class Fader(Element, component="js/fader.js"):
    """A level from 0 to 100 %, sent while it moves."""

    def __init__(self, text: str, tone: str, move: Later) -> None:
        super().__init__()
        self.props["text"] = text
        self.props["tone"] = tone
        self.props["level"] = 0
        self.props["unit"] = percent_sign()
        self.mark(tone).on("level", lambda e: move(float(e.args) / 100))

    def show(self, share: float) -> None:
        level = round(share * 100)
        if level != self.props["level"]:
            self.props["level"] = level

    def step(self, percent: int) -> None:
        self.run_method("step", percent)


class HoldButton(Element, component="js/hold.js"):
    """A button that has to be held for 0.6 s. `said` is what a screen reader calls it."""

    def __init__(self, text: str, said: str, icon: str, held: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self.props["text"] = text
        self.props["said"] = said
        self.props["icon"] = icon
        self.mark("hold").on("held", lambda _: held(), args=[])


class PressButton(Element, component="js/press.js"):
    """A button that works as long as it is held."""

    def __init__(self, text: str, press: Callable[[bool], Awaitable[None]]) -> None:
        super().__init__()
        self.props["text"] = text
        self.props["on"] = False
        self.on("press", lambda e: press(bool(e.args)))

    def show(self, on: bool) -> None:
        if on != self.props["on"]:
            self.props["on"] = on


@dataclass(frozen=True)
class Scale:
    """The values a stepper goes through; `own` is the song's own one."""

    least: int
    most: int
    by: int
    own: int
    unit: str = ""


class Stepper(Element, component="js/step.js"):
    """A value with a minus and a plus of 56 pixels."""

    def __init__(self, name: str, scale: Scale, change: Callable[[int], Awaitable[None]]) -> None:
        super().__init__()
        self.props["texts"] = {key: t(f"host.{name}.{key}") for key in ("name", "less", "more", "back")}
        self.props["value"] = scale.own
        self.props.update(asdict(scale) | {"unit": scale.unit.replace("%", percent_sign())})
        self.mark(name).on("step", lambda e: change(int(e.args)))

    def show(self, value: int) -> None:
        if value != self.props["value"]:
            self.props["value"] = value

    def step(self, direction: int) -> None:
        self.run_method("step", direction)


class Ticker(Element, component="js/ticker.js"):
    """Words with a time in them that runs on by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.props["told"] = {"words": "", "seconds": 0, "by": 1}

    def say(self, words: str, seconds: float, by: int) -> None:
        """`{time}` in the words is so many seconds now; `by` is 1 where it counts up, -1 where down."""
        self.props["told"] = {"words": words, "seconds": round(seconds, 2), "by": by}


class Keys(Element, component="js/keys.js"):
    """The keyboard: tells the name of what a key stands for."""

    def __init__(self, press: Callable[[str], Awaitable[None]]) -> None:
        super().__init__()
        self.mark("keys").on("press", lambda e: press(str(e.args)))


class Language(Element, component="js/language.js"):
    """What a language is called, as the browser knows it."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.props["code"] = code
        self.mark("language-name")


class Awake(Element, component="js/awake.js"):
    """Keeps the screen on where the browser allows, and tells whether it does."""

    def __init__(self, told: Callable[[bool], None]) -> None:
        super().__init__()
        self.mark("awake").on("awake", lambda e: told(bool(e.args)))


class DropZone(Element, component="js/drop.js"):
    """Where files are dropped or chosen, and the list of how each of them fared."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.props["url"] = url
        self.props["accept"] = "audio/*,video/*,.lrc,.txt,.cdg,.zip,.flac,.opus,.m4a,.mka,.wma"
        self.props["texts"] = part("host.drop")
        self.props["big"] = False

    def show_big(self, big: bool) -> None:
        self.props["big"] = big
