"""The steps that make a track singable, in their order. Each is idempotent: run again, it goes on where it was cut."""

from importlib import import_module
from typing import TYPE_CHECKING

from pipeline.tables import JobKind, Lane

if TYPE_CHECKING:
    from pipeline.work import Work

ORDER: dict[JobKind, tuple[tuple[str, Lane], ...]] = {
    JobKind.PREPARE: (
        ("fetch", Lane.PREPARE),
        ("decode", Lane.PREPARE),
        ("adopt", Lane.PREPARE),
        ("separate", Lane.SEPARATE),
        # The lane of the light work, so that the separator goes on with the next song.
        ("align", Lane.PREPARE),
        ("measure", Lane.PREPARE),
        ("film", Lane.PREPARE),
    ),
    JobKind.DESCRIBE: (
        ("describe", Lane.PREPARE),
        ("words", Lane.PREPARE),
        ("backdrop", Lane.PREPARE),
    ),
}

# They add to a song that can be sung already: one that fails is left out.
EXTRAS = frozenset({"align", "measure", "film", "describe", "backdrop"})


def run(name: str, work: "Work") -> None:
    """Import a step only where it runs: the separator's needs torch, which takes seconds to load."""
    import_module(f"pipeline.steps.{name}").run(work)


def after(name: str) -> tuple[str, Lane] | None:
    """The step that follows in its kind of job, None after the last."""
    order = ORDER[kind(name)]
    place = [step for step, _ in order].index(name) + 1
    return order[place] if place < len(order) else None


def comes_before(name: str, other: str) -> bool:
    """Whether one step is done before the other, in the same kind of job."""
    order = [step for step, _ in ORDER[kind(name)]]
    return order.index(name) < order.index(other)


def lane(name: str) -> Lane:
    return dict(ORDER[kind(name)])[name]


def kind(name: str) -> JobKind:
    return next(kind for kind, order in ORDER.items() if name in dict(order))
