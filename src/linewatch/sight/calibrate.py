"""Calibration: fit a kind's law to looks whose outcome is known, with an interval."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from linewatch.errors import BadFile, BadValue
from linewatch.scenario.table import number, read_table
from linewatch.sight.chance import Lit, range_chance
from linewatch.sight.kind import SensorKind
from linewatch.sight.kindfile import RANGE_X, KindFile, KindRow, with_rows
from linewatch.sight.kinds import KINDS, kind_named, target_named

Floats = NDArray[np.float64]

COLUMNS: Final = ("kind", "target", "range_m", "shown", "detected")

FEWEST: Final = 20
"""Fewest looks that are fitted: with fewer the answer is the assumption."""

SPREAD: Final = math.log(2.0)
"""One sigma of the belief about the range before any look: a factor of two either way.
Published ranges of ground radars and cameras for one task differ by as much."""

CEILING_BELIEF: Final = (8.0, 1.5)
"""Beta belief about the ceiling before any look: mean 0.84, most between 0.6 and 1."""

SCALES: Final = np.exp(np.linspace(-2.4, 2.4, 241))
CEILINGS: Final = (np.arange(80) + 0.5) / 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """Looks at targets whose place was known, of one kind of sensor, shape (n,).

    Parameters
    ----------
    kind : str
        The kind that looked.
    target : tuple of str
        Class of each target.
    range_m : ndarray
        Ranges [m].
    shown : ndarray
        Share of the target that no ground hides [-].
    detected : ndarray of bool
        Whether the look detected.
    """

    kind: str
    target: tuple[str, ...]
    range_m: Floats
    shown: Floats
    detected: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What looks say of a kind.

    Parameters
    ----------
    kind : SensorKind
        The kind with its anchors and ceiling set to the middle of the belief.
    looks, detected : int
        How many looks there were, and how many detected.
    beyond : int
        Looks left out, for they lay beyond the kind's reach for their target, where the
        law says 0 whatever the figures.
    scale, ceiling : tuple of float
        Low, middle and high of the factor on every anchor, and of the ceiling [-]; low
        and high hold `level` of the belief. The middle of the factor is the mean of its
        logarithm, so that no look at all leaves 1; that of the ceiling is its mean.
    level : float
        See `scale`.
    expected : float
        Detections that the fitted law expects of the same looks.
    before : float
        Detections that the kind expected of them before the fit.
    misfit : float
        Largest gap between the shares detected and expected in a fifth of the looks by
        range, in standard errors. Above 3 the law has another form than the sensor.
    """

    kind: SensorKind
    looks: int
    detected: int
    beyond: int
    scale: tuple[float, float, float]
    ceiling: tuple[float, float, float]
    level: float
    expected: float
    before: float
    misfit: float


def fit(
    looks: Looks,
    *,
    kind: SensorKind | None = None,
    light: Lit | None = None,
    level: float = 0.95,
) -> Fit:
    """Fit the range and the ceiling of a kind to looks whose outcome is known.

    Parameters
    ----------
    looks : Looks
        From walks with a receiver, or test targets: misses count as much as hits, so
        looks that nobody noted must not be left out.
    kind : SensorKind, optional
        What is believed before; the built-in kind when None.
    light : Lit, optional
        Light and weather of the looks; full daylight, clear when None.
    level : float
        Chance that each interval holds [-].

    Raises
    ------
    BadValue
        If there are fewer looks within reach than `FEWEST`, or the level is no chance.

    Notes
    -----
    The belief is a log-normal in the range and a beta in the ceiling, on a grid; each
    look multiplies it by the law's chance of what happened. Looks are taken as
    independent draws: looks closer in time than the kind's `decorrelation_s` at one
    target tell less than they seem to, and make the interval too narrow.
    """
    before = kind or kind_named(looks.kind)
    looks, beyond = _within_reach(before, looks)
    if len(looks) < FEWEST:
        rule = f"{FEWEST} or more within reach"
        raise BadValue(f"looks of {before.name}", rule, len(looks))
    if not 0 < level < 1:
        raise BadValue("level", "between 0 and 1", level)
    # One draw of the law without its ceiling, by scale and look.
    bare = replace(before, ceiling=1.0, decorrelation_s=before.period_s)
    draws = np.stack([_draws(bare.scaled(s), looks, light) for s in SCALES])
    share = before.draws_per_look
    belief = -0.5 * (np.log(SCALES)[:, None] / SPREAD) ** 2 + (
        (CEILING_BELIEF[0] - 1) * np.log(CEILINGS)
        + (CEILING_BELIEF[1] - 1) * np.log1p(-CEILINGS)
    )
    hit = looks.detected
    for column, ceiling in enumerate(CEILINGS):
        miss = np.clip(1 - ceiling * draws, 1e-12, 1.0) ** share
        chance = np.clip(1 - miss, 1e-12, 1.0)
        told = np.where(hit, np.log(chance), np.log(np.clip(miss, 1e-12, 1.0)))
        belief[:, column] += told.sum(axis=1)
    belief[np.isnan(draws).any(axis=1)] = -np.inf
    weight = np.exp(belief - logsumexp(belief))
    low, middle, high = _interval(np.log(SCALES), weight.sum(axis=1), level)
    scale = math.exp(low), math.exp(middle), math.exp(high)
    top = _interval(CEILINGS, weight.sum(axis=0), level)
    fitted = replace(before.scaled(scale[1]), ceiling=top[1])
    expected = _chances(fitted, looks, light)
    return Fit(
        kind=fitted,
        looks=len(looks),
        detected=int(hit.sum()),
        beyond=beyond,
        scale=scale,
        ceiling=top,
        level=level,
        expected=float(expected.sum()),
        before=float(_chances(before, looks, light).sum()),
        misfit=_misfit(expected, looks),
    )


