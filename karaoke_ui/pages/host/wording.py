"""The words and shapes that the host's panel has for what the views say."""

from dataclasses import dataclass
from math import ceil

from nicegui.elements.label import Label

from karaoke_ui import text
from karaoke_ui.show.readiness import Readiness, Ready
from karaoke_ui.show.views import JobView, SongView
from karaoke_ui.text import of_note, percent, plural, t
from pipeline.tables import JobState

clock = text.clock


@dataclass(frozen=True)
class Pill:
    """A state: its words with a shape before them, and a tone that names a colour (never the only sign)."""

    words: str
    tone: str = ""


def length(seconds: float) -> str:
    """83.4 → “1:23”."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def key_words(half_tones: int) -> str:
    """-2 → “−2”, 2 → “+2”."""
    return f"{'+' if half_tones > 0 else '−' if half_tones < 0 else ''}{abs(half_tones)}"


def wait(seconds: float) -> str:
    if seconds < 30:
        return t("host.wait.moment")
    return plural("host.wait.minutes", ceil(seconds / 60))


def readiness(of: Readiness) -> Pill:
    match of.state:
        case Ready.READY:
            return Pill(t("host.ready.ready"), "good")
        case Ready.STARTABLE:
            return Pill(t("host.ready.startable"), "good")
        case Ready.SOON:
            return Pill(t("host.ready.soon", wait=wait(of.seconds)), "warm")
        case Ready.FAILED:
            return Pill(t("host.ready.failed"), "bad")


def words_pill(of: SongView) -> Pill:
    if not of.has_words:
        return Pill(t("host.ready.no_words"), "warm")
    return Pill(t("host.ready.weak_words"), "warm") if of.weak_words else Pill(t("host.ready.words"))


def job_says(job: JobView) -> str:
    """What happens to a song, as one would say it across the bar."""
    match job.state:
        case JobState.RUNNING:
            share = percent(job.progress) if job.progress and job.step != "words" else ""
            return t("host.step." + job.step, share=share).strip()
        case JobState.QUEUED:
            return t("host.step.queued")
        case JobState.FAILED:
            return of_note(job.error) or t("host.step.failed")
        case JobState.CANCELLED:
            return t("host.step.cancelled")
        case JobState.DONE:
            return t("host.step.done")


def set_pill(label: Label, pill: Pill) -> None:
    """Let a label show a state, touching only what differs; whether it is shown at all stays as it is."""
    label.set_text(pill.words)
    wanted = ["pill", *pill.tone.split(), *(each for each in label.classes if each == "hidden")]
    if list(label.classes) != wanted:
        label.classes(replace=" ".join(wanted))
