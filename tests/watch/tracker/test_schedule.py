"""Tests of the schedule: every scan once, with the detections that belong to it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linewatch.watch.tracker.schedule import (
    Batch,
    distinct,
    due,
    is_out,
    on_schedule,
    scans_of,
)
from tests.watch.tracker.scene import row_of_radars

TABLE = row_of_radars(3)


def batch(time_s: list[float], row: list[int], a: list[float]) -> Batch:
    n = len(time_s)
    rows = np.array(row, np.int64)
    time = on_schedule(TABLE, rows, np.array(time_s))
    return Batch(time, rows, np.array(a), np.zeros(n), np.arange(n))


@given(st.lists(st.floats(0, 50), min_size=1, max_size=8))
def test_cut_anywhere_every_scan_comes_once(cuts: list[float]) -> None:
    ends = sorted({*cuts, 50.0})
    parts, after = [], -0.1
    for end in ends:
        time_s, row = due(TABLE, after, end)
        parts += list(zip(time_s.tolist(), row.tolist(), strict=True))
        after = end
    expected = [
        (round(0.7 * row + 2.0 * k, 6), row)
        for row in range(3)
        for k in range(26)
        if 0.7 * row + 2.0 * k <= 50
    ]
    assert sorted(parts) == sorted(expected)


def test_empty_scans_stand_between_full_ones() -> None:
    scans = scans_of(
        TABLE,
        distinct(batch([2.0, 2.0], [0, 0], [7.0, 3.0])),
        after_s=0.0,
        until_s=2.8,
        outages=[],
    )
    assert scans.time_s.tolist() == [0.7, 1.4, 2.0, 2.7]
    assert scans.sensor.tolist() == [1, 2, 0, 1]
    assert np.diff(scans.start).tolist() == [0, 0, 2, 0]
    assert scans.a.tolist() == [3.0, 7.0]
    assert scans.counts.tolist() == [1, 1, 1, 1]


def test_stamp_near_a_scan_belongs_to_it_and_one_between_stands_alone() -> None:
    near = batch([2.0004, 3.1], [0, 0], [1.0, 1.0])
    assert near.time_s.tolist() == [2.0, 3.1]
    scans = scans_of(TABLE, distinct(near), after_s=1.9, until_s=3.2, outages=[])
    assert scans.time_s.tolist() == [2.0, 2.7, 3.1]
    assert scans.counts.tolist() == [1, 1, 0]


def test_outage_takes_scans_away_but_no_detections() -> None:
    outages = [(0, 1.5, 4.0)]
    found = distinct(batch([2.0], [0], [5.0]))
    scans = scans_of(TABLE, found, after_s=-0.1, until_s=4.0, outages=outages)
    mine = scans.sensor == 0
    assert scans.time_s[mine].tolist() == [0.0, 2.0, 4.0]
    assert scans.counts[mine].tolist() == [1, 0, 1]
    out = is_out(outages, np.array([0, 1, 0]), np.array([2.0, 2.0, 4.0]))
    assert out.tolist() == [True, False, False]


def test_equal_detections_are_one() -> None:
    found = distinct(batch([2.0, 2.0, 2.0], [0, 0, 1], [5.0, 5.0, 5.0]))
    assert len(found.time_s) == 2
    assert len(distinct(Batch.joined([])).time_s) == 0
