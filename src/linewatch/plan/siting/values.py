"""What siting takes in and gives out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.area import STANDARD, Weather
from linewatch.area.weather import LIMITS
from linewatch.errors import BadValue
from linewatch.plan.siting.worth import More, SiteChances
from linewatch.sight import NIGHT, Rule, SensorKind, Sight, SteadyLight

Floats = NDArray[np.float64]

DEFAULT_MIX: Final[Mapping[str, float]] = MappingProxyType(
    {"walker": 0.9, "vehicle": 0.08, "flyer": 0.02}
)
"""Share of each target class in the demand [-]: a planning value, no measurement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """How sites are searched for.

    Parameters
    ----------
    station_m : float
        Chainage between two stations of candidates [m].
    offsets_m : tuple of float
        Distances of candidates from the line on the home side [m].
    snap_m : float
        A candidate moves to the highest ground within this distance [m].
    nearest_m : float
        Least distance of a candidate from the line [m].
    cross_m : float
        Chainage between two crossings that are planned for [m].
    before_m, after_m : float
        Crossings start this far beyond the line and end this far home of it [m].
    screen_cell_m, cell_m : float
        Cell of the ground for candidates and for chosen sites [m].
    even_share : float
        Share of the weight that is spread evenly along the line [-], for demand that
        was never counted is not none.
    seismic_offset_m : float
        Distance of ground sensors from the line on the home side [m].
    confirm_least, confirm_within : int
        Detections in looks in a row that confirm a track.
    kicks, rounds : int
        Effort of the search and of its bound.
    month : str
        Month of the demand, ``YYYY-MM``; the latest that is known when empty.
    visibility_km, rain_mm_h, wind_mps : float
        Weather that is planned for: visibility [km], rain [mm/h], wind [m/s]. The
        standard weather that every sensor's figures hold in, unless told otherwise.
    """

    station_m: float = 2_000.0
    offsets_m: tuple[float, ...] = (300.0, 1_200.0, 2_500.0)
    snap_m: float = 420.0
    nearest_m: float = 60.0
    cross_m: float = 500.0
    before_m: float = 4_000.0
    after_m: float = 6_000.0
    screen_cell_m: float = 90.0
    cell_m: float = 60.0
    even_share: float = 0.1
    seismic_offset_m: float = 60.0
    confirm_least: int = 3
    confirm_within: int = 5
    kicks: int = 0
    rounds: int = 800
    month: str = ""
    visibility_km: float = STANDARD.visibility_m / 1000
    rain_mm_h: float = STANDARD.rain_mm_h
    wind_mps: float = STANDARD.wind_mps

    def __post_init__(self) -> None:
        lengths = (
            "station_m",
            "cross_m",
            "screen_cell_m",
            "cell_m",
            "before_m",
            "after_m",
        )
        for name in lengths:
            if not 0 < getattr(self, name) < math.inf:
                raise BadValue(name, "above 0", getattr(self, name))
        if not self.offsets_m or not all(
            0 < float(offset) < math.inf for offset in self.offsets_m
        ):
            raise BadValue("offsets_m", "one or more distances above 0", self.offsets_m)
        if not 0 <= self.even_share <= 1:
            raise BadValue("even_share", "from 0 to 1", self.even_share)
        if not self.snap_m >= 0:
            raise BadValue("snap_m", "0 or more", self.snap_m)
        Rule(least=self.confirm_least, within=self.confirm_within)
        least_m, most_m = LIMITS["visibility_m"]
        if not least_m <= self.visibility_km * 1000 <= most_m:
            rule = f"{least_m / 1000:g} to {most_m / 1000:g}"
            raise BadValue("visibility_km", rule, self.visibility_km)
        replace(STANDARD, rain_mm_h=self.rain_mm_h, wind_mps=self.wind_mps)

    @property
    def light(self) -> SteadyLight:
        """Light that is planned for: night without a moon, in the weather told."""
        weather = Weather(
            visibility_m=self.visibility_km * 1000,
            rain_mm_h=self.rain_mm_h,
            wind_mps=self.wind_mps,
        )
        return replace(NIGHT, weather=weather)

    @property
    def rule(self) -> Rule:
        """What confirms a track."""
        return Rule(least=self.confirm_least, within=self.confirm_within)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where one sensor is to stand.

    Parameters
    ----------
    name, kind : str
        Name, unique in a plan, and sensor kind.
    chainage_m, offset_m : float
        Place along and beside the line [m].
    lon_deg, lat_deg : float
        Place [deg], WGS 84.
    x_m, y_m : float
        Place on the plane [m].
    mast_m : float
        Height of the sensor above the ground [m].
    why : str
        What speaks for it, in words.
    """

    name: str
    kind: str
    chainage_m: float
    offset_m: float
    lon_deg: float
    lat_deg: float
    x_m: float
    y_m: float
    mast_m: float
    why: str


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Coverage:
    """Planned chance along the line.

    Parameters
    ----------
    chainage_m : ndarray of float64, shape (n,)
        Where crossings are planned for [m].
    weight : ndarray of float64, shape (n,)
        Demand of each crossing's stretch [persons/s].
    chance : mapping of str to ndarray of float64, shape (n,)
        By target class, the chance that at least one sensor by itself confirms [-].
    """

    chainage_m: Floats
    weight: Floats
    chance: Mapping[str, Floats]

    def mean(self, target: str) -> float:
        """Return the chance [-] of a class, weighted by demand."""
        total = self.weight.sum()
        return (
            float((self.weight * self.chance[target]).sum() / total) if total else 0.0
        )

    def covered(self, target: str, *, least: float = 0.5) -> float:
        """Return the share of demand [-] whose chance is `least` or more."""
        total = self.weight.sum()
        hit = self.chance[target] >= least
        return float(self.weight[hit].sum() / total) if total else 0.0

    def length_share(self, target: str, *, least: float = 0.5) -> float:
        """Return the share of the line's length [-] whose chance is `least` or more."""
        return float((self.chance[target] >= least).mean()) if len(self.weight) else 0.0

    def gaps(self, target: str, *, least: float = 0.5) -> tuple["Gap", ...]:
        """Return the stretches below `least`, the one with most demand missed first."""
        chance = self.chance[target]
        low = np.concatenate([[False], chance < least, [False]])
        edges = np.flatnonzero(np.diff(low.astype(np.int8)))
        half = np.diff(self.chainage_m).min() / 2 if len(self.chainage_m) > 1 else 0.0
        gaps = [
            Gap(
                from_m=float(self.chainage_m[first] - half),
                to_m=float(self.chainage_m[last - 1] + half),
                missed_per_s=float(
                    (self.weight[first:last] * (1 - chance[first:last])).sum()
                ),
                mean_chance=float(chance[first:last].mean()),
            )
            for first, last in edges.reshape(-1, 2).tolist()
        ]
        return tuple(sorted(gaps, key=lambda gap: (-gap.missed_per_s, gap.from_m)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch of the line whose planned chance is low.

    Parameters
    ----------
    from_m, to_m : float
        Chainages of its ends [m].
    missed_per_s : float
        Demand expected to cross there unseen [persons/s].
    mean_chance : float
        Mean planned chance in it [-].
    """

    from_m: float
    to_m: float
    missed_per_s: float
    mean_chance: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SitePlan:
    """A proposal of sites.

    Parameters
    ----------
    sites : tuple of Site
        Where sensors stand, by kind and chainage.
    sights : tuple of Sight
        The same sensors with what each sees, in the same order.
    coverage : Coverage
        Planned chance along the line.
    objective, bound : float
        Share of the demand, with its even part and its mix of classes, that is
        expected to be confirmed; and what no choice from the same candidates can
        exceed [-].
    candidates : int
        Places and kinds chosen from.
    terrain_generated : bool
        True where the ground is made up, and no real place was looked at.
    terrain_source, light : str
        Where the ground comes from, and the light planned for, in words.
    seed : int
        Of the search.
    unplaced : mapping of str to int
        Sensors of the kit that got no site, by kind.
    by_site : SiteChances
        What each site by itself confirms; its weights add up to 1.
    more : tuple of More
        The best place for one sensor more, by kind, the one that adds most first.
    """

    sites: tuple[Site, ...]
    sights: tuple[Sight, ...]
    coverage: Coverage
    objective: float
    bound: float
    candidates: int
    terrain_generated: bool
    terrain_source: str
    light: str
    seed: int = 1
    unplaced: Mapping[str, int] = field(default_factory=dict)
    by_site: SiteChances = field(default_factory=SiteChances.none)
    more: tuple[More, ...] = ()

    @property
    def kinds(self) -> dict[str, SensorKind]:
        """The kinds of the placed sensors, by name."""
        return {sight.kind.name: sight.kind for sight in self.sights}

    @property
    def gap(self) -> float:
        """Share of the bound that the plan may fall short of the best [-]."""
        return (
            max(0.0, (self.bound - self.objective) / self.bound) if self.bound else 0.0
        )

    @property
    def demand_covered(self) -> float:
        """Share of demand crossing where a walker's planned chance is at least 0.5."""
        return self.coverage.covered("walker")

    @property
    def planned_chance(self) -> dict[str, float]:
        """Chance [-] weighted by demand, by target class."""
        return {name: self.coverage.mean(name) for name in self.coverage.chance}
