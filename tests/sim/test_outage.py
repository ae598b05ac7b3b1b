"""Tests of outages, and of what sensors say of themselves."""

import numpy as np
import pytest

from linewatch.sim.node import nodes_of
from linewatch.sim.outage import Outage, Outages, down_at
from linewatch.sim.settings import SimSettings
from linewatch.sim.statuses import statuses_between
from linewatch.watch.values import Health
from tests.sim.fakes import PLANE, START_S, sight_at

OFTEN = SimSettings(failure_every_s=9000.0, repair_s=1000.0)


def chance() -> np.random.SeedSequence:
    return np.random.SeedSequence(1)


def test_sensors_are_down_their_long_run_share_from_the_start_on() -> None:
    outages = Outages(4000, OFTEN, START_S, chance())
    for until_s in (START_S, START_S + 20_000):
        known = outages.during(since_s=until_s, until_s=until_s)
        every = np.arange(4000)
        down = down_at(known, every, np.full(4000, until_s)).mean()
        assert down == pytest.approx(0.1, abs=4 * np.sqrt(0.09 / 4000))


def test_lengths_and_silence_are_as_stated() -> None:
    known = Outages(3000, OFTEN, START_S, chance()).during(
        since_s=START_S, until_s=START_S + 20_000
    )
    length = np.array([each.to_s - each.from_s for each in known])
    silent = np.mean([each.silent for each in known])
    assert length.mean() == pytest.approx(1000.0, rel=4 / np.sqrt(len(known)))
    assert silent == pytest.approx(0.5, abs=2 / np.sqrt(len(known)))


def test_how_time_is_cut_changes_no_outage() -> None:
    one = Outages(50, OFTEN, START_S, chance())
    two = Outages(50, OFTEN, START_S, chance())
    whole = one.during(since_s=START_S, until_s=START_S + 10_000)
    parts = {
        each
        for at in range(0, 10_000, 10)
        for each in two.during(since_s=START_S + at, until_s=START_S + at + 10)
    }
    key = [(each.sensor, each.from_s) for each in parts]
    assert sorted(key) == sorted((each.sensor, each.from_s) for each in whole)
    assert parts == set(whole)


def test_an_outage_covers_its_beginning_and_not_its_end() -> None:
    one = [Outage(sensor=1, from_s=10.0, to_s=20.0, silent=False)]
    sensor = np.array([1, 1, 1, 1, 0])
    down = down_at(one, sensor, np.array([9.9, 10.0, 19.9, 20.0, 15.0]))
    assert down.tolist() == [False, True, True, False, False]


def test_a_sensor_reports_in_time_says_when_it_fails_and_keeps_silent() -> None:
    sights = [sight_at("radar", 1000.0 * n, 0.0) for n in range(3)]
    nodes = nodes_of(sights, PLANE, seed=1, status_interval_s=60.0)
    outages = [
        Outage(sensor=1, from_s=START_S + 70, to_s=START_S + 150, silent=False),
        Outage(sensor=2, from_s=START_S + 70, to_s=START_S + 150, silent=True),
    ]
    said = statuses_between(
        nodes,
        outages,
        since_s=START_S - 1,
        until_s=START_S + 200,
        start_s=START_S,
    )
    by_node = {
        one.node.node_id: [
            (each.time_s - START_S, each.health, each.detecting)
            for each in said
            if each.node_id == one.node.node_id
        ]
        for one in nodes
    }
    well, spoken, silent = by_node.values()
    ok, bad = (Health.OK, True), (Health.ERROR, False)
    assert well == [(at, *ok) for at in (0, 60, 120, 180)]
    assert spoken == [
        *((0, *ok), (60, *ok), (70, *bad)),
        *((120, *bad), (150, *ok), (180, *ok)),
    ]
    assert silent == [(0, *ok), (60, *ok), (150, *ok), (180, *ok)]
    assert [each.time_s for each in said] == sorted(each.time_s for each in said)
