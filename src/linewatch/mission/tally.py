"""Tally: what a simulated hour brought, held against the truth and against the plan."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from linewatch.area import Area
from linewatch.sight import TARGET_NAMES, Lit, SightTable
from linewatch.sim import Scene
from linewatch.sim.units import CLASSES
from linewatch.watch.alert import Sighted
from linewatch.watch.values import Alert

Floats = NDArray[np.float64]

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
    _gospa_m: list[float] = field(default_factory=list)
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
        truth = np.stack([scene.x_m, scene.y_m], axis=1)[found >= IN_SIGHT]
        tracks = np.stack([seen.x_m, seen.y_m], axis=1)
        self._gospa_m.append(_gospa_m(truth, tracks))

    @property
    def tracks(self) -> int:
        """Number of tracks that were ever confirmed."""
        return len(self._tracks)

    @property
    def gospa_m(self) -> float:
        """Mean GOSPA over the scored instants [m]; 0 before the first."""
        return float(np.mean(self._gospa_m)) if self._gospa_m else 0.0


def _gospa_m(truth: Floats, tracks: Floats) -> float:
    """Return GOSPA [m] (p 2, alpha 2) of places of shape (n, 2)."""
    gap = np.hypot(*(truth[:, None, :] - tracks[None, :, :]).transpose(2, 0, 1))
    cost = np.minimum(gap, CUT_M) ** 2
    rows, cols = linear_sum_assignment(cost)
    paired = cost[rows, cols][gap[rows, cols] < CUT_M]
    alone = len(truth) + len(tracks) - 2 * len(paired)
    return float(np.sqrt(paired.sum() + alone * CUT_M**2 / 2))
