"""Approach: where along the line units come, and from where to where they go."""

from dataclasses import dataclass

import numpy as np

from linewatch.area import Area
from linewatch.sim.columns import Floats, Ints
from linewatch.sim.settings import SimSettings

BIN_M = 500.0
"""Length of the pieces of the line that share one approach [m]."""

CHORDS_M = (10_000.0, 4_000.0, 1_500.0, 400.0)
"""Half lengths of line over which its direction is taken, the longest first [m].

A river bends back on itself within a kilometre; who crosses it heads across its course
and not across its bend. The shorter ones serve where the longest leads nowhere.
"""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Approach:
    """Pieces of the line, how many come over each, and from where to where.

    Parameters
    ----------
    from_m, length_m : ndarray of float64, shape (n,)
        Chainage at which each piece begins, and its length [m].
    persons_per_s : ndarray of float64, shape (n,)
        Persons that come over each piece [1/s].
    chord_m : ndarray of float64, shape (n,)
        Half length of line that each piece's direction is taken over [m].
    """

    from_m: Floats
    length_m: Floats
    persons_per_s: Floats
    chord_m: Floats

    @property
    def total_per_s(self) -> float:
        """Persons that come over the whole line [1/s]."""
        return float(self.persons_per_s.sum())

    def draw(self, count: int, dice: np.random.Generator) -> tuple[Floats, Ints]:
        """Return chainages [m] and pieces of `count` units, as the demand is spread."""
        ends = np.cumsum(self.persons_per_s)
        piece = np.searchsorted(ends, dice.random(count) * ends[-1], side="right")
        piece = np.minimum(piece, len(ends) - 1).astype(np.int64)
        return self.from_m[piece] + dice.random(count) * self.length_m[piece], piece


def approach_of(area: Area, *, month: str, settings: SimSettings) -> Approach:
    """Cut the line of `area` into pieces and find how each is approached in `month`.

    For each piece the longest chord of `CHORDS_M` is taken whose start lies south of
    the line and whose end lies north of it; the shortest where none does.
    """
    length = area.line.length_m
    count = max(1, int(np.ceil(length / BIN_M)))
    edges = np.linspace(0.0, length, count + 1)
    middle = (edges[:-1] + edges[1:]) / 2
    chord = np.full(count, CHORDS_M[-1])
    for half in CHORDS_M[-2::-1]:
        start, goal = ends_of(area, middle, np.full(count, half), settings)
        south = area.chainage_xy(*start)[1] < 0
        north = area.chainage_xy(*goal)[1] > 0
        chord = np.where(south & north, half, chord)
    rate = area.demand.rate_per_m_s(month, middle) * settings.persons_per_encounter
    return Approach(
        from_m=edges[:-1],
        length_m=np.diff(edges),
        persons_per_s=rate * np.diff(edges),
        chord_m=chord,
    )


def ends_of(
    area: Area, chainage_m: Floats, chord_m: Floats, settings: SimSettings
) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Return start and goal [m] on the plane of units that cross at chainages [m]."""
    x, y = area.place_xy(chainage_m)
    west = area.place_xy(np.maximum(chainage_m - chord_m, 0.0))
    east = area.place_xy(np.minimum(chainage_m + chord_m, area.line.length_m))
    along_x, along_y = east[0] - west[0], east[1] - west[1]
    norm = np.maximum(np.hypot(along_x, along_y), 1e-9)
    left_x, left_y = -along_y / norm, along_x / norm
    south, north = settings.south_m, settings.north_m
    return (
        (x - south * left_x, y - south * left_y),
        (x + north * left_x, y + north * left_y),
    )
