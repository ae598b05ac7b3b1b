"""Tests of the p-median: against every choice, published optima, and at the edges."""

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from linewatch.errors import BadValue
from linewatch.plan.siting import Effort
from linewatch.plan.siting import _kernels_median as loops
from linewatch.plan.siting.branch import nearest
from linewatch.plan.siting.choose import Proof
from linewatch.plan.siting.median import p_median

SHARED = Path(__file__).parents[3].parent / "shared" / "bench" / "siting"


SIZES = (1.0, 1e-9, 1e9, 1e15)


def every_choice(far: np.ndarray, weight: np.ndarray, count: int) -> float:
    """The least weighted distance, by trying every choice."""
    return min(
        math.fsum((weight * far[:, list(choice)].min(axis=1)).tolist())
        for choice in itertools.combinations(range(far.shape[1]), count)
    )


@settings(max_examples=300)
@given(
    customers=st.integers(1, 12),
    sites=st.integers(1, 8),
    count=st.integers(1, 8),
    kind=st.sampled_from(["real", "whole", "ties", "flat"]),
    size=st.sampled_from(SIZES),
    splits=st.sampled_from([0, 1, 3, 1_000]),
    rounds=st.sampled_from([1, 5, 400]),
    seed=st.integers(0, 2**32 - 1),
)
def test_lies_between_the_bound_and_the_best(
    *,
    customers: int,
    sites: int,
    count: int,
    kind: str,
    size: float,
    splits: int,
    rounds: int,
    seed: int,
) -> None:
    """With any limit of the steps, ties, and weights of any size, 0 among them."""
    rng = np.random.default_rng(seed)
    far = rng.uniform(0, 20, (customers, sites))
    far = {
        "real": far,
        "whole": np.round(far),
        "ties": np.round(far / 7),
        "flat": np.full_like(far, 3.0),
    }[kind]
    count = min(count, sites)
    weight = rng.integers(0, 4, customers).astype(np.float64) * size
    effort = Effort(kicks=10, rounds=rounds, splits=splits)
    found = p_median(far, count, weight=weight, effort=effort)
    best = every_choice(far, weight, count)
    got = math.fsum((weight * far[:, found.sites].min(axis=1)).tolist())
    assert len(found.sites) == count
    assert found.objective == pytest.approx(got, rel=1e-12)
    assert found.objective >= best * (1 - 1e-12)
    assert found.bound <= best * (1 + 1e-12)
    if splits == 1_000 or found.proof is Proof.BEST:
        assert found.proof is Proof.BEST
        assert found.objective == pytest.approx(best, rel=1e-6)


