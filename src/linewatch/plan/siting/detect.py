"""What each candidate would detect: the rows of the cover table, block by block."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.area import Grid
from linewatch.plan.siting.candidates import Block
from linewatch.plan.siting.values import Floats
from linewatch.sight import (
    NIGHT,
    Crossings,
    Lit,
    Mode,
    Rule,
    SensorKind,
    Stand,
    crossing_chance,
    place,
    target_named,
)

LEAST_CHANCE: Final = 0.01
"""A smaller chance of confirming is left out of the cover table [-]."""

STEPS_ACROSS: Final = 100
"""Crossings that one stretch is split into for a sensor narrower than the stretch."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Found:
    """Pairs of one block: candidate, place of the kind, class, crossing and chance."""

    candidate: NDArray[np.int64]
    kind: NDArray[np.int64]
    target: NDArray[np.int64]
    crossing: NDArray[np.int64]
    chance: Floats


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Asked:
    """What is asked of every block.

    Parameters
    ----------
    kinds : tuple of SensorKind
        Kinds that need a line of sight.
    crossings : mapping of str to Crossings
        By target class, all crossings of the line.
    rule : Rule
        What confirms a track.
    light : Lit
        Light planned for.
    """

    kinds: tuple[SensorKind, ...]
    crossings: dict[str, Crossings]
    rule: Rule
    light: Lit = NIGHT


class CutGround:
    """Windows cut from a grid that is at hand, on its own cells."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid

    def window(
        self,
        *,
        west_m: float,
        south_m: float,
        east_m: float,
        north_m: float,
        cell_m: float,
    ) -> Grid:
        """Return the cells whose centres lie in the window; `cell_m` is the grid's."""
        grid = self._grid
        rows, cols = grid.shape
        top = max(round((grid.north_m - north_m) / cell_m), 0)
        left = max(round((west_m - grid.west_m) / cell_m), 0)
        bottom = min(round((grid.north_m - south_m) / cell_m), rows)
        right = min(round((east_m - grid.west_m) / cell_m), cols)
        return Grid(
            height_m=np.ascontiguousarray(grid.height_m[top:bottom, left:right]),
            west_m=grid.west_m + left * cell_m,
            north_m=grid.north_m - top * cell_m,
            cell_m=grid.cell_m,
        )


def detect_from(block: Block, asked: Asked) -> Found:
    """Look from every candidate of a block, with every kind, at crossings near it."""
    ground = CutGround(block.grid)
    parts: list[tuple[NDArray[np.int64], ...]] = []
    chances: list[Floats] = []
    for k, kind in enumerate(asked.kinds):
        sights = [
            place(
                ground,
                kind,
                Stand(name=str(i), x_m=float(x), y_m=float(y)),
                cell_m=block.grid.cell_m,
                mode=Mode.SCREEN,
            )
            for i, (x, y) in enumerate(zip(block.x_m, block.y_m, strict=True))
        ]
        for t, (target, crossings) in enumerate(asked.crossings.items()):
            near = _near(crossings, block, kind.reach_m.get(target, 0.0))
            if not near.size:
                continue
            legs = Crossings(legs=crossings.legs[near])
            chance = crossing_chance(
                sights, legs, target=target, light=asked.light, rule=asked.rule
            ).confirmed
            who, where = np.nonzero(chance >= LEAST_CHANCE)
            parts.append((who, np.full_like(who, k), np.full_like(who, t), near[where]))
            chances.append(chance[who, where])
    none = np.empty(0, np.int64)
    rows = [np.concatenate(row) for row in zip(*parts, strict=True)] or [none] * 4
    return Found(
        candidate=rows[0],
        kind=rows[1],
        target=rows[2],
        crossing=rows[3],
        chance=np.concatenate(chances) if chances else np.empty(0),
    )


def _near(crossings: Crossings, block: Block, reach_m: float) -> NDArray[np.int64]:
    """Return the crossings whose box meets the block's box widened by a reach."""
    legs = crossings.legs
    x, y = np.sort(legs[:, [0, 2]], axis=1), np.sort(legs[:, [1, 3]], axis=1)
    meets = (
        (x[:, 0] <= block.x_m.max() + reach_m)
        & (x[:, 1] >= block.x_m.min() - reach_m)
        & (y[:, 0] <= block.y_m.max() + reach_m)
        & (y[:, 1] >= block.y_m.min() - reach_m)
    )
    return np.flatnonzero(meets) if reach_m > 0 else np.empty(0, np.int64)


def chance_within(
    kind: SensorKind,
    target: str,
    *,
    stretch_m: float,
    offset_m: float,
    asked: Asked,
) -> float:
    """Return the chance [-] that a sensor without line of sight confirms a crossing.

    The crossing is square to the line, anywhere in a stretch [m] that the sensor
    stands in the middle of, `offset_m` home of the line: the chance is the mean.
    """
    if kind.reach_m.get(target, 0.0) <= 0:
        return 0.0
    at = (np.arange(STEPS_ACROSS) + 0.5) / STEPS_ACROSS * stretch_m - stretch_m / 2
    speed = np.full_like(at, target_named(target).speed_mps)
    edge = np.full_like(at, 2 * kind.widest_m)
    legs = np.stack([at, -edge, at, edge + offset_m, speed], axis=1)
    sight = place(
        CutGround(
            Grid(
                height_m=np.zeros((1, 1), np.float32),
                west_m=0.0,
                north_m=0.0,
                cell_m=1.0,
            )
        ),
        kind,
        Stand(name=kind.name, x_m=0.0, y_m=offset_m),
    )
    found = crossing_chance(
        (sight,),
        Crossings(legs=legs),
        target=target,
        light=asked.light,
        rule=asked.rule,
    )
    return float(found.confirmed.mean())
