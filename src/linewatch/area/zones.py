"""Zones: stretches where another authority holds, between two dates."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from linewatch.area.line import SLACK_M, Line
from linewatch.area.polygon import Shape, read_shape
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

MORE: Final = (*COLUMNS, "sectors", "notice", "polygon")
"""Columns of a table that also tells where zones whose edges are unknown may lie."""

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
    sectors : tuple of str
        Sectors that it is told to lie in; empty where nobody told.
    notice : date or None
        Day from which notice of it stands on the ground and is on record; None without.
    shape : Shape or None
        Its area, where a file holds it.
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
    sectors: tuple[str, ...] = ()
    notice: date | None = None
    shape: Shape | None = None

    @property
    def edges_known(self) -> bool:
        """Whether its edges are known; without them nobody can say what is inside."""
        told = self.from_m is not None and self.to_m is not None
        return told or self.shape is not None

    def holds(self, on: date) -> bool:
        """Tell whether it holds on a date."""
        return self.start <= on and (self.end is None or on < self.end)

    def covers(self, chainage_m: float) -> bool | None:
        """Tell whether a chainage [m] lies inside: None when the edges are unknown."""
        inside, outside = self.meets(chainage_m, chainage_m)
        return None if inside and outside else inside

    def meets(self, from_m: float, to_m: float) -> tuple[bool, bool]:
        """Tell whether a stretch [m] may lie inside, and whether it may lie outside.

        Both where part of it lies inside, and where the edges are unknown.
        """
        if self.shape is not None:
            cuts = self.shape.along(from_m, to_m)
            return any(cuts), not all(cuts)
        if self.from_m is None or self.to_m is None:
            return True, True
        inside = self.from_m <= to_m and from_m <= self.to_m
        return inside, not (self.from_m <= from_m and to_m <= self.to_m)


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
        told = (part.strip() for part in cells.get("sectors", "").split(";"))
        file, notice = cells.get("polygon", ""), cells.get("notice", "")
        if file and (from_m is not None or to_m is not None):
            raise BadValue("polygon", "given without from_km and to_km", file)
        return Zone(
            sectors=tuple(part for part in told if part),
            notice=to_date(notice) if notice else None,
            shape=read_shape(path.parent / file, line) if file else None,
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

    return tuple(one for _, one in read_table(path, COLUMNS, MORE).read(zone))


def _edge(cells: dict[str, str], column: str, line: Line) -> float | None:
    """Return an edge [m], None when its cell is empty."""
    if not cells[column]:
        return None
    edge_m = number(cells, column) * 1000
    if not 0 <= edge_m <= line.length_m + SLACK_M:
        most = f"0 to {line.length_m / 1000:.3f}"
        raise BadValue(column, f"{most} or empty", cells[column])
    return min(edge_m, line.length_m)
