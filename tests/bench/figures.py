"""What a measurement found, and the table in which it is read."""

from dataclasses import dataclass
from math import isnan


@dataclass(frozen=True)
class Figure:
    """One number. With a limit it is `ok` or `over`; `note` says what it was measured against."""

    what: str
    value: float
    unit: str
    limit: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.limit is None:
            return ""
        return "ok" if self.value <= self.limit else "over"


def seconds(what: str, value: float, limit: float | None = None, note: str = "") -> Figure:
    return Figure(what, value, "s", limit, note)


def milliseconds(what: str, value: float, limit: float | None = None, note: str = "") -> Figure:
    """`value` and `limit` are in seconds, as clocks give them."""
    return Figure(what, value * 1000, "ms", None if limit is None else limit * 1000, note)


def ratio(what: str, ours: float, theirs: float, peer: str, limit: float | None = None) -> Figure:
    """How long ours took, as a share of what the peer took for the same thing in the same run."""
    return Figure(what, ours / theirs, "×", limit, f"{ours:.2f} s against {theirs:.2f} s of {peer}")


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-round(share * 100) * len(ordered) // 100) - 1)]


def table(found: list[Figure]) -> str:
    rows = [("", "measured", "limit", "of it", "", "")]
    for figure in found:
        limit = "" if figure.limit is None else _number(figure.limit, figure.unit)
        share = f"{figure.value / figure.limit:.0%}" if figure.limit else ""
        rows.append(
            (figure.what, _number(figure.value, figure.unit), limit, share, figure.verdict, figure.note)
        )
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    what, *numbers, verdict, note = row
    cells = [what.ljust(widths[0])]
    cells += [cell.rjust(width) for cell, width in zip(numbers, widths[1:4], strict=True)]
    return "  ".join([*cells, verdict.ljust(widths[4]), note]).rstrip()


def _number(value: float, unit: str) -> str:
    if isnan(value):
        return "–"
    digits = {"s": 2, "×": 2, "ms": 1, "%": 1, "MB": 1}.get(unit, 0)
    return f"{value:.{digits}f} {unit}".rstrip()
