"""Tests of the simulation's settings."""

from typing import Any

import pytest

from linewatch.errors import BadValue
from linewatch.scenario import settings_from
from linewatch.sim.settings import SimSettings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("south_m", 0.0),
        ("walk_slow_mps", float("nan")),
        ("repair_s", -1.0),
        ("wander_rad", -0.1),
        ("distress_share", 1.1),
        ("silent_share", float("nan")),
        ("walk_slow_mps", 2.0),
        ("gap_short_s", 30),
        ("group_mean", 0.5),
        ("status_interval_s", 0.0),
    ],
)
def test_a_value_out_of_its_range_is_refused_by_name(name: str, value: float) -> None:
    words: dict[str, Any] = {name: value}
    with pytest.raises(BadValue, match=name):
        SimSettings(**words)


def test_a_scenario_sets_them_by_name() -> None:
    assert settings_from(SimSettings, {"group_mean": 2}, where="sim").group_mean == 2.0


def test_every_default_is_told_with_its_unit_or_range() -> None:
    told = SimSettings.__doc__ or ""
    assert all(name in told for name in SimSettings.__slots__)
