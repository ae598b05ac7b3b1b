"""The command ``linewatch calibrate``."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.area import Weather
from linewatch.cli.outputs import never_over
from linewatch.sight import (
    DAY,
    NIGHT,
    Fit,
    KindFile,
    fit,
    read_kinds,
    read_looks,
    write_kinds,
)
from linewatch.sight.calibrate import rows_of


def calibrate(
    looks: Path,
    *,
    kinds: Path | None = None,
    out: Path | None = None,
    night: Annotated[bool, Parameter(negative="")] = False,
    visibility_km: float = 23.0,
    rain_mm_h: float = 0.0,
    wind_mps: float = 0.0,
    level: float = 0.95,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Fit sensor kinds to looks whose outcome is known, with an interval.

    Parameters
    ----------
    looks
        CSV file: kind,target,range_m,shown,detected. A row is one look at a target
        whose place was known, with 1 if it detected and 0 if not; shown is the share of
        the target that no ground hides.
    kinds
        File of a scenario's own kinds, kind,figure,value,source: they are believed
        before. Without it the built-in ones are.
    out
        File of kinds to write: those of `kinds` with the range and the ceiling that the
        looks say, ready for a scenario to plan with.
    night
        The looks were made by night, without a moon; else by day.
    visibility_km
        Visibility during the looks, in kilometres.
    rain_mm_h
        Rain during the looks, in mm/h.
    wind_mps
        Wind during the looks, in m/s.
    level
        Chance that each interval holds.
    as_json
        Print one JSON object instead of lines.
    """
    weather = Weather(
        visibility_m=visibility_km * 1000, rain_mm_h=rain_mm_h, wind_mps=wind_mps
    )
    light = replace(NIGHT if night else DAY, weather=weather)
    if out is not None:
        never_over((out,), (looks, kinds))
    held = KindFile() if kinds is None else read_kinds(kinds)
    fits = {
        name: fit(told, kind=held.kinds[name], light=light, level=level)
        for name, told in read_looks(looks, held.kinds).items()
    }
    if out is not None:
        write_kinds(out, rows_of(fits, held), held.remark)
    if as_json:
        print(json.dumps({name: _told(one) for name, one in fits.items()}))
    else:
        for name, one in fits.items():
            _print(name, one)
        if out is not None:
            print(f"{out} holds the fitted range and ceiling of {', '.join(fits)}.")


def _told(one: Fit) -> dict[str, object]:
    """Return a fit as what JSON can hold."""
    named = ("low", "mean", "high")
    return {
        "looks": one.looks,
        "detected": one.detected,
        "beyond_reach": one.beyond,
        "expected_before": round(one.before, 2),
        "expected": round(one.expected, 2),
        "scale": dict(zip(named, one.scale, strict=True)),
        "ceiling": dict(zip(named, one.ceiling, strict=True)),
        "level": one.level,
        "anchor_m": dict(one.kind.anchor_m),
        "misfit": round(one.misfit, 2),
    }


def _print(name: str, one: Fit) -> None:
    """Tell a fit."""
    print(f"{name}: {one.detected} of {one.looks} looks detected")
    if one.beyond:
        print(f"  {one.beyond} more beyond its reach, where the law says 0: left out")
    print(f"  expected before {one.before:.1f}, after {one.expected:.1f}")
    for what, (low, mean, high) in (("range x", one.scale), ("ceiling", one.ceiling)):
        print(f"  {what} {mean:.2f}, {one.level:.0%} within {low:.2f} to {high:.2f}")
    anchors = ", ".join(f"{t} {m:,.0f} m" for t, m in one.kind.anchor_m.items() if m)
    print(f"  anchors ({one.kind.anchor_chance:g} a draw in plain sight): {anchors}")
    if one.misfit > 3:
        print(
            f"  beware: the law misses by {one.misfit:.1f} standard errors somewhere "
            "along the range; the figures are not to be trusted"
        )
