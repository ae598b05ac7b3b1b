"""Zones: stretches where another authority holds, between two dates."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from linewatch.area.line import SLACK_M, Line
from linewatch.errors import BadValue
from linewatch.measure.clock import to_date
from linewatch.scenario.table import number, read_table, words

COLUMNS: Final = (
    "name",
    "kind",
    "from_km",
    "to_km",
    "start",
    "start_precision",
    "end",
    "told_length",
    "note",
    "source",
)

PRECISIONS: Final = ("day", "month")
"""How exactly the sources give a start: a month's is carried as its first day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A zone along the line.

    Parameters
    ----------
    name, kind : str
        What it is called, and what it is, such as ``national defense area``.
    from_m, to_m : float or None
        Its edges as chainage [m]; None where no source gives them.
    start : date
        First day that it holds; see `start_precision`.
    start_precision : str
        ``day``, or ``month`` when only the month is known and `start` is its first.
    end : date or None
        Day from which it holds no more; None while it is open.
    told_length : str
        Its length as the sources tell it, contradictions kept.
    note, source : str
        What to know, and where it was told.
    """

    name: str
    kind: str
    from_m: float | None
    to_m: float | None
    start: date
    start_precision: str
    end: date | None
    told_length: str
    note: str
    source: str

    @property
    def edges_known(self) -> bool:
        """Whether both edges are known; without them nobody can say what is inside."""
        return self.from_m is not None and self.to_m is not None

    def holds(self, on: date) -> bool:
        """Tell whether it holds on a date."""
        return self.start <= on and (self.end is None or on < self.end)

    def covers(self, chainage_m: float) -> bool | None:
        """Tell whether a chainage [m] lies inside: None when the edges are unknown."""
        if self.from_m is None or self.to_m is None:
            return None
        return self.from_m <= chainage_m <= self.to_m


def read_zones(path: Path, line: Line) -> tuple[Zone, ...]:
    """Read zones in the order of the file; empty edges are unknown ones.

    Raises
    ------
    BadFile
        If the file is no table of zones.
    BadLines
        If rows are bad.
    """

    def zone(cells: dict[str, str]) -> Zone:
        from_m, to_m = _edge(cells, "from_km", line), _edge(cells, "to_km", line)
        if from_m is not None and to_m is not None and not from_m < to_m:
            raise BadValue("from_km", "below to_km", cells["from_km"])
        start = to_date(cells["start"])
        end = to_date(cells["end"]) if cells["end"] else None
        if end is not None and not start < end:
            raise BadValue("end", f"after {start}", end)
        if cells["start_precision"] not in PRECISIONS:
            got = cells["start_precision"]
            raise BadValue("start_precision", "day or month", repr(got))
        return Zone(
            name=words(cells, "name"),
            kind=words(cells, "kind"),
            from_m=from_m,
            to_m=to_m,
            start=start,
            start_precision=cells["start_precision"],
            end=end,
            told_length=cells["told_length"],
            note=cells["note"],
            source=words(cells, "source"),
        )

    return tuple(one for _, one in read_table(path, COLUMNS).read(zone))


def _edge(cells: dict[str, str], column: str, line: Line) -> float | None:
    """Return an edge [m], None when its cell is empty."""
    if not cells[column]:
        return None
    edge_m = number(cells, column) * 1000
    if not 0 <= edge_m <= line.length_m + SLACK_M:
        most = f"0 to {line.length_m / 1000:.3f}"
        raise BadValue(column, f"{most} or empty", cells[column])
    return min(edge_m, line.length_m)
