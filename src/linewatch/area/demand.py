"""Demand: how many people cross, by sector and month."""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linewatch.area.sectors import Sector
from linewatch.errors import BadFile, BadValue, OutsideArea, UnknownName
from linewatch.measure.clock import DAY_S
from linewatch.scenario.table import Faults, number, read_table, words

Floats = NDArray[np.float64]

COLUMNS: Final = ("month", "sector", "encounters", "basis")
COUNTED: Final = "counted"
ESTIMATED: Final = "estimated"

UNIFORM_PER_KM: Final = 1.0
"""Encounters a month and kilometre of a line that has no demand of its own: a weight
that is the same everywhere, and no claim about anybody [1/month/km]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Encounters a month and sector, spread evenly along each sector.

    Parameters
    ----------
    sectors : tuple of Sector
        Sectors in the order of chainage.
    encounters : mapping of str to ndarray, shape (sectors,)
        Encounters by month (``YYYY-MM``), one a sector; months grow.
    estimated : frozenset of str
        Months in which a figure was worked out rather than counted.
    source : str
        Where the figures come from.
    """

    sectors: tuple[Sector, ...]
    encounters: Mapping[str, Floats]
    estimated: frozenset[str]
    source: str

    @property
    def months(self) -> tuple[str, ...]:
        """Months with figures, the earliest first."""
        return tuple(self.encounters)

    @property
    def latest(self) -> str:
        """Latest month with figures."""
        return self.months[-1]

    def of(self, month: str) -> dict[str, float]:
        """Return the encounters of a month by sector's name.

        Raises
        ------
        UnknownName
            If there are no figures for the month.
        """
        names = (sector.name for sector in self.sectors)
        return dict(zip(names, self._of(month).tolist(), strict=True))

    def rate_per_m_s(self, month: str, chainage_m: ArrayLike) -> Floats:
        """Return encounters per metre of line and second at chainages [1/m/s].

        Parameters
        ----------
        month : str
            Month, ``YYYY-MM``.
        chainage_m : array_like of float
            Chainages [m], any shape, which the result has too.

        Raises
        ------
        UnknownName
            If there are no figures for the month.
        OutsideArea
            If a chainage lies off the line.
        """
        counts = self._of(month)
        at = np.asarray(chainage_m, dtype=np.float64)
        ends = np.array([sector.to_m for sector in self.sectors])
        if not np.all((at >= 0) & (at <= ends[-1])):
            raise OutsideArea("a chainage", f"the line of 0 to {ends[-1]:.1f} m")
        lengths = np.array([sector.length_m for sector in self.sectors])
        per_m_s = counts / lengths / seconds_of(month)
        inside = np.searchsorted(ends, at, side="right")
        return np.asarray(per_m_s[np.minimum(inside, len(self.sectors) - 1)])

    def _of(self, month: str) -> Floats:
        """Return the encounters of a month, one a sector."""
        if month not in self.encounters:
            raise UnknownName("month of demand", month, self.months)
        return self.encounters[month]


def seconds_of(month: str) -> float:
    """Return the seconds in a month, ``YYYY-MM`` [s].

    Examples
    --------
    >>> seconds_of("2025-02")
    2419200.0
    """
    year, number_of = (int(part) for part in month.split("-"))
    return monthrange(year, number_of)[1] * DAY_S


def read_demand(path: Path, sectors: tuple[Sector, ...]) -> Demand:
    """Read encounters by month and sector: a row for every sector of every month.

    The lines above the header that begin with ``#`` tell the source.

    Raises
    ------
    BadFile
        If the file is no table of demand or has no row.
    BadLines
        If rows are bad, twice there or missing.
    """
    table = read_table(path, COLUMNS)
    order = {sector.name: at for at, sector in enumerate(sectors)}
    counts: dict[str, Floats] = {}
    last_line: dict[str, int] = {}
    estimated = set[str]()
    faults = Faults(path)
    for at, one in table.read(lambda cells: _figure(cells, order)):
        row = counts.setdefault(one.month, np.full(len(sectors), np.nan))
        if not np.isnan(row[one.sector]):
            name = sectors[one.sector].name
            faults.add(at, f"{name} has a figure for {one.month} already")
        row[one.sector] = one.encounters
        last_line[one.month] = at
        estimated.update({one.month} if one.estimated else set())
    for month, row in counts.items():
        lacking = [sectors[k].name for k in np.flatnonzero(np.isnan(row))]
        if lacking:
            faults.add(last_line[month], f"{month} lacks {', '.join(lacking)}")
        row.flags.writeable = False
    faults.stop()
    if not counts:
        raise BadFile(path, "has no row; must have one for each month and sector")
    return Demand(
        sectors=sectors,
        encounters={month: counts[month] for month in sorted(counts)},
        estimated=frozenset(estimated),
        source=table.remark or path.name,
    )


@dataclass(frozen=True, slots=True)
class _Figure:
    """One row: encounters of a month in the sector of this number."""

    month: str
    sector: int
    encounters: float
    estimated: bool


def _figure(cells: dict[str, str], order: Mapping[str, int]) -> _Figure:
    """Check one row."""
    month, sector = cells["month"], words(cells, "sector")
    if not re.fullmatch(r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])", month):
        raise BadValue("month", "YYYY-MM", repr(month))
    if sector not in order:
        raise UnknownName("sector", sector, list(order))
    count = number(cells, "encounters")
    if not count >= 0:
        raise BadValue("encounters", "0 or above", f"{count:g}")
    basis = cells["basis"]
    if basis not in {COUNTED, ESTIMATED}:
        raise BadValue("basis", f"{COUNTED} or {ESTIMATED}", repr(basis))
    return _Figure(month, order[sector], count, basis == ESTIMATED)


def uniform_demand(sectors: tuple[Sector, ...], month: str) -> Demand:
    """Return demand that is the same along the whole line, for lines without any."""
    counts = np.array([sector.length_m for sector in sectors]) / 1000 * UNIFORM_PER_KM
    counts.flags.writeable = False
    return Demand(
        sectors=sectors,
        encounters={month: counts},
        estimated=frozenset({month}),
        source="no demand given: the same weight along the whole line",
    )
