"""Tests of rolling up a tree of units."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linewatch.force.tree import by_depth, inside, rolled_up


@st.composite
def trees(draw: st.DrawFn) -> list[int]:
    """Make up parents: each unit's parent comes before it, or is -1."""
    units = draw(st.integers(1, 30))
    order = draw(st.permutations(range(units)))
    parent = [-1] * units
    for at in range(1, units):
        above = draw(st.integers(-1, at - 1))
        parent[order[at]] = -1 if above < 0 else order[above]
    return parent


def way_up(parent: list[int], unit: int) -> list[int]:
    """Return the plain way from a unit to the top, itself first."""
    way = [unit]
    while parent[way[-1]] >= 0:
        way.append(parent[way[-1]])
    return way


@given(trees(), st.integers(0, 2**32 - 1))
def test_rolls_up_as_walking_up_from_each_unit_does(
    parent: list[int], seed: int
) -> None:
    values = np.random.default_rng(seed).integers(0, 99, (len(parent), 3))
    plain = np.zeros_like(values)
    for unit in range(len(parent)):
        for above in way_up(parent, unit):
            plain[above] += values[unit]
    assert np.array_equal(rolled_up(values, np.array(parent)), plain)


@given(trees())
def test_inside_holds_those_whose_way_up_meets_the_unit(parent: list[int]) -> None:
    for unit in range(len(parent)):
        plain = [unit in way_up(parent, at) for at in range(len(parent))]
        assert inside(np.array(parent), unit).tolist() == plain


@given(trees())
def test_depths_hold_each_unit_once_and_parents_later(parent: list[int]) -> None:
    levels = by_depth(np.array(parent))
    assert sorted(unit for units in levels for unit in units) == list(
        range(len(parent))
    )
    depth = {int(unit): at for at, units in enumerate(levels) for unit in units}
    assert all(depth[up] > depth[u] for u, up in enumerate(parent) if up >= 0)


def test_a_tree_without_units() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert rolled_up(np.zeros((0, 2), dtype=np.int64), none).shape == (0, 2)
