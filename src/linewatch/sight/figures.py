"""Figures of a sensor kind under flat names: one number a name, for files and logs."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Final

from linewatch.errors import BadValue
from linewatch.sight.kind import Criterion, Gives, Law, SensorKind, Waves
from linewatch.sight.kinds import TARGET_NAMES

SIGHTED: Final = (Law.ECHO, Law.IMAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number of a kind.

    Parameters
    ----------
    low, high : float
        Least and greatest that a file may tell: bounds of sense, and such that no law
        divides by nothing.
    laws : tuple of Law
        Laws that read it: it does nothing in another.
    gives : tuple of Gives
        What those kinds measure that it says something of.
    """

    low: float
    high: float
    laws: tuple[Law, ...] = tuple(Law)
    gives: tuple[Gives, ...] = tuple(Gives)

    @property
    def rule(self) -> str:
        """What the number may be, in words."""
        return f"from {self.low:g} to {self.high:g}"

    def allows(self, value: float) -> bool:
        """Say whether a file may tell a number."""
        return self.low <= value <= self.high


_ECHO: Final = (Law.ECHO,)
_IMAGE: Final = (Law.IMAGE,)
_TREMOR: Final = (Law.TREMOR,)

_IN_MAPPING: Final[Mapping[str, tuple[str, str]]] = {
    f"{what}_{target}_m": (f"{what}_m", target)
    for what in ("reach", "anchor")
    for target in TARGET_NAMES
}
"""Field and target class of the numbers that a kind holds by class."""

_IN_WAVES: Final[Mapping[str, str]] = {
    f"waves_{field.name}": field.name for field in fields(Waves)
}
"""Field of `Waves` by flat name."""

NUMBERS: Final[Mapping[str, Figure]] = MappingProxyType(
    {
        "mast_m": Figure(low=0, high=5_000),
        **{f"reach_{t}_m": Figure(low=0, high=100_000) for t in TARGET_NAMES},
        **{f"anchor_{t}_m": Figure(low=0, high=1_000_000) for t in TARGET_NAMES},
        "anchor_chance": Figure(low=0.01, high=0.99),
        "ceiling": Figure(low=0.001, high=1),
        "night_share": Figure(low=0, high=1, laws=_IMAGE),
        "period_s": Figure(low=0.1, high=86_400),
        "decorrelation_s": Figure(low=0.1, high=86_400),
        "sigma_range_m": Figure(low=0.01, high=10_000),
        "sigma_range_share": Figure(low=0, high=1),
        "sigma_azimuth_rad": Figure(
            low=math.radians(0.001), high=math.pi, gives=(Gives.POLAR,)
        ),
        "false_per_look": Figure(low=0, high=100),
        "min_radial_mps": Figure(low=0, high=100, laws=_ECHO),
        "refraction": Figure(low=0, high=0.99, laws=SIGHTED),
        "contrast": Figure(low=0.01, high=20, laws=_IMAGE),
        "spread": Figure(low=0.5, high=10, laws=_TREMOR),
        "absorbed_db_km": Figure(low=0, high=1_000, laws=_TREMOR),
        "wind_half_mps": Figure(low=0.1, high=1_000, laws=_TREMOR),
        "waves_wavelength_m": Figure(low=0.001, high=10, laws=_ECHO),
        "waves_ground_share": Figure(low=0, high=1, laws=_ECHO),
        "waves_beam_rad": Figure(low=math.radians(0.01), high=math.pi, laws=_ECHO),
        "waves_tall_rad": Figure(low=math.radians(0.01), high=math.pi, laws=_ECHO),
        "waves_cell_m": Figure(low=0.01, high=10_000, laws=_ECHO),
        "waves_ground_filter": Figure(low=1, high=1e12, laws=_ECHO),
        "waves_rain_filter": Figure(low=1, high=1e12, laws=_ECHO),
        "waves_rain_k": Figure(low=0, high=10, laws=_ECHO),
        "waves_rain_power": Figure(low=0.1, high=3, laws=_ECHO),
        "waves_wind_share": Figure(low=0, high=1, laws=_ECHO),
    }
)
"""Every number that a file may tell of a kind, by its flat name; angles in radians."""


def changed(kind: SensorKind, name: str, value: float) -> SensorKind:
    """Return a kind with one of `NUMBERS` changed."""
    if name in _IN_MAPPING:
        field, target = _IN_MAPPING[name]
        by_class = {**getattr(kind, field), target: value}
        return _with(kind, {field: MappingProxyType(by_class)})
    if name in _IN_WAVES and kind.waves is not None:
        facts: dict[str, Any] = {_IN_WAVES[name]: value}
        return replace(kind, waves=replace(kind.waves, **facts))
    return _with(kind, {name: value})


