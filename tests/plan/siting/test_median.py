"""Tests of the p-median: against every choice, published optima, and at the edges."""

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linewatch.errors import BadValue
from linewatch.plan.siting import Effort
from linewatch.plan.siting.choose import Proof
from linewatch.plan.siting.median import p_median

SHARED = Path(__file__).parents[3].parent / "shared" / "bench" / "siting"


@settings(max_examples=100)
@given(
    customers=st.integers(1, 10),
    sites=st.integers(1, 8),
    count=st.integers(1, 8),
    whole=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_lies_between_the_bound_and_the_best(
    customers: int, sites: int, count: int, whole: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    far = rng.uniform(0, 20, (customers, sites))
    far = np.round(far) if whole else far
    count = min(count, sites)
    weight = rng.integers(1, 4, customers).astype(float)
    found = p_median(far, count, weight=weight, effort=Effort(kicks=10, rounds=400))
    best = min(
        float((weight * far[:, list(choice)].min(axis=1)).sum())
        for choice in itertools.combinations(range(sites), count)
    )
    got = float((weight * far[:, found.sites].min(axis=1)).sum())
    assert found.objective == pytest.approx(got)
    assert len(found.sites) == count
    assert found.objective >= best - 1e-9
    assert found.bound <= best + 1e-6
    if found.proof is Proof.BEST:
        assert found.objective == pytest.approx(best, rel=1e-5)


@pytest.mark.parametrize("count", [0, 4])
def test_a_count_that_cannot_be_is_refused(count: int) -> None:
    with pytest.raises(BadValue, match="from 1 to the 3 sites"):
        p_median(np.ones((2, 3)), count)


def test_distances_and_weights_below_0_are_refused() -> None:
    with pytest.raises(BadValue, match="distance must be 0 or more"):
        p_median(np.array([[1.0, math.nan]]), 1)
    with pytest.raises(BadValue, match="weight must be 0 or more"):
        p_median(np.ones((1, 2)), 1, weight=np.array([-1.0]))


@pytest.mark.shared
def test_reaches_the_published_optimum_of_pmed20() -> None:
    """OR-Library: 400 nodes, 133 sites, optimum 1789."""
    folder = SHARED / "f_pmed20"
    if not folder.exists():
        pytest.skip("the shared p-median instances are not here")
    facts = json.loads((folder / "instance.json").read_text())
    with np.load(folder / "dist.npz") as arrays:
        far = arrays["dist"].astype(float)
    found = p_median(far, facts["p"], effort=Effort(kicks=400, rounds=1_500))
    assert found.objective == found.bound == facts["optimum"]
    assert found.proof is Proof.BEST
