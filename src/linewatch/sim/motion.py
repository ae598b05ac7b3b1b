"""Motion: how walkers wander, vehicles turn and halt, and what a slope costs."""

import numpy as np

from linewatch.area import Area
from linewatch.sim.columns import Floats
from linewatch.sim.paths import RING, Paths
from linewatch.sim.settings import SimSettings
from linewatch.sim.units import VEHICLE, WALKER, Units

AHEAD_M = 30.0
"""Distance over which a walker feels the slope [m]: a cell of common terrain models."""

SLOWEST = 0.2
"""Least pace [-]: someone always finds a way round a cliff. Assumption."""


def slope_pace(slope: Floats) -> Floats:
    """Return the walking speed on a slope as a share of that on the flat [-].

    Parameters
    ----------
    slope : ndarray of float64
        Rise over run in the direction of walking [-].

    Notes
    -----
    Speed is greatest on a fall of 5 %: 6 exp(-3.5 abs(slope + 0.05)) km/h.

    References
    ----------
    W. Tobler, "Three Presentations on Geographical Analysis and Modeling", National
    Center for Geographic Information and Analysis, Technical Report 93-1, 1993.

    Examples
    --------
    >>> slope_pace(np.array([0.0, -0.05])).round(2)
    array([1.  , 1.19])
    """
    share = np.exp(-3.5 * (np.abs(slope + 0.05) - 0.05))
    return np.asarray(np.maximum(share, SLOWEST))


def feel_slope(units: Units, area: Area) -> None:
    """Set the pace of walkers from the ground ahead of them."""
    walks = np.flatnonzero(units.kind == WALKER)
    if not len(walks):
        return
    x, y = units.x_m[walks], units.y_m[walks]
    vx, vy = units.vx_mps[walks], units.vy_mps[walks]
    speed = np.maximum(np.hypot(vx, vy), 1e-9)
    at = np.concatenate((x, x + AHEAD_M * vx / speed))
    north = np.concatenate((y, y + AHEAD_M * vy / speed))
    height = np.asarray(area.terrain.height_m(at, north), np.float64)
    rise = height[len(walks) :] - height[: len(walks)]
    units.pace[walks] = slope_pace(np.where(np.isfinite(rise), rise, 0.0) / AHEAD_M)


def steer(
    units: Units,
    settings: SimSettings,
    *,
    tick: int,
    over_s: int,
    dice: np.random.Generator,
) -> None:
    """Give every unit its velocity for the next `over_s` seconds from `tick` on.

    A walker's heading about its goal is an Ornstein-Uhlenbeck process, exact for any
    `over_s`; a vehicle draws a new one, and halts, at the times of Poisson processes.
    """
    count = len(units)
    walks, drives = units.kind == WALKER, units.kind == VEHICLE
    kept = np.exp(-over_s / settings.wander_s)
    kick = settings.wander_rad * np.sqrt(1 - kept**2) * dice.standard_normal(count)
    chance = dice.random((3, count))
    turns = drives & (chance[0] < -np.expm1(-over_s / settings.turn_every_s))
    fresh = settings.turn_rad * (2 * chance[1] - 1)
    units.wander_rad = np.where(walks, units.wander_rad * kept + kick, units.wander_rad)
    units.wander_rad = np.where(turns, fresh, units.wander_rad)
    halting = tick < units.halt_until
    per_halt = -np.expm1(-over_s / settings.halt_every_s)
    begins = drives & ~halting & (chance[2] < per_halt)
    # The rest of the same draw is uniform again, and serves for the halt's length.
    length = -settings.halt_s * np.log1p(-np.minimum(chance[2] / per_halt, 1 - 1e-12))
    units.halt_until = np.where(begins, tick + 1 + length, units.halt_until).astype(
        np.int64
    )
    moves = ~(halting | begins) & (tick < units.done_at)
    goal = np.arctan2(units.goal_x_m - units.x_m, units.goal_y_m - units.y_m)
    heading, speed = goal + units.wander_rad, units.cruise_mps * units.pace * moves
    units.vx_mps, units.vy_mps = speed * np.sin(heading), speed * np.cos(heading)


def move(units: Units, paths: Paths, *, tick: int, over_s: int) -> None:
    """Move every unit from `tick` on for `over_s` seconds, and remember its path."""
    for after in range(1, over_s + 1):
        column = (tick + after) % RING
        paths.x_m[units.path, column] = units.x_m + units.vx_mps * after
        paths.y_m[units.path, column] = units.y_m + units.vy_mps * after
    units.x_m = units.x_m + units.vx_mps * over_s
    units.y_m = units.y_m + units.vy_mps * over_s
    away = np.hypot(units.goal_x_m - units.x_m, units.goal_y_m - units.y_m)
    arrives = (away < 100.0 + units.cruise_mps * over_s) & (
        units.done_at > tick + over_s
    )
    units.done_at = np.where(arrives, tick + over_s, units.done_at)
