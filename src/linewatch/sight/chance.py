"""Chance that one look detects a target: the law of each sensor kind, with light."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linewatch.area import STANDARD, Weather
from linewatch.errors import BadValue
from linewatch.sight import _kernels_chance as loops
from linewatch.sight.kind import Criterion, Law, SensorKind, TargetClass, Waves
from linewatch.sight.kinds import TARGETS

Floats = NDArray[np.float64]

FALSE_ALARM: Final = 1e-6
"""Chance of a false alarm in one resolution cell [-], the usual setting of a radar."""

DARK_RAD: Final = math.radians(-12)
"""Sun's altitude [rad] at which nautical twilight ends and the horizon is gone."""

VISIBLE_UM: Final = 0.75
"""Wavelength below which an image needs daylight [um]."""

THERMAL_UM: Final = 7.0
"""Wavelength from which an image is made of heat [um]."""

VAPOUR_PER_M: Final = 1.5e-4
"""What water vapour takes of heat between 8 and 12 um [1/m]; planning value."""

PER_DB_KM: Final = math.log(10) / 10 / 1000
"""Power lost per metre for one decibel a kilometre [1/m]."""

EXPONENTS: Final = {Criterion.JOHNSON: (2.7, 0.7), Criterion.TTP: (1.51, 0.24)}
"""Exponent of the cycles, and how it grows with them [-]. Johnson: Ratches 1976; TTP:
R. H. Vollmerhausen and E. Jacobs, "The targeting task performance (TTP) metric", NVESD
AMSEL-NV-TR-230 (2004)."""

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

    @property
    def weather(self) -> Weather:
        """What the air does to sight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SteadyLight:
    """Light that does not change, for planning.

    Parameters
    ----------
    sun_altitude_rad, moon_altitude_rad : float
        Altitudes [rad].
    moon_lit_share : float
        Lit share of the Moon's disc [-].
    weather : Weather
        What the air does to sight; clear, dry and calm by default.
    """

    sun_altitude_rad: float
    moon_altitude_rad: float = -math.pi / 2
    moon_lit_share: float = 0.0
    weather: Weather = STANDARD


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

    The anchors of a kind hold in the standard weather; another makes the law worse, or
    better, by the ratio to what the standard does at the same range.

    Returns
    -------
    ndarray of float64, shape (`LAW_WIDTH`,)
        In the order of the names at the top of ``_kernels_chance.py``.
    """
    weather = STANDARD if light is None else light.weather
    anchor_m = kind.anchor_m.get(target.name, 0.0)
    row = np.zeros(loops.LAW_WIDTH)
    row[loops.LOG_FALSE] = math.log(FALSE_ALARM)
    row[loops.CEILING] = kind.ceiling
    row[loops.RADIAL] = kind.min_radial_mps
    row[loops.REACH] = kind.reach_m.get(target.name, 0.0)
    row[loops.DRAWS] = kind.draws_per_look
    row[loops.NEEDS_SIGHT] = 0.0 if kind.law is Law.TREMOR else 1.0
    row[loops.ABOVE], row[loops.TALL] = target.above_m, target.tall_m
    row[loops.NOISE] = 1.0
    if kind.law is Law.IMAGE:
        anchor_m *= kind.night_share + (1 - kind.night_share) * daylight(light)
        first, more = EXPONENTS[kind.criterion]
        row[loops.FORM], row[loops.EXPONENT], row[loops.STEEPER] = 1.0, first, more
        row[loops.LEVEL] = loops.cycles_for(kind.anchor_chance, first, more)
        row[loops.CONTRAST] = kind.contrast
        row[loops.STANDARD] = lost_per_m(kind.bands_um, None)
        row[loops.LOST] = lost_per_m(kind.bands_um, light)
    else:
        level = row[loops.LOG_FALSE] / math.log(kind.anchor_chance) - 1
        row[loops.LEVEL] = level
        row[loops.EXPONENT] = kind.spread
        if kind.law is Law.TREMOR:
            # The anchor holds in air that absorbs as this one does.
            lost = kind.absorbed_db_km * PER_DB_KM
            row[loops.LOST] = lost
            row[loops.LEVEL] *= math.exp(lost * anchor_m)
            row[loops.NOISE] += (weather.wind_mps / kind.wind_half_mps) ** 2
        else:
            row[loops.EXPONENT] = 4.0
            if kind.waves is not None:
                _add_waves(row, kind, kind.waves, weather)
    row[loops.ANCHOR] = anchor_m
    return row


