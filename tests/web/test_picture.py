"""Tests of the values that the page shows: what they refuse, and what they answer."""

import numpy as np
import pytest

from linewatch.errors import BadValue
from linewatch.web import Coverage, Outline
from linewatch.web.words import picture_words
from tests.web.fake import picture


def test_outline_of_one_vertex_is_refused() -> None:
    one = np.zeros(1)
    with pytest.raises(BadValue, match="2 vertices"):
        Outline(lon_deg=one, lat_deg=one, chainage_m=one)


def test_outline_of_uneven_columns_is_refused() -> None:
    two = np.arange(2.0)
    with pytest.raises(BadValue, match="chainage_m must be 2 long"):
        Outline(lon_deg=two, lat_deg=two, chainage_m=np.arange(3.0))


@pytest.mark.parametrize("chance", [-0.1, 1.1, np.nan])
def test_chance_outside_its_range_is_refused(chance: float) -> None:
    with pytest.raises(BadValue, match="chance of walker"):
        Coverage(chainage_km=np.zeros(1), chance={"walker": np.array([chance])})


def test_sector_is_found_by_chainage() -> None:
    still = picture()
    assert still.sector_at(0.0) == "San Diego"
    assert still.sector_at(3173.0) == "Rio Grande Valley"
    assert still.sector_at(4000.0) == ""


def test_words_keep_places_to_a_metre() -> None:
    still = picture()
    told = picture_words(still)
    np.testing.assert_allclose(told["line"]["lon_deg"], still.line.lon_deg, atol=5.1e-6)
    assert told["mode"] == "live"
    assert told["zones"][0]["edges_known"] is False
