"""Tests of the binary frame: read back the plain way, at its ends, and refused."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import BadValue
from linewatch.web import Tracks
from linewatch.web.frame import HEADER, RECORD, pack
from tests.web.fake import START_S, tracks
from tests.web.plain import HEAD, ROW, unpack


def test_layout_is_what_the_documents_say() -> None:
    assert HEADER.itemsize == HEAD.size == 32
    assert RECORD.itemsize == ROW.size == 24


@given(st.integers(0, 200), st.integers(0, 2**32 - 1))
def test_plain_reader_reads_back_what_was_packed(count: int, seed: int) -> None:
    sent = tracks(count, START_S, seed)
    head, rows = unpack(pack(sent, seq=seed, time_s=START_S))
    assert head == {"seq": seed, "time_s": START_S}
    assert [row["track_id"] for row in rows] == sent.track_id.tolist()
    for name, column, step in (
        ("lon_deg", sent.lon_deg, 1e-7),
        ("lat_deg", sent.lat_deg, 1e-7),
        ("chainage_m", sent.chainage_m, 0.1),
        ("offset_m", sent.offset_m, 10.0),
        ("speed_mps", sent.speed_mps, 0.01),
        ("existence", sent.existence, 1 / 255),
        ("age_s", START_S - sent.last_seen_s, 1.0),
    ):
        read = [row[name] for row in rows]
        np.testing.assert_allclose(read, column, rtol=0, atol=step * 0.51)
    course = np.array([row["azimuth_deg"] for row in rows])
    off = np.mod(course - np.degrees(sent.azimuth_rad) + 180, 360) - 180
    assert np.all(np.abs(off) <= 360 / 256 * 0.51)
    np.testing.assert_array_equal([row["target"] for row in rows], sent.target)


@pytest.mark.parametrize(
    ("name", "value", "read", "expected"),
    [
        ("offset_m", 1e9, "offset_m", 327_670.0),
        ("offset_m", -1e9, "offset_m", -327_680.0),
        ("speed_mps", 1e6, "speed_mps", 655.35),
        ("speed_mps", np.nan, "speed_mps", 0.0),
        ("chainage_m", -5.0, "chainage_m", 0.0),
        ("existence", 1.0000001, "existence", 1.0),
        ("last_seen_s", START_S + 9, "age_s", 0.0),
        ("last_seen_s", 0.0, "age_s", 255.0),
        ("azimuth_rad", 2 * np.pi, "azimuth_deg", 0.0),
        ("azimuth_rad", -np.pi / 2, "azimuth_deg", 270.0),
    ],
)
def test_values_stop_at_the_ends_of_their_types(
    name: str, value: float, read: str, expected: float
) -> None:
    sent = replace(tracks(1, START_S), **{name: np.array([value])})
    rows = unpack(pack(sent, seq=0, time_s=START_S))[1]
    assert rows[0][read] == pytest.approx(expected)


@pytest.mark.parametrize("track_id", [-1, 2**32])
def test_identifier_that_does_not_fit_is_refused(track_id: int) -> None:
    with pytest.raises(BadValue, match="track_id"):
        replace(tracks(1, START_S), track_id=np.array([track_id]))


def test_columns_of_other_lengths_are_refused() -> None:
    with pytest.raises(BadValue, match="offset_m must be 3 long"):
        replace(tracks(3, START_S), offset_m=np.zeros(2))
    with pytest.raises(BadValue, match="target"):
        replace(tracks(3, START_S), target=np.zeros(2, np.uint8))
    with pytest.raises(BadValue, match="target must be below 4"):
        replace(tracks(1, START_S), target=np.array([4], np.uint8))
    with pytest.raises(BadValue, match="of one axis"):
        replace(tracks(1, START_S), lon_deg=np.zeros((1, 1)))


def test_no_tracks_make_a_header_alone() -> None:
    assert len(pack(Tracks.none(), seq=2**32 + 5, time_s=1.5)) == 32
    assert unpack(pack(Tracks.none(), seq=2**32 + 5, time_s=1.5))[0]["seq"] == 5