def _with(kind: SensorKind, facts: dict[str, Any]) -> SensorKind:
    """Return a kind with other facts."""
    return replace(kind, **facts)


def record_of(kind: SensorKind) -> dict[str, object]:
    """Write a kind as flat names and plain values, for a log to hold to the bit.

    What may be missing, and is infinite, empty or not there, is left out.

    Examples
    --------
    >>> from linewatch.sight import KINDS
    >>> record_of(KINDS["radar"])["reach_walker_m"]
    10000.0
    """
    out: dict[str, object] = {}
    for field in fields(SensorKind):
        value = getattr(kind, field.name)
        if isinstance(value, Waves):
            out |= {flat: getattr(value, name) for flat, name in _IN_WAVES.items()}
        elif isinstance(value, Mapping):
            what = field.name.removesuffix("_m")
            out |= {f"{what}_{t}_m": value.get(t, 0.0) for t in TARGET_NAMES}
        elif isinstance(value, tuple):
            out[field.name] = list(value)
        elif field.name in _OPTIONAL and value in ("", math.inf):
            continue
        elif field.name not in ("name", "waves"):
            plain = value.value if isinstance(value, _WORDS) else value
            out[field.name] = plain
    return out


_WORDS: Final = (Law, Gives, Criterion)
_CHOICES: Final = {"law": Law, "gives": Gives, "criterion": Criterion}
_LABELS: Final = ("label", "like", "source", "waves_source")
_OPTIONAL: Final = frozenset({"like", "wind_half_mps", "source", *_IN_WAVES})
"""What a record may leave out. A figure that is ever added to `SensorKind` belongs
here, with a default that leaves the law as it was: records of before lack it."""


def kind_from(name: str, record: Mapping[str, object]) -> SensorKind:
    """Read a kind that `record_of` wrote; sources may be left out.

    Raises
    ------
    BadValue
        If a figure is missing, of another type, none that a kind has, or cannot be.
    """
    known = {*_IN_MAPPING, *_IN_WAVES, *_PLAIN}
    for flat in sorted(known - _OPTIONAL - set(record)):
        raise BadValue(f"figures of {name}", "whole", f"without {flat}")
    for flat in sorted(set(record) - known):
        raise BadValue(f"figures of {name}", "those of a sensor kind", f"with {flat}")
    facts: dict[str, Any] = {"name": name, "reach_m": {}, "anchor_m": {}}
    waves: dict[str, Any] = {}
    for flat, told in record.items():
        value = _value(name, flat, told)
        if flat in _IN_MAPPING:
            field, target = _IN_MAPPING[flat]
            facts[field][target] = value
        elif flat in _IN_WAVES:
            waves[_IN_WAVES[flat]] = value
        else:
            facts[flat] = value
    if waves:
        lacking = {*_IN_WAVES.values()} - {*waves, "source"}
        if lacking:
            lacks = f"without waves_{min(lacking)}"
            raise BadValue(f"figures of {name}", "whole", lacks)
        facts["waves"] = Waves(**{"source": "", **waves})
    for field in ("reach_m", "anchor_m"):
        by_class = facts[field]
        facts[field] = MappingProxyType({t: by_class[t] for t in TARGET_NAMES})
    return SensorKind(**{"source": "", **facts})


_PLAIN: Final = frozenset(
    field.name
    for field in fields(SensorKind)
    if field.name not in ("name", "reach_m", "anchor_m", "waves")
)


def _value(name: str, flat: str, told: object) -> object:
    """Return a plain value as a kind holds it."""
    where = f"{flat} of {name}"
    if flat in _CHOICES:
        allowed = [str(one) for one in _CHOICES[flat]]
        if told not in allowed:
            raise BadValue(where, f"one of {', '.join(allowed)}", repr(told)[:80])
        return _CHOICES[flat](told)
    if flat in _LABELS:
        if not isinstance(told, str):
            raise BadValue(where, "text", repr(told)[:80])
        return told
    if flat == "bands_um":
        if not isinstance(told, list | tuple):
            raise BadValue(where, "a list of numbers", repr(told)[:80])
        return tuple(_number(where, one) for one in told)
    return _number(where, told)


def _number(where: str, told: object) -> float:
    """Return a plain value that must be a finite number."""
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise BadValue(where, "a number", repr(told)[:80])
    if not math.isfinite(told):
        raise BadValue(where, "finite", told)
    return float(told)
