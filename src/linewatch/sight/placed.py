"""Placed sensors: what each sees, asked for many sensors and targets at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linewatch.area import Grid
from linewatch.errors import BadValue
from linewatch.sight import _kernels_chance as loops
from linewatch.sight.chance import Lit, law_of
from linewatch.sight.kinds import TARGET_NAMES, Law, SensorKind, target_named
from linewatch.sight.viewshed import TURN_RAD, Eye, Mode, lowest_seen

Floats = NDArray[np.float64]


class Ground(Protocol):
    """Terrain that gives any window of the plane."""

    def window(
        self,
        *,
        west_m: float,
        south_m: float,
        east_m: float,
        north_m: float,
        cell_m: float,
    ) -> Grid:
        """Return the ground [m] of a window [m] at a cell size [m]."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sight:
    """One placed sensor with what it sees.

    Parameters
    ----------
    name : str
        Name of the sensor, such as ``radar-017``.
    kind : SensorKind
        What it is.
    eye : Eye
        Where it stands and looks.
    lowest_m : ndarray of float32, shape (rows, cols)
        Lowest height above ground seen [m]; infinite where nothing is. One cell of 0
        for a kind that needs no line of sight.
    west_m, north_m, cell_m : float
        Outer north-west corner and cell side of `lowest_m` on the plane [m].
    phase_s : float, default 0
        Time of its first look [s], from 0 up to its period.
    """

    name: str
    kind: SensorKind
    eye: Eye
    lowest_m: NDArray[np.float32]
    west_m: float
    north_m: float
    cell_m: float
    phase_s: float = 0.0

    def look_chance(
        self,
        x_m: ArrayLike,
        y_m: ArrayLike,
        target: str,
        light: Lit | None = None,
        radial_mps: ArrayLike | None = None,
    ) -> Floats:
        """Return the chance that one look detects a target at each place.

        Parameters
        ----------
        x_m, y_m : array_like
            Places on the plane [m], of one shape.
        target : str
            Target class.
        light : Lit, optional
            Sun and Moon there; full daylight when None.
        radial_mps : array_like, optional
            Speed towards or away from the sensor [m/s]; unknown when None, and then
            no target is lost in the clutter.

        Returns
        -------
        ndarray of float64
            Chances [-]; 0 where ground hides the target or it is out of reach.

        Raises
        ------
        UnknownName
            If there is no such target class.
        """
        x, y = np.broadcast_arrays(np.asarray(x_m, float), np.asarray(y_m, float))
        vx, vy = np.full(x.size, np.nan), np.full(x.size, np.nan)
        if radial_mps is not None:
            right, up = x.reshape(-1) - self.eye.x_m, y.reshape(-1) - self.eye.y_m
            away = np.maximum(np.hypot(right, up), 1e-9)
            speed = np.broadcast_to(np.asarray(radial_mps, float), x.shape).reshape(-1)
            vx, vy = speed * right / away, speed * up / away
        flat = SightTable((self,)).look_chance(
            x.reshape(-1), y.reshape(-1), target, light, vx_mps=vx, vy_mps=vy
        )
        out: Floats = flat[0].reshape(x.shape)
        return out

    def shown(self, x_m: ArrayLike, y_m: ArrayLike, target: str) -> Floats:
        """Return the share of a target's height that no ground hides at each place.

        Parameters
        ----------
        x_m, y_m : array_like, shape (n,)
            Places on the plane [m].
        target : str
            Target class.

        Returns
        -------
        ndarray of float64, shape (n,)
            Shares [-]; 0 also outside the sector and beyond the map of what is seen. 1
            for a kind that needs no line of sight.

        Raises
        ------
        UnknownName
            If there is no such target class.
        """
        what, x, y = (
            target_named(target),
            np.asarray(x_m, float),
            np.asarray(y_m, float),
        )
        right, up = x - self.eye.x_m, y - self.eye.y_m
        turn = np.arctan2(right, up) - self.eye.azimuth_rad
        aside = np.abs((turn + np.pi) % TURN_RAD - np.pi) > self.eye.sector_rad / 2
        if self.kind.law is Law.TREMOR:
            return np.where(aside, 0.0, 1.0)
        row = np.floor_divide(self.north_m - y, self.cell_m).astype(np.int64)
        col = np.floor_divide(x - self.west_m, self.cell_m).astype(np.int64)
        rows, cols = self.lowest_m.shape
        out = aside | (row < 0) | (col < 0) | (row >= rows) | (col >= cols)
        there = np.clip(row, 0, rows - 1), np.clip(col, 0, cols - 1)
        lowest = self.lowest_m[there].astype(np.float64)
        share = np.clip((what.above_m - lowest) / what.tall_m, 0.0, 1.0)
        return np.where(out, 0.0, share)


