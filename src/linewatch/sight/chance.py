"""Chance that one look detects a target: the law of each sensor kind, with light."""

import math
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linewatch.sight import _kernels_chance as loops
from linewatch.sight.kinds import Law, SensorKind, TargetClass

Floats = NDArray[np.float64]

FALSE_ALARM: Final = 1e-6
"""Chance of a false alarm in one resolution cell [-], the usual setting of a radar."""

DARK_RAD: Final = math.radians(-12)
"""Sun's altitude [rad] at which nautical twilight ends and the horizon is gone."""

FULL_MOON_GAIN: Final = 0.25
"""Share of the loss by night that a high full moon gives back [-]; planning value."""


class Lit(Protocol):
    """What the chance of detection asks of the light."""

    @property
    def sun_altitude_rad(self) -> float:
        """Altitude of the Sun [rad]."""

    @property
    def moon_altitude_rad(self) -> float:
        """Altitude of the Moon [rad]."""

    @property
    def moon_lit_share(self) -> float:
        """Lit share of the Moon's disc [-]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SteadyLight:
    """Light that does not change, for planning.

    Parameters
    ----------
    sun_altitude_rad, moon_altitude_rad : float
        Altitudes [rad].
    moon_lit_share : float
        Lit share of the Moon's disc [-].
    """

    sun_altitude_rad: float
    moon_altitude_rad: float = -math.pi / 2
    moon_lit_share: float = 0.0


NIGHT: Final = SteadyLight(sun_altitude_rad=math.radians(-30))
"""Night without a moon: the worst light, and the one that sites are planned for."""

DAY: Final = SteadyLight(sun_altitude_rad=math.radians(45))
"""Full daylight."""


def daylight(light: Lit | None) -> float:
    """Return how much of full daylight serves an eye or lens [-], from 0 to 1.

    Full with the Sun up, falling evenly to the end of nautical twilight; by night a
    high full moon gives a quarter back. None means full daylight.
    """
    if light is None:
        return 1.0
    sun = min(max(1 - light.sun_altitude_rad / DARK_RAD, 0.0), 1.0)
    moon = light.moon_lit_share * max(math.sin(light.moon_altitude_rad), 0.0)
    return max(sun, FULL_MOON_GAIN * moon)


def law_of(kind: SensorKind, target: TargetClass, light: Lit | None = None) -> Floats:
    """Return the law as the row of figures that the kernels read.

    Returns
    -------
    ndarray of float64, shape (`LAW_WIDTH`,)
        Form (0 echo or tremor, 1 image), anchor [m], exponent of range, level at the
        anchor, logarithm of the false alarm chance, ceiling, least radial speed [m/s],
        reach [m], draws a look, 1 if a line of sight is needed, top [m] and height [m]
        of the target.
    """
    log_false = math.log(FALSE_ALARM)
    anchor_m = kind.anchor_m.get(target.name, 0.0)
    level = log_false / math.log(kind.anchor_chance) - 1
    if kind.law is Law.IMAGE:
        day = daylight(light)
        anchor_m *= kind.night_share + (1 - kind.night_share) * day
        level = loops.cycles_for(kind.anchor_chance)
    exponent = {Law.ECHO: 4.0, Law.TREMOR: 3.0, Law.IMAGE: 1.0}[kind.law]
    return np.array(
        [
            1.0 if kind.law is Law.IMAGE else 0.0,
            anchor_m,
            exponent,
            level,
            log_false,
            kind.ceiling,
            kind.min_radial_mps,
            kind.reach_m.get(target.name, 0.0),
            kind.draws_per_look,
            0.0 if kind.law is Law.TREMOR else 1.0,
            target.above_m,
            target.tall_m,
        ]
    )


def range_chance(
    kind: SensorKind,
    target: TargetClass,
    range_m: ArrayLike,
    light: Lit | None = None,
    *,
    shown: ArrayLike = 1.0,
) -> Floats:
    """Return the chance that one look detects a target in plain sight.

    Parameters
    ----------
    kind, target : SensorKind, TargetClass
        Who looks for what.
    range_m : array_like
        Range along the ground [m].
    light : Lit, optional
        Sun and Moon; full daylight when None.
    shown : array_like, default 1
        Share of the target's height that no ground hides [-].

    Returns
    -------
    ndarray of float64
        Chances [-], of the broadcast shape.

    Notes
    -----
    *Echo* and *tremor*: the chance of a Swerling 1 target at a signal-to-noise ratio
    ``S`` and false alarm chance ``P`` is ``P ** (1 / (1 + S))``, with ``S`` falling as
    the fourth power of range for radar, and the third for tremor [1]_. *Image*: with
    ``x`` the cycles across the target over those that half of observers need,
    ``x**E / (1 + x**E)``, ``E = 2.7 + 0.7 x`` [2]_. The ceiling multiplies both. Where
    looks follow faster than the draws decorrelate, the chance ``q`` of a draw becomes
    ``1 - (1 - q) ** (period / decorrelation)`` a look, so that independent looks over
    a decorrelation time detect as often as one draw.

    References
    ----------
    .. [1] P. Swerling, "Probability of detection for fluctuating targets," IRE Trans.
       Inf. Theory 6 (1960) 269-308, doi:10.1109/TIT.1960.1057561.
    .. [2] J. Johnson, "Analysis of image forming systems," Image Intensifier Symp.,
       1958; the target transfer function as in J. A. Ratches, "Static performance
       model for thermal imaging systems," Opt. Eng. 15 (1976),
       doi:10.1117/12.7972021.
    """
    wide, part = np.broadcast_arrays(
        np.asarray(range_m, np.float64), np.asarray(shown, np.float64)
    )
    flat = loops.chances(
        law_of(kind, target, light),
        np.ascontiguousarray(wide).reshape(-1),
        np.ascontiguousarray(part).reshape(-1),
    )
    return flat.reshape(wide.shape)
