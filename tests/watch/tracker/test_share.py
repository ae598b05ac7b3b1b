"""Sharing detections: against plain belief propagation and a count of all ways."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from linewatch.watch.tracker import TrackerSettings
from linewatch.watch.tracker._kernels_share import share
from linewatch.watch.tracker.state import new_work
from tests.watch.tracker import naive
from tests.watch.tracker.scene import row_of_radars

Floats = NDArray[np.float64]
CLUTTER = 2.5e-8
PLAIN = naive.Filter(row_of_radars(), TrackerSettings(), 0.0)


def ours(ratio: Floats, close: float = 1e-11) -> tuple[Floats, Floats]:
    """Return shares and what weighs on each detection, as the kernel finds them."""
    n, m = ratio.shape
    work = new_work(tracks=max(n, 1), pairs=max(n * m, 1), detections=m, models=1)
    near, pairs, hits = work.near, work.pairs, work.hits
    hits.taken[:], hits.clutter[:], hits.first[:] = CLUTTER, CLUTTER, -1
    edges = 0
    for t in range(n):
        near.row[t] = edges
        for d in np.flatnonzero(ratio[t]):
            pairs.edge[edges], pairs.ratio[edges] = d, ratio[t, d]
            hits.many[d] += 1
            edges += 1
    near.row[n] = edges
    share(near, pairs, hits, n, close)
    out = np.zeros((n, m))
    for t in range(n):
        e = slice(near.row[t], near.row[t + 1])
        part = pairs.ratio[e] * pairs.to_track[e]
        out[t, pairs.edge[e]] = part / (1 + part.sum())
    return out, hits.taken.copy()


def counted(ratio: Floats) -> Floats:
    """Return the shares by summing over every way to give detections to tracks."""
    n, m = ratio.shape
    total, out = 0.0, np.zeros((n, m))
    for way in product(range(-1, m), repeat=n):
        took = [d for d in way if d >= 0]
        if len(set(took)) < len(took):
            continue
        weight = np.prod([ratio[t, d] / CLUTTER for t, d in enumerate(way) if d >= 0])
        total += weight
        for t, d in enumerate(way):
            if d >= 0:
                out[t, d] += weight
    return out / total


@st.composite
def ratios(draw: st.DrawFn) -> Floats:
    """Draw pairs as a scan has them: from hopeless to ten thousand times clutter."""
    n, m = draw(st.integers(0, 7)), draw(st.integers(1, 7))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    there = rng.random((n, m)) < draw(st.floats(0.1, 1.0))
    return there * CLUTTER * 10 ** rng.uniform(-2, 4, (n, m))


@settings(max_examples=60, deadline=None)
@given(ratios())
def test_shares_are_those_of_plain_rounds_run_to_the_end(ratio: Floats) -> None:
    share_of, taken = ours(ratio)
    expected, weighs = PLAIN.shares(ratio, np.full(ratio.shape[1], CLUTTER))
    np.testing.assert_allclose(share_of, expected, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(taken, weighs, rtol=1e-6)


@settings(max_examples=60, deadline=None)
@given(ratios())
def test_the_usual_end_is_near_the_very_end(ratio: Floats) -> None:
    share_of, taken = ours(ratio, TrackerSettings().close)
    expected, weighs = PLAIN.shares(ratio, np.full(ratio.shape[1], CLUTTER))
    assert (share_of >= 0).all()
    np.testing.assert_allclose(share_of, expected, atol=0.03)
    np.testing.assert_allclose(CLUTTER / taken, CLUTTER / weighs, atol=0.03)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_without_a_loop_shares_are_exact(seed: int) -> None:
    """A chain: each detection is wanted by the track before and the one after."""
    rng = np.random.default_rng(seed)
    ratio = np.zeros((4, 5))
    for t in range(4):
        ratio[t, t : t + 2] = CLUTTER * 10 ** rng.uniform(-2, 3, 2)
    np.testing.assert_allclose(ours(ratio)[0], counted(ratio), rtol=1e-6)


def test_two_tracks_that_want_one_detection_share_it() -> None:
    ratio = np.full((2, 1), 1e3 * CLUTTER)
    share_of, taken = ours(ratio)
    np.testing.assert_allclose(share_of, 1e3 / (2e3 + 1))
    np.testing.assert_allclose(CLUTTER / taken, 1 / (2e3 + 1))


@pytest.mark.parametrize("n", [2, 4, 8])
def test_walkers_in_file_settle_though_nothing_else_could_be(n: int) -> None:
    """As many sure detections as tracks: the scale is found, not awaited."""
    place = 30.0 * np.arange(n)
    off = place[:, None] - (place + 10.0)
    ratio = CLUTTER * 1e5 * np.exp(-0.5 * (off / 40.0) ** 2)
    share_of, _ = ours(ratio, TrackerSettings().close)
    np.testing.assert_allclose(share_of.sum(axis=1), 1.0, atol=2e-2)
    np.testing.assert_allclose(share_of.sum(axis=0), 1.0, atol=2e-2)
