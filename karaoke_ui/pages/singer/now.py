"""Now: who sings, who is next, and the queue. Its rows are put into words once, however many phones show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from karaoke_ui import text
from karaoke_ui.pages.singer import phrases
from karaoke_ui.pages.singer.elements import Text, box, mark, tell
from karaoke_ui.pages.singer.parts import Applause
from karaoke_ui.pages.singer.phone import Phone
from karaoke_ui.show import clock
from karaoke_ui.show.tables import Partner, PlayState
from karaoke_ui.show.views import NowView, ShowView, TurnView
from karaoke_ui.text import plural, t, together

MOST_ROWS = 25


@dataclass(frozen=True)
class Line:
    """A turn that waits, as everybody reads it; whoever sings it reads “you”."""

    face: str
    # All who sing, by their ids.
    names: tuple[tuple[str, str], ...]
    title: str
    time: str
    # The night may end before it.
    late: bool = False

    @classmethod
    def of(cls, turn: TurnView, held: bool) -> "Line":
        """`held`: nobody knows when the show goes on."""
        along = ((each.id, each.name) for each in turn.who(Partner.YES))
        return cls(
            turn.face,
            ((turn.singer_id, turn.singer), *along),
            phrases.by(turn.title, turn.artist),
            "" if held or turn.too_late else text.clock(turn.expected_at),
            turn.too_late,
        )


class Lines:
    """The lines of the newest queue: a hundred phones are told the same one after the other."""

    queue: Sequence[TurnView] = ()
    held = False
    known: tuple[Line, ...] = ()

    @classmethod
    def of(cls, show: ShowView) -> tuple[Line, ...]:
        held = show.is_held
        if show.queue is not cls.queue or held != cls.held:
            lines = tuple(Line.of(turn, held) for turn in show.queue[:MOST_ROWS])
            # The same ones, where they read the same: a phone sees at a glance that nothing changed.
            cls.known = cls.known if lines == cls.known else lines
            cls.queue, cls.held = show.queue, held
        return cls.known


class Now:
    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._rows: list[Row] = []
        self._lines: tuple[Line, ...] = ()
        self._run: tuple[object, ...] = ()
        self._beat = False
        # What stands there while nobody sings.
        self._idle = ""
        with box("section", "page now") as self.page:
            Text("h2", t("singer.now.heading"), "quiet")
            with box("div", "card stage"):
                self._singer = Text("p", "", "place")
                self._song = Text("p", "", "what")
                with box("div", "bar") as self._bar:
                    self._fill = box("div")
                tell(self._bar, role="img", aria_label=t("singer.now.progress"))
            self._applause = Applause()
            self._next_heading = Text("h2", t("singer.now.next"), "quiet")
            self._list = box("ol", "queue")
            self._more = Text("p", "", "empty")

    def show(self, show: ShowView) -> None:
        self._show_stage(show)
        self._applause.show(claps=show.rules.reactions, lines=show.rules.messages)
        shown = Lines.of(show)
        if shown is not self._lines:
            self._lines = shown
            self._show_lines()
        self._next_heading.set_visibility(bool(shown))
        left = len(show.queue) - len(shown)
        self._more.text = plural("singer.now.more", left) if left else "" if shown else _nobody_waits(show)
        self._more.set_visibility(bool(self._more.text))

    def _show_lines(self) -> None:
        missing = len(self._lines) - len(self._rows)
        with self._list:
            self._rows += [Row(self._phone.singer.id) for _ in range(missing)]
        for number, row in enumerate(self._rows):
            row.line.set_visibility(number < len(self._lines))
            if number < len(self._lines):
                row.show(self._lines[number])

    def _show_stage(self, show: ShowView) -> None:
        now = show.now
        idle = (phrases.stopped(show) or t("singer.now.nobody")) if now is None else ""
        if now is None and self._idle == idle:
            return
        self._idle = idle
        self._bar.set_visibility(now is not None)
        if now is None:
            self._singer.text, self._song.text = idle, ""
            return
        self._singer.text = f"{''.join(now.faces)} {together(now.names)}".strip()
        paused = t("singer.now.paused") if now.state == PlayState.PAUSED else ""
        said = phrases.stopped(show) or paused
        self._song.text = " · ".join(filter(None, (phrases.by(now.title, now.artist), said)))
        self._show_progress(now)

    def _show_progress(self, now: NowView) -> None:
        """The bar runs in the browser, from the second that is heard now. Nothing ticks here."""
        run = (now.turn_id, now.state, now.position, now.at)
        if run == self._run and now.state != PlayState.PLAYING:
            return
        self._run = run
        self._beat = not self._beat  # another name starts the animation anew
        self._fill.style(
            replace=f"animation-name: run-{'a' if self._beat else 'b'}; animation-duration: {now.seconds:.1f}s;"
            f" animation-delay: {-now.second(clock.now()):.1f}s"
        )
        mark(self._fill, "held", now.state != PlayState.PLAYING)


def _nobody_waits(show: ShowView) -> str:
    if show.is_over:
        return t("singer.now.over")
    return t("singer.now.empty" if show.takes_songs else "singer.now.none")


class Row:
    def __init__(self, me: str) -> None:
        self._me = me
        self._shown: Line | None = None
        with box("li") as self.line:
            self._singer = Text("span", "", "who")
            self._title = Text("span", "", "what")
            self._time = Text("span", "", "time")

    def show(self, line: Line) -> None:
        if line == self._shown:
            return
        self._shown = line
        names = [t("singer.now.you") if each == self._me else name for each, name in line.names]
        mark(self.line, "me", any(each == self._me for each, _ in line.names))
        self._singer.text = f"{line.face} {together(names)}".strip()
        self._title.text = line.title
        self._time.text = t("singer.now.late") if line.late else line.time
