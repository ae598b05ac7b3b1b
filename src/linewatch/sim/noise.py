"""Noise: what a sensor reports of a true place, and of places where nothing is."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from linewatch.measure.angle import wrap
from linewatch.sight.kinds import Gives
from linewatch.sim.columns import Bools, Columns, Floats, Ints
from linewatch.sim.looks import LookTimes, Pairs
from linewatch.sim.node import EdgeNode

NOBODY: Final = -1
"""Target of a false detection."""

NEAREST_M: Final = 1.0
"""Least range that is reported [m]: noise must not carry a target behind the sensor."""


@dataclass(slots=True, eq=False, kw_only=True)
class Reports(Columns):
    """Detections as a structure of arrays.

    `target_id` and `kind` are the truth, `NOBODY` where there is none; range and
    azimuth are measured on the ground and from true north, and mean nothing where
    the sensor only tells presence.
    """

    look: Ints
    sensor: Ints
    time_s: Floats
    target_id: Ints
    kind: Ints
    range_m: Floats
    azimuth_rad: Floats


class Noise:
    """Errors, false detections and resolution cells of a set of sensors.

    Parameters
    ----------
    nodes : sequence of EdgeNode
        The sensors.
    resolution_sigmas : float
        Side of a resolution cell in standard deviations of the noise [-].
    errors, false, spots : numpy.random.Generator
        Streams for the errors of true detections, the number of false ones in each
        look, and their places: apart, so that looks may be cut into any blocks.
    """

    def __init__(
        self,
        nodes: tuple[EdgeNode, ...],
        *,
        resolution_sigmas: float,
        errors: np.random.Generator,
        false: np.random.Generator,
        spots: np.random.Generator,
    ) -> None:
        kinds = [one.sight.kind for one in nodes]
        eyes = [one.sight.eye for one in nodes]
        self._errors, self._false, self._spots = errors, false, spots
        self._cells = resolution_sigmas
        self.polar = np.array([kind.gives is Gives.POLAR for kind in kinds], bool)
        self._sigma_m = np.array([kind.sigma_range_m for kind in kinds])
        self._sigma_share = np.array([kind.sigma_range_share for kind in kinds])
        self._sigma_rad = np.array([kind.sigma_azimuth_rad for kind in kinds])
        self._false_per_look = np.array([kind.false_per_look for kind in kinds])
        self._reach_m = np.array([kind.widest_m for kind in kinds])
        self._middle_rad = np.array([eye.azimuth_rad for eye in eyes])
        self._sector_rad = np.array([eye.sector_rad for eye in eyes])
        self._turn_rad = np.array([one.convergence_rad for one in nodes])
        self._scale = np.array([one.scale for one in nodes])

    def sigma_m(self, sensor: Ints, range_m: Floats) -> Floats:
        """Return the standard deviation of the range [m]."""
        return self._sigma_m[sensor] + self._sigma_share[sensor] * range_m

    def true_polar(self, pairs: Pairs) -> tuple[Floats, Floats]:
        """Return range [m] on the ground and azimuth [rad] from true north, exact."""
        away = np.hypot(pairs.away_x_m, pairs.away_y_m) / self._scale[pairs.sensor]
        on_plane = np.arctan2(pairs.away_x_m, pairs.away_y_m)
        return away, (on_plane + self._turn_rad[pairs.sensor]) % (2 * np.pi)

    def measured(self, pairs: Pairs) -> Reports:
        """Return the reports of detected pairs, those of one cell as one, with errors.

        A sensor that only tells presence has one cell. The first target of a cell, by
        number, stands for the others.
        """
        away, azimuth = self.true_polar(pairs)
        first = self._first_of_cell(pairs, away, azimuth)
        pairs, away, azimuth = pairs.kept(first), away[first], azimuth[first]
        error = self._errors.standard_normal((len(pairs), 2))
        away = away + error[:, 0] * self.sigma_m(pairs.sensor, away)
        azimuth = azimuth + error[:, 1] * self._sigma_rad[pairs.sensor]
        return Reports(
            look=pairs.look,
            sensor=pairs.sensor,
            time_s=pairs.time_s,
            target_id=pairs.target_id,
            kind=pairs.kind,
            range_m=np.maximum(away, NEAREST_M),
            azimuth_rad=azimuth % (2 * np.pi),
        )

    def false_of(self, looks: LookTimes, down: Bools) -> Reports:
        """Return false detections, uniform over each sensor's field, Poisson a look.

        Looks that are `down` draw like the others and report nothing.
        """
        count = self._false.poisson(self._false_per_look[looks.sensor])
        look = np.repeat(np.arange(len(looks)), count)
        sensor = looks.sensor[look]
        place = self._spots.random((len(look), 2))
        turn = wrap((place[:, 1] - 0.5) * self._sector_rad[sensor])
        azimuth = self._middle_rad[sensor] + turn + self._turn_rad[sensor]
        away = self._reach_m[sensor] * np.sqrt(place[:, 0]) / self._scale[sensor]
        reports = Reports(
            look=look,
            sensor=sensor,
            time_s=looks.time_s[look],
            target_id=np.full(len(look), NOBODY),
            kind=np.full(len(look), NOBODY),
            range_m=np.maximum(away, NEAREST_M),
            azimuth_rad=azimuth % (2 * np.pi),
        )
        return reports.kept(~down[look])

    def _first_of_cell(self, pairs: Pairs, away: Floats, azimuth: Floats) -> Ints:
        """Return the rows of the first target in each resolution cell of each look."""
        sensor = pairs.sensor
        sigma, share = self._sigma_m[sensor], self._sigma_share[sensor]
        # Cells grow with range as the error does: the number is the integral of 1/cell.
        grown = np.log1p(share * away / sigma) / np.maximum(share, 1e-12)
        ring = np.floor(np.where(share > 0, grown, away / sigma) / self._cells)
        slice_ = np.floor(azimuth / (self._cells * self._sigma_rad[sensor]))
        polar = self.polar[sensor]
        cell = np.stack(
            (pairs.look, np.where(polar, ring, 0), np.where(polar, slice_, 0))
        )
        _, first = np.unique(cell, axis=1, return_index=True)
        return np.sort(first)
