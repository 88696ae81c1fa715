"""Before the night: what is fine, what may get in the way, and what to do about it. A pure list from a few facts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from karaoke_ui.text import number, of_note, plural, quoted, t
from pipeline.model import ModelState

# What was heard and seen so long ago still counts for tonight.
TONIGHT_SECONDS = 12 * 3600.0
LITTLE_DISK_GB, NO_DISK_GB = 5.0, 1.0
# Seconds of work for a second of music: above the second a singer waits longer than the song is.
QUICK, SLOW = 0.5, 1.5
A_SONG_SECONDS = 240.0


class Health(StrEnum):
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class Tv:
    """The stage that would play."""

    id: str = ""
    connected: bool = False
    armed: bool = False
    heard_at: float | None = None
    # Its delays were measured, or are known to be none.
    has_offset: bool = False


@dataclass(frozen=True)
class Downloads:
    on: bool = True
    # Nobody has asked yet, or what came of it.
    works: bool | None = None
    # The note of what is wrong.
    problem: str = ""


@dataclass(frozen=True)
class Facts:
    now: float
    tv: Tv | None = None
    guest_seen_at: float | None = None
    address: str = ""
    workers_alive: bool = True
    # Seconds of work for a second of music; None: not measured yet.
    speed: float | None = None
    model: ModelState = field(default_factory=ModelState)
    downloads: Downloads = field(default_factory=Downloads)
    free_gb: float = 100.0
    # Titles of the songs that wait.
    waiting: int = 0
    no_words: tuple[str, ...] = ()
    weak_words: tuple[str, ...] = ()
    # The host's tablet can be kept awake; None: it did not say.
    awake: bool | None = None


@dataclass(frozen=True)
class Check:
    key: str
    health: Health
    words: str
    # What to do about it; empty when it is fine.
    mend: str = ""


def examine(facts: Facts) -> list[Check]:
    """Everything that was looked at, in the order in which a host would mend it."""
    return list(_checks(facts))


def _checks(facts: Facts) -> Iterator[Check]:
    yield _stage(facts)
    if facts.tv is not None and facts.tv.connected:
        yield _heard(facts, facts.tv)
        yield _said("offset", Health.GOOD if facts.tv.has_offset else Health.WARN)
    seen = facts.guest_seen_at is not None and facts.now - facts.guest_seen_at < TONIGHT_SECONDS
    yield _said("phone", Health.GOOD if seen else Health.BAD, address=facts.address)
    yield _workers(facts)
    yield _model(facts.model)
    yield _downloads(facts.downloads)
    little = facts.free_gb < LITTLE_DISK_GB
    disk = Health.BAD if facts.free_gb < NO_DISK_GB else Health.WARN if little else Health.GOOD
    yield _said("disk", disk, free=number(facts.free_gb, 0 if facts.free_gb >= 10 else 1))
    yield _words(facts)
    if facts.awake is not None:
        yield _said("awake", Health.GOOD if facts.awake else Health.WARN)


def _said(key: str, health: Health, **values: object) -> Check:
    """Its words are `preflight.<key>.<good|warn|bad>`, and `preflight.<key>.mend`."""
    mend = "" if health is Health.GOOD else t(f"preflight.{key}.mend", **values)
    return Check(key, health, t(f"preflight.{key}.{health.value}", **values), mend)


def _stage(facts: Facts) -> Check:
    if facts.tv is None or not facts.tv.connected:
        return _said("stage", Health.BAD, address=f"{facts.address}/stage")
    return _said("stage", Health.GOOD) if facts.tv.armed else _said("armed", Health.BAD)


def _heard(facts: Facts, tv: Tv) -> Check:
    heard = tv.heard_at is not None and facts.now - tv.heard_at < TONIGHT_SECONDS
    return _said("heard", Health.GOOD if heard else Health.BAD)


def _workers(facts: Facts) -> Check:
    if not facts.workers_alive:
        return _said("workers", Health.BAD)
    if facts.speed is None:
        return Check("workers", Health.GOOD, t("preflight.workers.unknown"))
    minutes = max(1, round(facts.speed * A_SONG_SECONDS / 60))
    health = Health.GOOD if facts.speed <= SLOW else Health.WARN
    which = "quick" if facts.speed <= QUICK else "fine" if facts.speed <= SLOW else "slow"
    mend = t("preflight.workers.slow_mend") if which == "slow" else ""
    return Check("workers", health, plural(f"preflight.workers.{which}", minutes), mend)


def _model(model: ModelState) -> Check:
    match model.state:
        case "ready" | "off" | "instead":
            return _said("model", Health.GOOD)
        case "missing":
            return _said("model", Health.BAD)
    return _said("model", Health.WARN)


def _downloads(downloads: Downloads) -> Check:
    if not downloads.on:
        return Check("downloads", Health.GOOD, t("preflight.downloads.off"))
    if downloads.works is None:
        return Check("downloads", Health.WARN, t("preflight.downloads.unknown"))
    if downloads.works:
        return _said("downloads", Health.GOOD)
    return Check("downloads", Health.BAD, t("preflight.downloads.bad"), of_note(downloads.problem))


def _words(facts: Facts) -> Check:
    if facts.no_words:
        count, titles = len(facts.no_words), _listed(facts.no_words)
        return Check(
            "words",
            Health.WARN,
            plural("preflight.words.none", count, titles=titles),
            plural("preflight.words.mend", count),
        )
    if facts.weak_words:
        count, titles = len(facts.weak_words), _listed(facts.weak_words)
        return Check(
            "words",
            Health.WARN,
            plural("preflight.words.weak", count, titles=titles),
            plural("preflight.words.mend", count),
        )
    return Check(
        "words", Health.GOOD, t("preflight.words.good" if facts.waiting else "preflight.words.nobody")
    )


def _listed(titles: tuple[str, ...]) -> str:
    return ", ".join(quoted(title) for title in titles[:3]) + (" …" if len(titles) > 3 else "")
