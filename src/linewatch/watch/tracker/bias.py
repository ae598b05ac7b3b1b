"""Registration bias: what sensors of the same tracks say of each other's errors."""

import io
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linewatch.errors import BadValue
from linewatch.watch.tracker._kernels_bias import Looks, Mounts, reckon, triples
from linewatch.watch.tracker.sensors import POLAR, SensorTable
from linewatch.watch.tracker.trail import Trail

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

LOOK: Final = 10
"""Columns of a detection that waits."""

LEAN: Final = 0.05
"""Share of a bias that may be reckoned wrong while detections still carry it [-]: the
tracker's gate drops more of those that the bias takes out than of those it takes in.
Measured on biases of two sigma of the noise; see the page."""

ROUNDS: Final = 3
"""How often the same detections are reckoned with about a better bias [-]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BiasSettings:
    """What is believed of biases before, and how they are reckoned.

    Parameters
    ----------
    range_m, azimuth_rad : float
        One sigma of a sensor's bias before anything is seen [m], [rad]: a delay of
        0.3 us, and a mast set up by compass.
    place_m : float
        The same for each part of its place [m]; 0 where places are surveyed. Bias of
        place and of azimuth are hard to tell apart.
    drift_range_m, drift_azimuth_rad : float
        How far a bias wanders in a day, one sigma [m], [rad].
    every_s : float
        Time whose detections are reckoned with at once [s].
    longest_s : float
        Longest time between the first and the last detection of a triple [s].
    accel : float
        White acceleration of targets between them [m2/s3].
    hit : float
        Least chance that a detection is the track's.
    gate : float
        Largest squared normalised distance of a triple.
    told : float
        A sensor's biases are told when each one's sigma is below this share of what it
        was before.

    Raises
    ------
    BadValue
        If a length, angle or time is not above 0, or a share not between 0 and 1.
    """

    range_m: float = 50.0
    azimuth_rad: float = 0.02
    place_m: float = 0.0
    drift_range_m: float = 2.0
    drift_azimuth_rad: float = 0.001
    every_s: float = 60.0
    longest_s: float = 6.0
    accel: float = 0.5
    hit: float = 0.9
    gate: float = 16.0
    told: float = 0.5

    def __post_init__(self) -> None:
        for name in ("range_m", "azimuth_rad", "every_s", "longest_s", "gate"):
            if not getattr(self, name) > 0:
                raise BadValue(f"bias.{name}", "above 0", getattr(self, name))
        for name in ("place_m", "drift_range_m", "drift_azimuth_rad", "accel"):
            if not getattr(self, name) >= 0:
                raise BadValue(f"bias.{name}", "0 or more", getattr(self, name))
        for name in ("hit", "told"):
            if not 0 < getattr(self, name) < 1:
                raise BadValue(f"bias.{name}", "between 0 and 1", getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bias:
    """Bias of every sensor: what it reports less what is there; arrays of shape (n,).

    Parameters
    ----------
    time_s : float
        As of when [s].
    sensor_id : ndarray of int64
        The sensors.
    range_m, azimuth_rad, x_m, y_m : ndarray
        The biases [m], [rad]; those of place are 0 unless asked for.
    sigma_range_m, sigma_azimuth_rad, sigma_place_m : ndarray
        Their errors, one sigma [m], [rad]; that of place is the larger part's.
    triples : ndarray of int64
        Triples that the sensor was part of: 0 where no other sees its tracks.
    told : ndarray of bool
        Where the biases can be told; elsewhere they are little but the assumption.
    cov : ndarray, shape (n, parts, n, parts)
        Covariance of all, in the order range, azimuth and, if asked for, x and y.
    """

    time_s: float
    sensor_id: Longs
    range_m: Floats
    azimuth_rad: Floats
    x_m: Floats
    y_m: Floats
    sigma_range_m: Floats
    sigma_azimuth_rad: Floats
    sigma_place_m: Floats
    triples: Longs
    told: NDArray[np.bool_]
    cov: Floats

    def corrected(
        self, sensor_id: ArrayLike, range_m: ArrayLike, azimuth_rad: ArrayLike
    ) -> tuple[Floats, Floats]:
        """Return range [m] and azimuth [rad] less the biases of sensors that are told.

        Detections of other sensors, and of unknown ones, are left as they are. Places
        of sensors are corrected in the sensor table, not here.
        """
        who = np.asarray(sensor_id, np.int64)
        order = np.argsort(self.sensor_id, kind="stable")
        ids = self.sensor_id[order]
        at = order[np.minimum(np.searchsorted(ids, who), len(ids) - 1)]
        use = self.told[at] & (self.sensor_id[at] == who)
        away = np.asarray(range_m, np.float64) - np.where(use, self.range_m[at], 0.0)
        turn = np.asarray(azimuth_rad, np.float64)
        turn = turn - np.where(use, self.azimuth_rad[at], 0.0)
        # What lies nearer than the bias is long is at the sensor, and not behind it.
        return np.where(use, np.maximum(away, 0.0), away), turn

    def why(self, row: int) -> str:
        """Say in words why the biases of a sensor are told or not."""
        if self.told[row]:
            return f"told by {self.triples[row]} triples"
        if self.triples[row] == 0:
            return "no other sensor sees its tracks"
        return f"{self.triples[row]} triples are not enough, or lie too much alike"


class BiasReckoner:
    """Reckons the biases of all sensors as tracks are made; it drifts with time.

    Parameters
    ----------
    sensors : SensorTable
        The sensors; only those of range and azimuth take part.
    settings : BiasSettings, optional
        What is believed before.
    start_s : float
        From when [s].

    References
    ----------
    X. Lin, Y. Bar-Shalom and T. Kirubarajan, "Multisensor multitarget bias estimation
    for general asynchronous sensors," 2005, doi:10.1109/TAES.2005.1541438.
    """

    def __init__(
        self,
        sensors: SensorTable,
        settings: BiasSettings | None = None,
        start_s: float = 0.0,
    ) -> None:
        self.sensors = sensors
        self.settings = settings or BiasSettings()
        self.time_s = float(start_s)
        rule, n = self.settings, len(sensors)
        self.parts = 4 if rule.place_m > 0 else 2
        first = [rule.range_m, rule.azimuth_rad, rule.place_m, rule.place_m]
        self._sigma = np.tile(first[: self.parts], n)
        self._cov = np.diag(np.square(self._sigma))
        self._mean = np.zeros(n * self.parts)
        self._counts = np.zeros(n, np.int64)
        self._taken = np.zeros(n * self.parts)
        self._lean = np.zeros(n * self.parts)
        self._rows = np.zeros((0, LOOK))

    def take(
        self, trail: Trail, applied: Bias | None = None, *, now: bool = False
    ) -> int:
        """Reckon with new rows of the trail; return how many triples they made.

        Rows wait until they span `BiasSettings.every_s`, unless told to reckon `now`.

        Parameters
        ----------
        trail : Trail
            Rows that follow those taken before.
        applied : Bias, optional
            What `Bias.corrected` took off the detections of these rows.
        now : bool
            Reckon with all that waits.
        """
        self._wait(trail, applied)
        rule, rows = self.settings, self._rows
        if not len(rows) or not (now or np.ptp(rows[:, 0]) >= rule.every_s):
            return 0
        rows = rows[np.lexsort((rows[:, 0], rows[:, 1]))]
        self._rows = np.zeros((0, LOOK))
        chosen = np.zeros((len(rows) // 3 + 1, 3), np.int64)
        polar = (self.sensors.kind == POLAR).astype(np.uint8)
        mounts = Mounts(self.sensors.x_m, self.sensors.y_m, polar)
        self.grow_old(float(rows[:, 0].max()))
        if triples(self._looks(rows, self._mean), rule.longest_s, chosen) == 0:
            return 0  # nothing was seen by two: the large inverses would change nothing
        first = np.linalg.inv(self._cov)
        mean, cov, added = self._mean, self._cov, 0
        counts = np.zeros_like(self._counts)
        for _ in range(ROUNDS):  # about what is known then, for levers turn with bias
            looks, counts = self._looks(rows, mean), 0 * counts
            many = triples(looks, rule.longest_s, chosen)
            info, vec = first.copy(), first @ self._mean
            added = reckon(
                looks, mounts, chosen, many, rule.accel, rule.gate,
                mean, self._mean, self._cov, info, vec, counts,
            )  # fmt: skip
            cov = np.linalg.inv(info)
            mean = cov @ vec
        self._mean, self._cov = mean, (cov + cov.T) / 2
        self._lean = LEAN * (mean - self._taken)
        self._counts += counts
        return added

    def _looks(self, rows: Floats, mean: Floats) -> Looks:
        """Return waiting detections rid of the biases `mean`."""
        row = rows[:, 2].astype(np.int64)
        bias = mean.reshape(-1, self.parts)[row]
        from_x, from_y = self.sensors.x_m[row], self.sensors.y_m[row]
        dx, dy = rows[:, 3] - from_x, rows[:, 4] - from_y
        away = np.hypot(dx, dy) - bias[:, 0]
        turn = np.arctan2(dx, dy) - bias[:, 1]
        if self.parts == 4:
            from_x, from_y = from_x - bias[:, 2], from_y - bias[:, 3]
        return Looks(
            time_s=rows[:, 0].copy(),
            track=rows[:, 1].astype(np.int64),
            row=row,
            x=from_x + away * np.sin(turn),
            y=from_y + away * np.cos(turn),
            noise=rows[:, 5:8].copy(),
            ahead=rows[:, 8:].copy(),
        )

    def _wait(self, trail: Trail, applied: Bias | None) -> None:
        """Keep the sure detections of a trail, as they were before a correction."""
        sure = (trail.hit >= self.settings.hit) & (trail.pairs == 1)
        at = np.flatnonzero(sure & ~trail.born)
        x, y, row = trail.x_m[at], trail.y_m[at], trail.row[at]
        taken = np.zeros((len(self.sensors), self.parts))
        if applied is not None:
            taken[:, 0] = np.where(applied.told, applied.range_m, 0.0)
            taken[:, 1] = np.where(applied.told, applied.azimuth_rad, 0.0)
            dx, dy = x - self.sensors.x_m[row], y - self.sensors.y_m[row]
            away = np.hypot(dx, dy) + taken[row, 0]
            turn = np.arctan2(dx, dy) + taken[row, 1]
            x = self.sensors.x_m[row] + away * np.sin(turn)
            y = self.sensors.y_m[row] + away * np.cos(turn)
        if (taken.ravel() != self._taken).any():  # what was reckoned before may lean
            self._cov[np.diag_indices(taken.size)] += self._lean**2
            self._taken, self._lean = taken.ravel(), np.zeros(taken.size)
        rows = np.column_stack(
            [
                *(trail.time_s[at], trail.track_id[at], row, x, y),
                *(*trail.noise_m2[at].T, trail.ahead_x_m[at], trail.ahead_y_m[at]),
            ]
        )
        self._rows = np.concatenate([self._rows, rows])

    def grow_old(self, until_s: float) -> None:
        """Let what is known grow old until a time [s]; earlier ones change nothing."""
        rule, past = self.settings, max(until_s - self.time_s, 0.0)
        self.time_s = max(self.time_s, until_s)
        if self._counts.any():
            day = [rule.drift_range_m, rule.drift_azimuth_rad, 0.0, 0.0][: self.parts]
            wander = np.tile(np.square(day), len(self.sensors)) * past / 86_400.0
            self._cov[np.diag_indices(len(wander))] += wander

    def bias(self) -> Bias:
        """Return what is known now."""
        n, parts = len(self.sensors), self.parts
        mean = np.zeros((n, 4))
        mean[:, :parts] = self._mean.reshape(n, parts)
        cov, sigma = self._cov + np.diag(self._lean**2), np.zeros((n, 4))
        each = np.sqrt(np.diag(cov))
        sigma[:, :parts] = each.reshape(n, parts)
        less = each / self._sigma <= self.settings.told
        return Bias(
            time_s=self.time_s,
            sensor_id=self.sensors.sensor_id.copy(),
            range_m=mean[:, 0].copy(),
            azimuth_rad=mean[:, 1].copy(),
            x_m=mean[:, 2].copy(),
            y_m=mean[:, 3].copy(),
            sigma_range_m=sigma[:, 0].copy(),
            sigma_azimuth_rad=sigma[:, 1].copy(),
            sigma_place_m=sigma[:, 2:].max(axis=1),
            triples=self._counts.copy(),
            told=less.reshape(n, parts)[:, :2].all(axis=1),
            cov=cov.reshape(n, parts, n, parts),
        )

    def save(self) -> bytes:
        """Return all that decides what is reckoned from here on."""
        file = io.BytesIO()
        np.savez(
            file,
            allow_pickle=False,
            time_s=np.array(self.time_s),
            mean=self._mean,
            cov=self._cov,
            counts=self._counts,
            rows=self._rows,
            taken=self._taken,
            lean=self._lean,
        )
        return file.getvalue()

    @classmethod
    def load(
        cls, saved: bytes, sensors: SensorTable, settings: BiasSettings | None = None
    ) -> Self:
        """Return the reckoner that `save` kept, for the same sensors and settings."""
        with np.load(io.BytesIO(saved), allow_pickle=False) as file:
            reckoner = cls(sensors, settings, float(file["time_s"]))
            if file["mean"].shape != reckoner._mean.shape:
                rule = f"biases of {len(sensors)} sensors"
                raise BadValue("saved biases", rule, file["mean"].size)
            reckoner._mean, reckoner._cov = file["mean"], file["cov"]
            reckoner._counts, reckoner._rows = file["counts"], file["rows"]
            reckoner._taken, reckoner._lean = file["taken"], file["lean"]
        return reckoner
