"""Tables of observers in a terrain's own coordinates."""

import csv
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from linewatch.errors import BadFile, BadLines, BadValue
from linewatch.sight.limits import Limits

COLUMNS: Final = ("eye_id", "x", "y", "above_m", "target_above_m", "reach_m")
MORE: Final = ("near_m", "azimuth_deg", "sector_deg", "low_deg", "high_deg")
"""Columns that may be left out."""

MOST_ABOVE_M: Final = 100_000.0
MOST_REACH_M: Final = 10_000_000.0
"""Beyond these no number is a height in air, or a distance on the ground."""

FULL_DEG: Final = 360.0
UP_DEG: Final = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MapEye:
    """An observer in a terrain's own coordinates.

    Parameters
    ----------
    eye_id : str
        Name, and the name of its file.
    x, y : float
        Place in the terrain's coordinates.
    above_m, target_above_m : float
        Heights of the lens and of the target above the ground [m].
    reach_m : float
        Farthest horizontal distance that counts [m].
    near_m, azimuth_deg, sector_deg, low_deg, high_deg : float, optional
        Nearest distance, middle and width of the sector clockwise from the map's
        north, lowest and highest line of sight: all of the view by default.

    Raises
    ------
    BadValue
        If one breaks its rule.
    """

    eye_id: str
    x: float
    y: float
    above_m: float
    target_above_m: float
    reach_m: float
    near_m: float = 0.0
    azimuth_deg: float = 0.0
    sector_deg: float = 360.0
    low_deg: float = -90.0
    high_deg: float = 90.0

    def __post_init__(self) -> None:
        if not self.eye_id or any(mark in self.eye_id for mark in "/\\\0"):
            raise BadValue("eye_id", "a name that can be a file's", repr(self.eye_id))
        for name in ("x", "y"):
            if not math.isfinite(getattr(self, name)):
                raise BadValue(name, "finite", getattr(self, name))
        for name in ("above_m", "target_above_m"):
            if not 0 <= getattr(self, name) <= MOST_ABOVE_M:
                rule = f"from 0 to {MOST_ABOVE_M:,.0f}"
                raise BadValue(name, rule, getattr(self, name))
        if not 0 < self.reach_m <= MOST_REACH_M:
            rule = f"above 0 and at most {MOST_REACH_M:,.0f}"
            raise BadValue("reach_m", rule, self.reach_m)
        if not 0 <= self.near_m < self.reach_m:
            raise BadValue("near_m", "0 or more and below reach_m", self.near_m)
        if not 0 < self.sector_deg <= FULL_DEG:
            raise BadValue("sector_deg", "above 0 and at most 360", self.sector_deg)
        if not -UP_DEG <= self.low_deg < self.high_deg <= UP_DEG:
            got = (self.low_deg, self.high_deg)
            raise BadValue("low_deg and high_deg", "in order, from -90 to 90", got)

    @property
    def limits(self) -> Limits:
        """What of the view counts, besides the reach."""
        return Limits(
            near_m=self.near_m,
            azimuth_rad=math.radians(self.azimuth_deg),
            sector_rad=math.radians(self.sector_deg),
            low_rad=math.radians(self.low_deg),
            high_rad=math.radians(self.high_deg),
        )


def read_eyes(path: Path) -> tuple[MapEye, ...]:
    """Read observers from a CSV file with the columns `COLUMNS`, in any order.

    Columns of `MORE` may be there too; an empty place in one means all of the view.

    Raises
    ------
    BadFile
        If it is no such file, lacks a column, has another or has no line.
    BadLines
        If lines break their rules; all of them are told.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            names = tuple(name.strip() for name in reader.fieldnames or ())
            reader.fieldnames = list(names)
            rows = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadFile(path, f"is not a CSV file: {error}") from error
    needed = [name for name in names if name not in MORE]
    if sorted(needed) != sorted(COLUMNS) or len(set(names)) < len(names):
        rule = f"the columns {', '.join(COLUMNS)}, and may have {', '.join(MORE)}"
        raise BadFile(path, f"must have {rule}, not {names}")
    if not rows:
        raise BadFile(path, "holds no eye")
    eyes, faults = [], []
    taken: set[str] = set()
    for line, row in rows:
        try:
            eye = _eye(row)
        except (ValueError, TypeError) as error:
            faults.append((line, str(error)))
            continue
        if eye.eye_id in taken:
            faults.append((line, f"eye_id {eye.eye_id!r} is there twice"))
        taken.add(eye.eye_id)
        eyes.append(eye)
    if faults:
        raise BadLines(path, faults)
    return tuple(eyes)


def _eye(row: dict[str | Any, Any]) -> MapEye:
    """Make an eye of one line."""
    if None in row:
        raise BadValue("a line", "of one place a column", "longer")
    numbers = {}
    for name in (*COLUMNS[1:], *MORE):
        if name in MORE and not (row.get(name) or "").strip():
            continue
        try:
            numbers[name] = float(row[name])
        except (TypeError, ValueError) as error:
            raise BadValue(name, "a number", repr(row[name])) from error
    return MapEye(eye_id=(row["eye_id"] or "").strip(), **numbers)
