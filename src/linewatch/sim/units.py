"""Units and targets: who moves together, and each walker, vehicle or flyer of them."""

from dataclasses import dataclass
from typing import Final

from linewatch.sim.columns import Bools, Columns, Floats, Ints
from linewatch.watch.values import Target

CLASSES: Final = (Target.WALKER, Target.VEHICLE, Target.FLYER)
"""Classes in the order of their codes: a column `kind` holds an index into it."""

WALKER: Final = 0
VEHICLE: Final = 1
FLYER: Final = 2

NEVER: Final = 2**62
"""A tick that does not come."""


@dataclass(slots=True, eq=False, kw_only=True)
class Units(Columns):
    """Those that move together, one row a unit; times are whole seconds, ticks.

    `wander_rad` is the heading about the goal's, `pace` the share of `cruise_mps` that
    the slope leaves, `free_m` how far the unit may go before it can reach the line, and
    `path` its row in the world's `Paths`.
    """

    unit_id: Ints
    kind: Ints
    size: Ints
    x_m: Floats
    y_m: Floats
    vx_mps: Floats
    vy_mps: Floats
    goal_x_m: Floats
    goal_y_m: Floats
    cruise_mps: Floats
    pace: Floats
    wander_rad: Floats
    halt_until: Ints
    above_m: Floats
    offset_m: Floats
    free_m: Floats
    crossed: Bools
    done_at: Ints
    path: Ints


@dataclass(slots=True, eq=False, kw_only=True)
class Targets(Columns):
    """One row a target: its unit, how many seconds it follows, where it lies if so.

    `stop_at` is the tick at which a walker in distress stops for good.
    """

    target_id: Ints
    unit_id: Ints
    lag: Ints
    side_x_m: Floats
    side_y_m: Floats
    stop_at: Ints
    still: Bools
    still_x_m: Floats
    still_y_m: Floats


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Scene:
    """Every target at one instant: a class and a place, and nothing of persons.

    Parameters
    ----------
    time_s : float
        Instant, seconds of UTC since 1970 [s].
    target_id, unit_id : ndarray of int64, shape (n,)
        Number of each target, ascending, and of those it moves with.
    kind : ndarray of int64, shape (n,)
        Index into `CLASSES`.
    x_m, y_m, vx_mps, vy_mps : ndarray of float64, shape (n,)
        Place on the plane [m], and mean velocity of the last second [m/s].
    above_m : ndarray of float64, shape (n,)
        Height above ground [m]: 0 but for flyers.
    still : ndarray of bool, shape (n,)
        Whether it has stopped for good: someone in distress.
    """

    time_s: float
    target_id: Ints
    unit_id: Ints
    kind: Ints
    x_m: Floats
    y_m: Floats
    vx_mps: Floats
    vy_mps: Floats
    above_m: Floats
    still: Bools


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Crossings:
    """True crossings of the line since the world's start, one row a unit, in order.

    Parameters
    ----------
    unit_id, kind, size : ndarray of int64, shape (n,)
        The unit, its class as an index into `CLASSES`, and how many targets it has.
    chainage_m, time_s : ndarray of float64, shape (n,)
        Where and when its first crosses the line from south to north, the first time.
    """

    unit_id: Ints
    kind: Ints
    size: Ints
    chainage_m: Floats
    time_s: Floats