@dataclass(frozen=True, slots=True, eq=False)
class SightTable:
    """Placed sensors as a structure of arrays, for many looks in one call.

    Parameters
    ----------
    sights : sequence of Sight
        The sensors; row `i` of every answer is sensor `i`.
    """

    sights: Sequence[Sight]
    eyes: Floats = field(init=False, repr=False)
    lowest_m: NDArray[np.float32] = field(init=False, repr=False)
    starts: NDArray[np.int64] = field(init=False, repr=False)
    frames: Floats = field(init=False, repr=False)
    periods_s: Floats = field(init=False, repr=False)
    phases_s: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        sights = self.sights
        eyes = [
            (s.eye.x_m, s.eye.y_m, s.eye.azimuth_rad, s.eye.sector_rad / 2)
            for s in sights
        ]
        frames = [(s.west_m, s.north_m, s.cell_m, *s.lowest_m.shape) for s in sights]
        sizes = [s.lowest_m.size for s in sights]
        grids = [s.lowest_m.reshape(-1) for s in sights] or [np.empty(0, np.float32)]
        arrays = {
            "eyes": np.array(eyes, np.float64).reshape(-1, 4),
            "frames": np.array(frames, np.float64).reshape(-1, 5),
            "starts": np.cumsum([0, *sizes], dtype=np.int64)[:-1],
            "lowest_m": np.concatenate(grids).astype(np.float32, copy=False),
            "periods_s": np.array([s.kind.period_s for s in sights], np.float64),
            "phases_s": np.array([s.phase_s for s in sights], np.float64),
        }
        for name, array in arrays.items():
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return len(self.sights)

    def laws(self, light: Lit | Sequence[Lit] | None = None) -> Floats:
        """Return every law, shape (target classes, sensors, figures).

        `light` is one for all, or one a sensor, for a long line has more than one
        dawn. Targets are in the order of `TARGET_NAMES`. Made once for a stretch of
        time and handed back to `look_chance`, it saves making it for every scan.
        """
        lights: Sequence[Lit | None]
        lights = light if isinstance(light, Sequence) else [light] * len(self.sights)
        if len(lights) != len(self.sights):
            raise BadValue("light", f"one or {len(self.sights)}", len(lights))
        # Two kinds may have one name: of a scenario, and as a log holds it.
        made: dict[tuple[str, int, int], Floats] = {}
        out = np.zeros((len(TARGET_NAMES), len(self.sights), loops.LAW_WIDTH))
        for t, name in enumerate(TARGET_NAMES):
            target = target_named(name)
            for i, (sight, lit) in enumerate(zip(self.sights, lights, strict=True)):
                key = (name, id(sight.kind), id(lit))
                if key not in made:
                    made[key] = law_of(sight.kind, target, lit)
                out[t, i] = made[key]
        return out

    def look_chance(  # noqa: PLR0913 -- columns of one table of targets
        self,
        x_m: ArrayLike,
        y_m: ArrayLike,
        target: str | Sequence[str] | NDArray[np.int64],
        light: Lit | Sequence[Lit] | None = None,
        *,
        vx_mps: ArrayLike | None = None,
        vy_mps: ArrayLike | None = None,
        which: ArrayLike | None = None,
        laws: Floats | None = None,
    ) -> Floats:
        """Return the chance that one look of each sensor detects each target.

        Parameters
        ----------
        x_m, y_m : array_like, shape (targets,)
            Places on the plane [m].
        target : str, sequence of str, or array of int
            One class for all or one a target: names, or places in `TARGET_NAMES`.
        light : Lit or sequence of Lit, optional
            As for `laws`; full daylight when None.
        vx_mps, vy_mps : array_like, optional
            Velocities [m/s]; unknown when None, and then none is lost in the clutter.
        which : array_like of int, optional
            Sensors that look now; all when None.
        laws : ndarray, optional
            What `laws` returned, in place of `light`.

        Returns
        -------
        ndarray of float64, shape (sensors that look, targets)
            Chances [-].

        Raises
        ------
        UnknownName
            If there is no such target class.
        """
        x = np.ascontiguousarray(x_m, np.float64).reshape(-1)
        y = np.ascontiguousarray(y_m, np.float64).reshape(-1)
        unknown = np.full(x.size, np.nan)
        rows = np.arange(len(self.sights)) if which is None else which
        return loops.look_many(
            self.laws(light) if laws is None else laws,
            self.eyes,
            self.lowest_m,
            self.starts,
            self.frames,
            np.ascontiguousarray(rows, np.int64).reshape(-1),
            target_rows(target, x.size),
            x,
            y,
            unknown if vx_mps is None else np.ascontiguousarray(vx_mps, np.float64),
            unknown if vy_mps is None else np.ascontiguousarray(vy_mps, np.float64),
        )