def _within_reach(kind: SensorKind, looks: Looks) -> tuple[Looks, int]:
    """Return the looks that tell of the figures, and how many do not."""
    reach_m = np.array([kind.reach_m.get(name, 0.0) for name in looks.target])
    anchor_m = np.array([kind.anchor_m.get(name, 0.0) for name in looks.target])
    tells = (looks.range_m <= reach_m) & (anchor_m > 0)
    kept = Looks(
        kind=looks.kind,
        target=tuple(np.array(looks.target, dtype=object)[tells].tolist()),
        range_m=looks.range_m[tells],
        shown=looks.shown[tells],
        detected=looks.detected[tells],
    )
    return kept, len(looks) - len(kept)


def _draws(kind: SensorKind, looks: Looks, light: Lit | None) -> Floats:
    """Return the chance of every look; NaN of a kind that cannot be."""
    try:
        return _chances(kind, looks, light)
    except BadValue:
        # A radar that sees that far would see ground and no walker at its anchor.
        return np.full(len(looks), np.nan)


def _chances(kind: SensorKind, looks: Looks, light: Lit | None) -> Floats:
    """Return the chance of every look."""
    out = np.zeros(len(looks))
    names = np.array(looks.target)
    for name in np.unique(names):
        mine = names == name
        out[mine] = range_chance(
            kind,
            target_named(str(name)),
            looks.range_m[mine],
            light,
            shown=looks.shown[mine],
        )
    return out


def _interval(
    values: Floats, weight: Floats, level: float
) -> tuple[float, float, float]:
    """Return low, mean and high of a belief."""
    upto = np.cumsum(weight)
    low, high = np.searchsorted(upto, [(1 - level) / 2, (1 + level) / 2])
    last = len(values) - 1
    mean = float((values * weight).sum())
    return float(values[min(low, last)]), mean, float(values[min(high, last)])


def _misfit(expected: Floats, looks: Looks) -> float:
    """Return the largest gap over fifths of the looks by range, in standard errors."""
    worst = 0.0
    for part in np.array_split(np.argsort(looks.range_m, kind="stable"), 5):
        spread = math.sqrt(float((expected[part] * (1 - expected[part])).sum()))
        gap = abs(float(looks.detected[part].sum() - expected[part].sum()))
        worst = max(worst, gap / max(spread, 0.5))
    return worst


def rows_of(fits: Mapping[str, Fit], held: KindFile) -> tuple[KindRow, ...]:
    """Return the rows of a file of kinds that holds what was fitted.

    Parameters
    ----------
    fits : mapping of str to Fit
        What looks say, by kind.
    held : KindFile
        The file whose kinds were believed before. Its other rows are kept; a factor on
        the range that it tells is multiplied by the fitted one, and so is its interval.

    Raises
    ------
    BadValue
        If a file could not tell the factor that comes out.
    """
    before = {r.kind: float(r.value) for r in held.rows if r.figure == "range_x"}
    new = []
    for name, one in fits.items():
        looks = f"fitted to {one.looks} looks, {one.detected} detected"
        times = before.get(name, 1.0)
        low, middle, high = (times * part for part in one.scale)
        if not RANGE_X.allows(middle):
            raise BadValue(f"range_x of {name}", RANGE_X.rule, f"{middle:.6g}")
        least, mean, most = one.ceiling
        within = f"{100 * one.level:g} %"
        new += [
            KindRow(
                kind=name,
                figure="range_x",
                value=f"{middle:.6g}",
                source=f"{looks}; {within} {low:.2f} to {high:.2f} of the range",
            ),
            KindRow(
                kind=name,
                figure="ceiling",
                value=f"{mean:.6g}",
                source=f"{looks}; {within} {least:.2f} to {most:.2f}",
            ),
        ]
    return with_rows(held.rows, new)


def read_looks(path: Path, kinds: Mapping[str, SensorKind] = KINDS) -> dict[str, Looks]:
    """Read looks by kind, of the kinds that there are.

    Raises
    ------
    BadFile
        If the file is no table of looks.
    BadLines
        If rows are bad; all are told.
    """

    def look(cells: dict[str, str]) -> tuple[str, str, float, float, bool]:
        kind = kind_named(cells["kind"], kinds).name
        target = target_named(cells["target"]).name
        away_m, shown = number(cells, "range_m"), number(cells, "shown")
        if not away_m >= 0:
            raise BadValue("range_m", "0 or more", cells["range_m"])
        if not 0 < shown <= 1:
            raise BadValue("shown", "above 0, at most 1", cells["shown"])
        if cells["detected"] not in ("0", "1"):
            raise BadValue("detected", "0 or 1", repr(cells["detected"]))
        return kind, target, away_m, shown, cells["detected"] == "1"

    rows = [row for _, row in read_table(path, COLUMNS).read(look)]
    if not rows:
        raise BadFile(path, "holds no look")
    return {
        kind: _looks(kind, [row for row in rows if row[0] == kind])
        for kind in sorted({row[0] for row in rows})
    }


def _looks(kind: str, rows: Sequence[tuple[str, str, float, float, bool]]) -> Looks:
    """Return rows of one kind as arrays."""
    return Looks(
        kind=kind,
        target=tuple(row[1] for row in rows),
        range_m=np.array([row[2] for row in rows]),
        shown=np.array([row[3] for row in rows]),
        detected=np.array([row[4] for row in rows]),
    )
