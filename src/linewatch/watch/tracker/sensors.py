"""The sensors that a tracker listens to, and where each can detect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linewatch.errors import BadValue
from linewatch.watch.tracker.arrays import Eyes, Fog, Maps
from linewatch.watch.tracker.fibre import Fibre

POLAR, BEARING, PLACE, FIBRE = 0, 1, 2, 3
"""What a sensor measures: range and azimuth, azimuth alone, a place, or a position
along a line."""

LEAST_CLUTTER: Final = 1e-4
"""False detections a scan that are reckoned with at least."""

CELL_M: Final = 2_000.0
"""Width of the tracker's cells along x [m]."""

Floats = NDArray[np.float64]


SHORTEST_S: Final = 0.01
"""Shortest time between two scans [s]: stamps within 5 ms of a scan belong to it."""

LONGEST_S: Final = 3.2e7
"""Longest time between two scans [s]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChanceMap:
    """Chance that one sensor detects, per cell of the plane.

    Parameters
    ----------
    chance : ndarray of uint8, shape (rows, cols)
        Chance times 255; rows from the south, columns from the west.
    west_m, south_m : float
        Outer corner [m].
    cell_m : float
        Side of a cell [m].
    """

    chance: NDArray[np.uint8]
    west_m: float
    south_m: float
    cell_m: float

    def __post_init__(self) -> None:
        if self.chance.ndim != 2 or self.chance.dtype != np.uint8:
            raise BadValue("chance", "rows by columns of uint8", self.chance.shape)
        if not self.cell_m > 0:
            raise BadValue("cell_m", "above 0", self.cell_m)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClutterMap:
    """Density of one sensor's false detections, per cell of the plane.

    Parameters
    ----------
    per_km2 : ndarray of float, shape (rows, cols)
        False detections a scan [1/km2]; rows from the south, columns from the west.
        Beyond the map the sensor's `clutter_per_scan` holds.
    west_m, south_m : float
        Outer corner [m].
    cell_m : float
        Side of a cell [m].
    """

    per_km2: Floats
    west_m: float
    south_m: float
    cell_m: float

    def __post_init__(self) -> None:
        if self.per_km2.ndim != 2 or not (self.per_km2 >= 0).all():
            raise BadValue(
                "per_km2", "rows by columns of 0 or more", self.per_km2.shape
            )
        if not self.cell_m > 0:
            raise BadValue("cell_m", "above 0", self.cell_m)


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorTable:
    """Every sensor, one row each, as arrays of shape (n,).

    Parameters
    ----------
    sensor_id : array of int
        Distinct ids.
    x_m, y_m : array
        Places on the plane [m].
    sigma_range_m, sigma_azimuth_rad : array
        One sigma of a detection [m], [rad].
    pd : array
        Chance to detect a target in reach at one look.
    clutter_per_scan : array
        Mean false detections a scan.
    range_m : array
        Reach [m].
    period_s, phase_s : array
        Scan k is at phase_s + k period_s [s]. A period of 0 means no schedule: its
        detections count, its silence says nothing.
    kind : array, optional
        `POLAR` (default), `BEARING`, `PLACE` or `FIBRE`.
    middle_rad, half_rad : array, optional
        Middle and half width of the sector seen [rad]; all round by default.
    maps : mapping of int to ChanceMap
        By row. Where there is one it takes the place of `pd`.
    min_radial_mps : array, optional
        Speed towards or away below which it detects nothing [m/s]; 0 by default.
    sigma_range_rate_mps : array, optional
        One sigma of a range rate [m/s]; 0, the default, where rates are not used.
    range_rate_span_mps : array, optional
        Width of the span over which clutter's range rates spread evenly [m/s].
    clutter_maps : mapping of int to ClutterMap
        By row. Where there is one it takes the place of `clutter_per_scan`.
    fibres : mapping of int to Fibre
        By row, one for each `FIBRE`; place and reach follow from it, and
        `sigma_range_m` is along it.
    """

    sensor_id: NDArray[np.int64]
    x_m: Floats
    y_m: Floats
    sigma_range_m: Floats
    sigma_azimuth_rad: Floats
    pd: Floats
    clutter_per_scan: Floats
    range_m: Floats
    period_s: Floats
    phase_s: Floats
    kind: NDArray[np.int64]
    middle_rad: Floats
    half_rad: Floats
    min_radial_mps: Floats
    sigma_range_rate_mps: Floats
    range_rate_span_mps: Floats
    maps: Mapping[int, ChanceMap] = field(default_factory=dict)
    clutter_maps: Mapping[int, ClutterMap] = field(default_factory=dict)
    fibres: Mapping[int, Fibre] = field(default_factory=dict)

    @classmethod
    def make(  # noqa: PLR0913 - one argument a column
        cls,
        *,
        sensor_id: ArrayLike,
        x_m: ArrayLike,
        y_m: ArrayLike,
        sigma_range_m: ArrayLike,
        sigma_azimuth_rad: ArrayLike,
        pd: ArrayLike,
        clutter_per_scan: ArrayLike,
        range_m: ArrayLike,
        period_s: ArrayLike,
        phase_s: ArrayLike,
        kind: ArrayLike = POLAR,
        middle_rad: ArrayLike = 0.0,
        half_rad: ArrayLike = np.pi,
        maps: Mapping[int, ChanceMap] | None = None,
        min_radial_mps: ArrayLike = 0.0,
        sigma_range_rate_mps: ArrayLike = 0.0,
        range_rate_span_mps: ArrayLike = 120.0,
        clutter_maps: Mapping[int, ClutterMap] | None = None,
        fibres: Mapping[int, Fibre] | None = None,
    ) -> Self:
        """Make a table from arrays or single figures, and check it.

        Raises
        ------
        BadValue
            If a figure breaks its rule, or two sensors have one id.
        """
        ids = np.ascontiguousarray(sensor_id, np.int64).ravel()

        def column(what: ArrayLike) -> Floats:
            return np.array(np.broadcast_to(np.asarray(what, np.float64), ids.shape))

        table = cls(
            sensor_id=ids,
            x_m=column(x_m),
            y_m=column(y_m),
            sigma_range_m=column(sigma_range_m),
            sigma_azimuth_rad=column(sigma_azimuth_rad),
            pd=column(pd),
            clutter_per_scan=column(clutter_per_scan),
            range_m=column(range_m),
            period_s=column(period_s),
            phase_s=column(phase_s),
            kind=column(kind).astype(np.int64),
            middle_rad=column(middle_rad),
            half_rad=column(half_rad),
            min_radial_mps=column(min_radial_mps),
            sigma_range_rate_mps=column(sigma_range_rate_mps),
            range_rate_span_mps=column(range_rate_span_mps),
            maps=dict(maps or {}),
            clutter_maps=dict(clutter_maps or {}),
            fibres=dict(fibres or {}),
        )
        for row, fibre in table.fibres.items():
            if not (0 <= row < len(ids) and table.kind[row] == FIBRE):
                raise BadValue("fibres", "rows of sensors of kind fibre", row)
            table.x_m[row], table.y_m[row], table.range_m[row] = fibre.disc()
        table._check()
        return table

    def _check(self) -> None:
        if len(self.sensor_id) == 0:
            raise BadValue("sensor_id", "one or more sensors", "none")
        if len(np.unique(self.sensor_id)) < len(self.sensor_id):
            raise BadValue("sensor_id", "distinct", "repeated")
        rules = (
            ("x_m", np.isfinite(self.x_m), "finite"),
            ("y_m", np.isfinite(self.y_m), "finite"),
            ("sigma_range_m", self.sigma_range_m > 0, "above 0"),
            ("sigma_azimuth_rad", self.sigma_azimuth_rad > 0, "above 0"),
            ("pd", (self.pd > 0) & (self.pd < 1), "above 0 and below 1"),
            ("clutter_per_scan", self.clutter_per_scan >= 0, "0 or more"),
            ("range_m", (self.range_m > 0) & np.isfinite(self.range_m), "above 0"),
            ("period_s", self._paced(), f"0, or from {SHORTEST_S} s to a year"),
            ("phase_s", np.isfinite(self.phase_s), "finite"),
            ("kind", (self.kind >= 0) & (self.kind <= FIBRE), "0, 1, 2 or 3"),
            ("kind", (self.kind != FIBRE) | self._laid(), "with its fibre"),
            ("min_radial_mps", self.min_radial_mps >= 0, "0 or more"),
            ("sigma_range_rate_mps", self.sigma_range_rate_mps >= 0, "0 or more"),
            ("range_rate_span_mps", self.range_rate_span_mps > 0, "above 0"),
            ("half_rad", self.half_rad > 0, "above 0"),
        )
        for name, good, rule in rules:
            if not good.all():
                row = int(np.flatnonzero(~good)[0])
                got = f"{getattr(self, name)[row]} of sensor {self.sensor_id[row]}"
                raise BadValue(name, rule, got)

    def _paced(self) -> NDArray[np.bool_]:
        """Tell which rows have no schedule, or one that can be worked through."""
        period = self.period_s
        paced = (period >= SHORTEST_S) & (period <= LONGEST_S)
        return np.asarray((period == 0) | paced, np.bool_)

    def _laid(self) -> NDArray[np.bool_]:
        """Tell which rows have a fibre."""
        laid: NDArray[np.bool_] = np.isin(np.arange(len(self)), list(self.fibres))
        return laid

    def __len__(self) -> int:
        """Count the sensors."""
        return len(self.sensor_id)

    def eyes(self) -> Eyes:
        """Return the sensors as arrays for the kernels."""
        # A bearing sensor's range is anywhere in its reach.
        wide = np.where(self.kind == BEARING, self.range_m, self.sigma_range_m)
        area = np.pi * self.range_m**2
        area *= np.minimum(self.half_rad, np.pi) / np.pi
        x, y, reach = [self.x_m], [self.y_m], [self.range_m]
        strip2 = np.zeros(len(self))
        for row, fibre in sorted(self.fibres.items()):
            strip2[row] = fibre.strip_m**2 / 3
            area[row] = 2 * fibre.strip_m * fibre.length_m
            disc_x, disc_y, radius = fibre.discs()
            x, y = [*x, disc_x], [*y, disc_y]
            reach.append(np.full(len(disc_x), radius))
        more = sum(map(len, x)) - len(self)
        every_x = np.concatenate(x)
        order = np.argsort(every_x, kind="stable").astype(np.int64)
        order = order[~np.isin(order, list(self.fibres))]
        every_reach = np.concatenate(reach)
        return Eyes(
            x=every_x,
            y=np.concatenate(y),
            reach=every_reach,
            middle=np.append(self.middle_rad, np.zeros(more)),
            half=np.append(self.half_rad, np.full(more, np.pi)),
            sigma_range=wide,
            sigma_azimuth=self.sigma_azimuth_rad,
            chance=self.pd,
            # Without any clutter one false detection would count as proof.
            clutter=np.maximum(self.clutter_per_scan, LEAST_CLUTTER) / area,
            slow=self.min_radial_mps,
            sigma_rate=self.sigma_range_rate_mps,
            span_rate=self.range_rate_span_mps,
            strip2=strip2,
            kind=np.minimum(self.kind, PLACE),
            order=order,
            x_sorted=every_x[order],
            longest=float(every_reach[order].max()),
            west=float((self.x_m - self.range_m).min()) - CELL_M,
            cell=CELL_M,
        )

    def fog(self) -> Fog:
        """Return the maps of clutter as arrays for the kernels."""
        at = np.full((len(self), 3), -1, np.int64)
        edge = np.ones((len(self), 3))
        parts, used = [np.zeros(0)], 0
        for row, chart in sorted(self.clutter_maps.items()):
            at[row] = used, *chart.per_km2.shape
            edge[row] = chart.west_m, chart.south_m, chart.cell_m
            least = LEAST_CLUTTER / (np.pi * self.range_m[row] ** 2)
            parts.append(np.maximum(chart.per_km2.ravel() / 1e6, least))
            used += chart.per_km2.size
        return Fog(at=at, edge=edge, density=np.concatenate(parts))

    def charts(self) -> Maps:
        """Return the maps as arrays for the kernels."""
        at = np.full((len(self), 3), -1, np.int64)
        edge = np.ones((len(self), 3))
        parts = [np.zeros(0, np.uint8)]
        used = 0
        for row, chart in sorted(self.maps.items()):
            at[row] = used, *chart.chance.shape
            edge[row] = chart.west_m, chart.south_m, chart.cell_m
            parts.append(np.ascontiguousarray(chart.chance).ravel())
            used += chart.chance.size
        return Maps(at=at, edge=edge, chance=np.concatenate(parts))

    def cells(self) -> int:
        """Count the cells along x that hold every sensor's reach."""
        span = (self.x_m + self.range_m).max() - (self.x_m - self.range_m).min()
        return int(span / CELL_M) + 3
