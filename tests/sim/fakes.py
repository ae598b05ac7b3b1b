"""A straight line on a real plane, a hill, and sensors whose chance is known."""

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linewatch.area import STANDARD, Area, Weather
from linewatch.measure.plane import Plane
from linewatch.sight import KINDS, Eye, Sight
from linewatch.sight.kinds import Law
from linewatch.sim.settings import SimSettings
from linewatch.sim.units import Scene
from linewatch.sim.world import World

Floats = NDArray[np.float64]

START_S = 1_740_787_200.0
"""1 March 2025, 00:00 UTC."""

PLANE = Plane(lon0_deg=-106.0, lat0_deg=29.0, south_deg=27.0, north_deg=31.0)


@dataclass
class FlatDemand:
    """The same rate everywhere but on the first tenth of the line, where none come."""

    per_m_s: float
    length_m: float
    months: tuple[str, ...] = ("2024-10", "2024-11")
    asked: list[str] = field(default_factory=list)

    def rate_per_m_s(self, month: str, chainage_m: ArrayLike) -> Floats:
        """Return the rate [1/(m s)]."""
        self.asked.append(month)
        at = np.asarray(chainage_m, np.float64)
        return np.where(at < self.length_m / 10, 0.0, self.per_m_s)


@dataclass
class Slope:
    """Ground that rises to the north by `rise` metres a metre."""

    rise: float = 0.0
    generated: bool = True
    source: str = "test"

    def height_m(self, x_m: ArrayLike, y_m: ArrayLike) -> Floats:
        """Return heights [m]."""
        return self.rise * np.asarray(y_m, np.float64) + 0.0 * np.asarray(x_m)


class StraightArea:
    """A line along the plane's x axis, from -length/2 to length/2."""

    def __init__(
        self, *, length_m: float = 100_000.0, per_hour: float = 60.0, rise: float = 0.0
    ) -> None:
        self.name = "straight"
        self.plane = PLANE
        self.line = SimpleNamespace(length_m=length_m, place=lambda _at: (-106.0, 29.0))
        per_m_s = per_hour / 3600 / (0.9 * length_m)
        self.demand = FlatDemand(per_m_s=per_m_s, length_m=length_m)
        self.terrain = Slope(rise)
        self.asked = 0

    def place_xy(self, chainage_m: ArrayLike, offset_m: ArrayLike = 0.0) -> Any:
        """Return places on the plane [m]."""
        x = np.asarray(chainage_m, np.float64) - self.line.length_m / 2
        return x, np.asarray(offset_m, np.float64) + 0 * x

    def chainage_xy(self, x_m: ArrayLike, y_m: ArrayLike) -> Any:
        """Return chainage and offset [m]."""
        x = np.asarray(x_m, np.float64)
        self.asked += 1
        return x + self.line.length_m / 2, np.asarray(y_m, np.float64) + 0 * x


def straight_area(**words: float) -> Area:
    """Return a straight area as the type that the world takes."""
    return cast("Area", StraightArea(**words))


@dataclass(frozen=True)
class Dusk:
    """A light that does not change."""

    sun_altitude_rad: float = 0.5
    moon_altitude_rad: float = 0.0
    moon_lit_share: float = 0.0
    weather: Weather = STANDARD


def day(_time_s: float, _lon_deg: float, _lat_deg: float) -> Dusk:
    """Return full daylight anywhere."""
    return Dusk()


def sight_at(
    kind: str,
    x_m: float,
    y_m: float,
    *,
    name: str = "",
    phase_s: float = 0.0,
    hidden: str = "none",
    **words: Any,
) -> Sight:
    """Return a placed sensor; what lies to its ``south``, or ``all``, may be hidden."""
    made = replace(KINDS[kind], **words)
    cell_m = 60.0
    half_m = (int(made.widest_m / cell_m) + 0.5) * cell_m
    count = 1 if made.law is Law.TREMOR else int(2 * half_m / cell_m)
    lowest = np.zeros((count, count), np.float32)
    if hidden == "south":
        lowest[count // 2 :] = np.inf
    elif hidden == "all":
        lowest[:] = np.inf
    return Sight(
        name=name or f"{kind}-{x_m:.0f}-{y_m:.0f}",
        kind=made,
        eye=Eye(x_m=x_m, y_m=y_m, above_m=made.mast_m, reach_m=made.widest_m),
        lowest_m=lowest,
        west_m=x_m - half_m,
        north_m=y_m + half_m,
        cell_m=2 * half_m / count,
        phase_s=phase_s,
    )


def scene_of(
    time_s: float,
    x_m: ArrayLike,
    y_m: ArrayLike,
    *,
    vx_mps: ArrayLike = 0.0,
    vy_mps: ArrayLike = 1.4,
    unit_id: ArrayLike | None = None,
    kind: int = 0,
) -> Scene:
    """Return a scene of targets numbered from 0, each its own unit by default."""
    x = np.atleast_1d(np.asarray(x_m, np.float64))
    number = np.arange(len(x))
    return Scene(
        time_s=time_s,
        target_id=number,
        unit_id=number if unit_id is None else np.asarray(unit_id, np.int64),
        kind=np.full(len(x), kind),
        x_m=x,
        y_m=np.broadcast_to(np.asarray(y_m, np.float64), x.shape).copy(),
        vx_mps=np.broadcast_to(np.asarray(vx_mps, np.float64), x.shape).copy(),
        vy_mps=np.broadcast_to(np.asarray(vy_mps, np.float64), x.shape).copy(),
        above_m=np.zeros(len(x)),
        still=np.zeros(len(x), bool),
    )


class StillWorld:
    """A world of targets that stand where they are put, though each has a velocity."""

    def __init__(self, area: Area, settings: SimSettings, scene: Scene) -> None:
        self.area = area
        self.settings = settings
        self.start_s = self.time_s = scene.time_s
        self._scene = scene

    def step(self, until_s: float) -> None:
        """Let time pass."""
        self.time_s = until_s

    def state(self) -> Scene:
        """Return the scene as it is now."""
        return replace(self._scene, time_s=self.time_s)


def still_world(scene: Scene, **words: Any) -> World:
    """Return targets that stand still, with sensors that never fail, as a world."""
    settings = SimSettings(**{"failure_every_s": 1e15, "warm_s": 0.0, **words})
    return cast("World", StillWorld(straight_area(), settings, scene))
