"""Aircraft on a beat: a camera that flies along its way and back, seen as stations.

Each station on the way is a placed sensor that looks once on the way out and once on
the way back, and dwells while the aircraft passes its stretch. A beat thus goes into
every sum that placed sensors go into.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from linewatch.errors import BadValue
from linewatch.sight.kind import SensorKind
from linewatch.sight.kinds import AIRCRAFT
from linewatch.sight.placed import Ground, Sight, Stand, place


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """A way that an aircraft flies, out and back without end.

    Parameters
    ----------
    name : str
        What to call it.
    way : sequence of (float, float)
        Corners of its way on the plane [m], two or more.
    speed_mps : float
        Speed over the ground [m/s].
    step_m : float, default 1,000
        Longest stretch that one station stands for [m].
    turn_s : float, default 0
        Time that a turn at an end takes [s].
    start_s : float, default 0
        When it leaves the first corner [s].
    """

    name: str
    way: Sequence[tuple[float, float]]
    speed_mps: float
    step_m: float = 1_000.0
    turn_s: float = 0.0
    start_s: float = 0.0

    def __post_init__(self) -> None:
        for name in ("speed_mps", "step_m"):
            if not 0 < getattr(self, name) < math.inf:
                raise BadValue(name, "above 0", getattr(self, name))
        if not self.turn_s >= 0:
            raise BadValue("turn_s", "0 or more", self.turn_s)
        if len(self.way) < 2 or not self.length_m > 0:
            raise BadValue("way", "two corners or more, apart", len(self.way))

    @property
    def length_m(self) -> float:
        """Length of the way, one way [m]."""
        corners = np.asarray(self.way, float)
        return float(np.hypot(*np.diff(corners, axis=0).T).sum())

    @property
    def period_s(self) -> float:
        """Time from one start to the next [s]."""
        return 2 * (self.length_m / self.speed_mps + self.turn_s)


def stations(
    ground: Ground, beat: Beat, *, kind: SensorKind = AIRCRAFT, cell_m: float = 60.0
) -> list[Sight]:
    """Return a beat as placed sensors, two a station: one for each way.

    Parameters
    ----------
    ground : Ground
        Terrain; the aircraft keeps the height of its kind's mast above it.
    beat : Beat
        Its way.
    kind : SensorKind
        Its camera.
    cell_m : float
        Cell of the lowest heights seen [m].

    Returns
    -------
    list of Sight
        Each looks once a period and stays as long as its stretch takes to fly. Use the
        chance of at least one detection, or a rule of one detection: looks of one
        station come a period apart.
    """
    corners = np.asarray(beat.way, float)
    legs = np.hypot(*np.diff(corners, axis=0).T)
    along_m = np.concatenate([[0.0], np.cumsum(legs)])
    count = max(math.ceil(beat.length_m / beat.step_m), 1)
    stretch_m = beat.length_m / count
    passing = replace(kind, period_s=beat.period_s, dwell_s=stretch_m / beat.speed_mps)
    out = []
    for number in range(count):
        away_m = (number + 0.5) * stretch_m
        x_m, y_m = (float(np.interp(away_m, along_m, corners[:, i])) for i in (0, 1))
        out_s = away_m / beat.speed_mps
        stand = Stand(name=f"{beat.name}-{number:03d}-out", x_m=x_m, y_m=y_m)
        seen = place(ground, passing, stand, cell_m=cell_m)
        phase_s = math.fmod(beat.start_s + out_s, beat.period_s)
        back_s = math.fmod(
            beat.start_s + beat.period_s - beat.turn_s - out_s, beat.period_s
        )
        out.append(replace(seen, phase_s=phase_s))
        out.append(replace(seen, name=f"{beat.name}-{number:03d}-back", phase_s=back_s))
    return out