@settings(max_examples=100)
@given(
    users=st.integers(1, 9),
    sites=st.integers(1, 7),
    count=st.integers(0, 7),
    seed=st.integers(0, 2**32 - 1),
)
def test_lists_and_bound_are_those_of_their_plain_twins(
    users: int, sites: int, count: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    far = np.round(rng.uniform(0, 9, (sites, users)))
    cap = np.round(rng.uniform(0, 9, users))
    name = np.where(rng.random(sites) < 0.7, np.arange(sites), -1)
    ptr, site, dist = loops.lists(far, nearest(far, sites), name, cap)
    for u in range(users):
        mine = [(d, s) for s, d in enumerate(far[:, u]) if d < cap[u] and name[s] >= 0]
        got = slice(ptr[u], ptr[u + 1])
        assert list(zip(dist[got], site[got], strict=True)) == sorted(mine)
    price = np.minimum(rng.uniform(0, 9, users), cap)
    paid, (mean, earn) = price.copy(), np.zeros((2, sites))
    left = min(count, sites)
    bound = loops.dual(ptr, site, dist, cap, left, 99.0, 1, 1e-9, 1.0, paid, mean, earn)
    open_far = np.where((name >= 0)[:, None], far, np.inf)
    plain = np.minimum(open_far - price, 0).sum(axis=1)
    assert earn == pytest.approx(plain)
    assert bound == pytest.approx(price.sum() + np.sort(plain)[:left].sum())
    assert mean.sum() == left
    assert (paid == price).all()


def test_a_bound_is_raised_and_its_prices_stay_within_the_caps() -> None:
    rng = np.random.default_rng(3)
    far = rng.uniform(0, 9, (30, 60))
    cap = rng.uniform(1, 6, 60)
    laid = loops.lists(far, nearest(far, 30), np.arange(30), cap)
    price, (mean, earn) = np.zeros(60), np.zeros((2, 30))
    low = loops.dual(*laid, cap, 4, 150.0, 1, 1e-9, 1.0, price, mean, earn)
    high = loops.dual(*laid, cap, 4, 150.0, 300, 1e-9, 1.0, price, mean, earn)
    assert low == 0.0
    assert high > 20
    assert ((price >= 0) & (price <= cap)).all()
    again = np.minimum(far - price, 0).sum(axis=1)
    assert high == pytest.approx(price.sum() + np.sort(again)[:4].sum())


def roads(nodes: int, seed: int) -> np.ndarray:
    """Shortest ways between the nodes of a random graph, like those of OR-Library."""
    rng = np.random.default_rng(seed)
    one, other = rng.integers(0, nodes, (2, nodes * nodes // 50))
    ring = np.arange(nodes)
    one, other = np.append(one, ring), np.append(other, (ring + 1) % nodes)
    long = rng.integers(1, 101, len(one)).astype(float)
    far: np.ndarray = np.full((nodes, nodes), np.inf)
    np.minimum.at(far, (one, other), long)
    far = np.minimum(far, far.T)
    np.fill_diagonal(far, 0.0)
    for k in range(nodes):
        far = np.minimum(far, far[:, [k]] + far[[k]])
    return np.asarray(far)


def solved(far: np.ndarray, count: int) -> float:
    """The least distance by HiGHS, from the program as it is written in books."""
    users, sites = far.shape
    serve = np.kron(np.eye(users), np.ones(sites))
    one_each = np.hstack([serve, np.zeros((users, sites))])
    only_open = np.hstack([np.eye(users * sites), -np.tile(np.eye(sites), (users, 1))])
    many = np.append(np.zeros(users * sites), np.ones(sites))[None]
    found = milp(
        np.append(far.reshape(-1), np.zeros(sites)),
        integrality=np.append(np.zeros(users * sites), np.ones(sites)),
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(one_each, 1, 1),
            LinearConstraint(only_open, -np.inf, 0),
            LinearConstraint(many, count, count),
        ],
        options={"mip_rel_gap": 0.0},
    )
    assert found.fun is not None
    return float(found.fun)


@pytest.mark.parametrize(("count", "seed"), [(2, 1), (4, 2), (7, 3), (15, 4)])
def test_proves_what_a_solver_of_programs_finds(count: int, seed: int) -> None:
    far = roads(40, seed)
    found = p_median(far, count, effort=Effort(kicks=0, rounds=300))
    assert found.objective == found.bound == round(solved(far, count))


@pytest.mark.parametrize("count", [5, 20, 60, 90])
def test_splits_what_the_bound_leaves_open(count: int) -> None:
    """The linear relaxation of such a graph lies up to 1.5 % below the best choice."""
    far = roads(200, 5)
    alone = p_median(far, count, effort=Effort(kicks=0, splits=0))
    found = p_median(far, count, effort=Effort(kicks=20))
    assert found.objective == found.bound
    assert alone.bound <= found.bound <= found.objective <= alone.objective
    again = p_median(far, count, effort=Effort(kicks=20))
    assert (again.sites == found.sites).all()


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
@pytest.mark.parametrize(("name", "best"), [("f_pmed20", 1_789), ("f_pmed38", 11_060)])
def test_proves_the_published_optimum(name: str, best: int) -> None:
    """OR-Library: 133 sites of 400 nodes, and 5 of 900."""
    folder = SHARED / name
    if not folder.exists():
        pytest.skip("the shared p-median instances are not here")
    facts = json.loads((folder / "instance.json").read_text())
    with np.load(folder / "dist.npz") as arrays:
        far = arrays["dist"].astype(float)
    found = p_median(far, facts["p"])
    assert found.objective == found.bound == facts["optimum"] == best
    assert found.proof is Proof.BEST
