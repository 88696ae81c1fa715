"""The steps that make a track singable, in their order. Each is idempotent: run again, it goes on where it was cut."""

from importlib import import_module
from typing import TYPE_CHECKING

from pipeline.tables import Lane

if TYPE_CHECKING:
    from pipeline.work import Work

ORDER: tuple[tuple[str, Lane], ...] = (
    ("decode", Lane.PREPARE),
    ("words", Lane.PREPARE),
    ("separate", Lane.SEPARATE),
)


def run(name: str, work: "Work") -> None:
    """Import a step only where it runs: the separator's needs torch, which takes seconds to load."""
    import_module(f"pipeline.steps.{name}").run(work)


def after(name: str) -> tuple[str, Lane] | None:
    names = [step for step, _ in ORDER]
    place = names.index(name) + 1
    return ORDER[place] if place < len(ORDER) else None
