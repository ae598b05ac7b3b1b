"""Tests of what the settings and the sensor table refuse."""

import math
from dataclasses import replace

import numpy as np
import pytest

from linewatch.errors import BadValue, UnknownName
from linewatch.watch.tracker import BANK, ChanceMap, Motion, TrackerSettings
from tests.watch.tracker.scene import row_of_radars


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("life_s", 0.0),
        ("life_s", math.nan),
        ("gate", -1.0),
        ("confirm", 1.0),
        ("confirm", 0.1),
        ("lag_s", -1.0),
        ("lag_s", math.nan),
        ("kept", 0),
        ("every_s", 0.0),
    ],
)
def test_settings_refuse_what_cannot_be(field: str, value: float) -> None:
    with pytest.raises(BadValue, match=field):
        replace(TrackerSettings(), **{field: value})  # type: ignore[arg-type]


def test_settings_refuse_unknown_words() -> None:
    with pytest.raises(UnknownName, match="guess"):
        TrackerSettings(bad="guess")
    with pytest.raises(UnknownName, match="boat"):
        Motion(name="sail", target="boat")
    with pytest.raises(UnknownName, match="hopping"):
        Motion(name="hop", target="walker", kind="hopping")
    lost = Motion(name="a", target="walker", prior=1.0, then=(("b", 1.0),))
    with pytest.raises(UnknownName, match="'b'"):
        TrackerSettings(bank=(lost,)).arrays()


@pytest.mark.parametrize(
    ("field", "value"),
    [("noise", -1.0), ("prior", math.nan), ("stay_s", 0.0), ("speed_mps", -2.0)],
)
def test_motion_refuses_what_cannot_be(field: str, value: float) -> None:
    with pytest.raises(BadValue, match=field):
        replace(BANK[0], **{field: value})  # type: ignore[arg-type]
    with pytest.raises(BadValue, match="turn_rps"):
        Motion(name="bend", target="vehicle", kind="turning")


def test_bank_is_a_chain_of_chances() -> None:
    arrays = TrackerSettings().arrays()
    assert arrays.prior.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(arrays.split.sum(axis=1), 1.0)
    assert np.diag(arrays.split).sum() == 0
    classes = TrackerSettings().class_of()
    np.testing.assert_array_equal(classes.sum(axis=1), 1.0)
    # A walker never turns into a car: classes are closed under every change.
    kinds = classes.argmax(axis=1)
    rows, cols = np.nonzero(arrays.split)
    np.testing.assert_array_equal(kinds[rows], kinds[cols])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("x_m", math.nan),
        ("sigma_range_m", 0.0),
        ("sigma_azimuth_rad", -0.1),
        ("pd", 1.0),
        ("pd", 0.0),
        ("clutter_per_scan", -1.0),
        ("range_m", math.inf),
        ("period_s", math.nan),
        ("period_s", math.inf),
        ("period_s", 1e-9),  # a billion scans a second would take for ever
        ("period_s", -1.0),
        ("kind", 3),
        ("half_rad", 0.0),
        ("sensor_id", [4, 4]),
    ],
)
def test_sensors_refuse_what_cannot_be(field: str, value: object) -> None:
    with pytest.raises(BadValue, match=field):
        row_of_radars(**{field: value})  # type: ignore[arg-type]


def test_chance_map_refuses_other_numbers() -> None:
    with pytest.raises(BadValue, match="uint8"):
        ChanceMap(
            chance=np.zeros((2, 2)),  # type: ignore[arg-type]
            west_m=0.0,
            south_m=0.0,
            cell_m=1.0,
        )
    with pytest.raises(BadValue, match="cell_m"):
        ChanceMap(chance=np.zeros((2, 2), np.uint8), west_m=0, south_m=0, cell_m=0)
