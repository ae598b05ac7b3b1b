"""Tally: what a simulated hour brought, held against the truth and against the plan."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.area import Area
from linewatch.sight import TARGET_NAMES, Lit, SightTable
from linewatch.sim import Scene
from linewatch.sim.units import CLASSES
from linewatch.watch.alert import Sighted
from linewatch.watch.score import Gospa, Paths, gospa
from linewatch.watch.values import Alert

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

NEAR_M: Final = 500.0
"""Distance within which an alert is counted as that of a target [m]: a camera's error
in range is 5 % of some 8 km."""

IN_SIGHT: Final = 0.5
"""Least chance that one look of every sensor together finds a target, for the target to
be one that the picture is scored on [-]."""

CUT_M: Final = 100.0
"""Cut-off of GOSPA [m], as in the tracking benchmarks; its power is 2."""


@dataclass(slots=True)
class Tally:
    """Counts alerts against the truth of a simulated world, which the watch never sees.

    Parameters
    ----------
    area : Area
        Where the world is.
    table : SightTable
        The placed sensors.
    """

    area: Area
    table: SightTable
    alerted: set[int] = field(default_factory=set)
    false_alerts: int = 0
    crossing_alerts: int = 0
    _truth: list[Floats] = field(default_factory=list)
    _shown: list[Floats] = field(default_factory=list)
    _tracks: set[int] = field(default_factory=set)

    def note_alerts(self, alerts: tuple[Alert, ...], scene: Scene) -> None:
        """Find the unit that each crossing or rescue alert is about, if any is near."""
        for alert in alerts:
            if alert.kind not in {"crossing", "rescue"}:
                continue
            self.crossing_alerts += 1
            x, y = self.area.plane.to_plane(alert.lon_deg, alert.lat_deg)
            away = np.hypot(scene.x_m - float(x), scene.y_m - float(y))
            near = int(np.argmin(away)) if away.size else -1
            if near >= 0 and away[near] <= NEAR_M:
                # Walkers of one group go together: one alert is for all in reach.
                units = scene.unit_id[away <= max(NEAR_M / 5, away[near])]
                self.alerted.update(int(unit) for unit in units)
            else:
                self.false_alerts += 1

    def note_tracks(self, seen: Sighted) -> None:
        """Count the tracks that were ever confirmed."""
        self._tracks.update(seen.track_id.tolist())

    def note_picture(self, seen: Sighted, scene: Scene, light: Lit) -> None:
        """Score the picture of one instant on the targets that were in sight."""
        rows = np.array([TARGET_NAMES.index(name) for name in CLASSES])[scene.kind]
        chance = self.table.look_chance(
            scene.x_m,
            scene.y_m,
            rows,
            light,
            vx_mps=scene.vx_mps,
            vy_mps=scene.vy_mps,
        )
        found = 1 - np.prod(1 - chance, axis=0)
        seen_rows = found >= IN_SIGHT
        self._truth.append(
            _rows(
                scene.time_s,
                scene.target_id[seen_rows],
                scene.x_m[seen_rows],
                scene.y_m[seen_rows],
            )
        )
        self._shown.append(_rows(seen.time_s, seen.track_id, seen.x_m, seen.y_m))

    @property
    def tracks(self) -> int:
        """Number of tracks that were ever confirmed."""
        return len(self._tracks)

    def score(self) -> Gospa:
        """Score the pictures noted so far; all zero before the first."""
        return gospa(_paths(self._truth), _paths(self._shown), cutoff_m=CUT_M)


def _rows(time_s: float, ident: Longs, x_m: Floats, y_m: Floats) -> Floats:
    """Return rows (time, id, x, y) of one instant."""
    return np.column_stack([np.full(len(ident), time_s), ident, x_m, y_m])


def _paths(parts: list[Floats]) -> Paths:
    """Join the rows of several instants."""
    rows = np.concatenate([np.zeros((0, 4)), *parts])
    return Paths.of(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3])