def _add_waves(row: Floats, kind: SensorKind, waves: Waves, weather: Weather) -> None:
    """Add what ground and rain do to a radar to its row.

    Raises
    ------
    BadValue
        If ground echoes so much that no walker is seen at the anchor.
    """
    walker = TARGETS["walker"]
    far_m = kind.anchor_m.get(walker.name, 0.0)
    row[loops.RADIAL] += waves.wind_share * weather.wind_mps
    row[loops.LOST] = 2 * waves.rain_k * weather.rain_mm_h**waves.rain_power * PER_DB_KM
    if far_m <= 0:
        return
    # Echo of the ground in a walker's cell at the anchor, over a walker's.
    area_m2 = far_m * waves.beam_rad * waves.cell_m
    ground = waves.ground_share * area_m2 / waves.ground_filter / walker.echo_m2
    if not row[loops.LEVEL] * ground < 1:
        rule = "so weak that a walker is seen over it at the anchor"
        raise BadValue("waves.ground_share", rule, waves.ground_share)
    # What must be heard over noise and ground together, is heard over noise alone.
    row[loops.LEVEL] /= 1 - row[loops.LEVEL] * ground
    row[loops.GROUND] = row[loops.LEVEL] * ground * far_m**3
    # Reflectivity of rain: Rayleigh, |K|^2 = 0.93, Z = 200 R^1.6 (Marshall, Palmer).
    size = 200.0 * weather.rain_mm_h**1.6 * 1e-18
    echo = math.pi**5 * 0.93 * size / waves.wavelength_m**4
    cell_m3 = math.pi / 4 * waves.beam_rad * waves.tall_rad * waves.cell_m
    rain = echo * cell_m3 / waves.rain_filter / walker.echo_m2
    row[loops.RAIN] = row[loops.LEVEL] * rain * far_m**4


def lost_per_m(bands_um: Sequence[float], light: Lit | None) -> float:
    """Return what the air takes of an image's contrast [1/m], in its clearest band.

    Parameters
    ----------
    bands_um : sequence of float
        Wavelengths [um]; none loses nothing. One below `VISIBLE_UM` needs daylight.
    light : Lit, optional
        Sun and weather; full daylight in the standard weather when None.

    Notes
    -----
    Haze takes ``3.912 / V (wavelength / 0.55 um) ** -q`` (Koschmieder) with `V` the
    visibility and `q` after Kim [1]_; rain takes ``1.076 R ** 0.67`` dB/km (Carbonneau,
    in ITU-R P.1814); water vapour takes `VAPOUR_PER_M` of heat.

    References
    ----------
    .. [1] I. I. Kim, B. McArthur, E. Korevaar, "Comparison of laser beam propagation
       at 785 nm and 1550 nm in fog and haze", Proc. SPIE 4214 (2001),
       doi:10.1117/12.417512. Beyond 2 um it is extended, not measured.
    """
    weather = STANDARD if light is None else light.weather
    dark = daylight(light) == 0.0
    seen = [band for band in bands_um if band >= VISIBLE_UM or not dark]
    seen = seen or list(bands_um[-1:])
    if not seen:
        return 0.0
    far_km = weather.visibility_m / 1000
    if far_km > 50:
        power = 1.6
    elif far_km > 6:
        power = 1.3
    elif far_km > 1:
        power = 0.16 * far_km + 0.34
    else:
        power = max(far_km - 0.5, 0.0)
    haze = min(
        3.912 / weather.visibility_m * (band / 0.55) ** -power
        + (VAPOUR_PER_M if band > THERMAL_UM else 0.0)
        for band in seen
    )
    rain = 1.076 * weather.rain_mm_h**0.67 * PER_DB_KM if weather.rain_mm_h else 0.0
    return float(haze + rain)


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
    the fourth power of range for radar, and as the kind's own for tremor [1]_. *Image*:
    with ``x`` the cycles across the target over those that half of observers need,
    ``x**E / (1 + x**E)``, ``E = 2.7 + 0.7 x`` [2]_. The ceiling multiplies both. Ground
    and rain add to the noise of a radar, wind to that of a tremor; rain weakens an
    echo, haze and rain an image: see `law_of` and `lost_per_m`. Where looks follow
    faster than the draws decorrelate, the chance ``q`` of a draw becomes
    ``1 - (1 - q) ** (period / decorrelation)`` a look, so that independent looks over
    a decorrelation time detect as often as one draw.

    References
    ----------
    .. [1] P. Swerling, "Probability of detection for fluctuating targets," IRE Trans.
       Inf. Theory 6 (1960) 269-308, doi:10.1109/TIT.1960.1057561.
    .. [2] J. Johnson, "Analysis of image forming systems," Image Intensifier Symp.,
       1958; the target transfer function as in J. A. Ratches, "Static performance
       model for thermal imaging systems," Opt. Eng. 15 (1976),
       doi:10.1117/12.7972037.
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