def target_rows(
    target: str | Sequence[str] | NDArray[np.int64], size: int
) -> NDArray[np.int64]:
    """Return places in `TARGET_NAMES` for one class or one class a target."""
    if isinstance(target, str):
        target_named(target)
        return np.full(size, TARGET_NAMES.index(target), dtype=np.int64)
    if isinstance(target, np.ndarray):
        return np.ascontiguousarray(target, np.int64)
    rows = [TARGET_NAMES.index(target_named(name).name) for name in target]
    return np.array(rows, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Where one sensor is to stand.

    Parameters
    ----------
    name : str
        Name of the sensor.
    x_m, y_m : float
        Place on the plane [m].
    mast_m : float, optional
        Height of the sensor above the ground [m]; that of its kind when None.
    phase_s : float, default 0
        Time of its first look [s].
    azimuth_rad, sector_rad : float
        Sector looked at [rad]; all round by default.
    """

    name: str
    x_m: float
    y_m: float
    mast_m: float | None = None
    phase_s: float = 0.0
    azimuth_rad: float = 0.0
    sector_rad: float = TURN_RAD


def place(
    ground: Ground,
    kind: SensorKind,
    stand: Stand,
    *,
    cell_m: float = 60.0,
    mode: Mode = Mode.FINE,
) -> Sight:
    """Stand a sensor on the ground and work out what it sees.

    Parameters
    ----------
    ground : Ground
        Terrain; not read for a kind that needs no line of sight.
    kind : SensorKind
        What is placed.
    stand : Stand
        Where.
    cell_m : float, default 60
        Cell of the lowest heights seen [m].
    mode : Mode, default fine
        How carefully lines of sight are followed.
    """
    eye = Eye(
        x_m=stand.x_m,
        y_m=stand.y_m,
        above_m=kind.mast_m if stand.mast_m is None else stand.mast_m,
        reach_m=kind.widest_m,
        azimuth_rad=stand.azimuth_rad,
        sector_rad=stand.sector_rad,
    )
    # The eye stands at the middle of the middle cell.
    half_m = (int(kind.widest_m / cell_m) + 0.5) * cell_m
    if kind.law is Law.TREMOR:
        seen, cell_m = np.zeros((1, 1), np.float32), 2 * half_m
        west_m, north_m = stand.x_m - half_m, stand.y_m + half_m
    else:
        grid = ground.window(
            west_m=stand.x_m - half_m,
            south_m=stand.y_m - half_m,
            east_m=stand.x_m + half_m,
            north_m=stand.y_m + half_m,
            cell_m=cell_m,
        )
        seen = lowest_seen(grid, eye, refraction=kind.refraction, mode=mode)
        west_m, north_m = grid.west_m, grid.north_m
    return Sight(
        name=stand.name,
        kind=kind,
        eye=eye,
        lowest_m=seen,
        west_m=west_m,
        north_m=north_m,
        cell_m=cell_m,
        phase_s=stand.phase_s,
    )
