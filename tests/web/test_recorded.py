"""Tests of the picture of a log: what it shows, and that it grows with the log."""

from pathlib import Path

import numpy as np
import pytest

from linewatch.area import Area, read_area
from linewatch.force import Force, read_force
from linewatch.log import MissionLog
from linewatch.scenario import read_scenario
from linewatch.web.compose import OUTLINE_M, outline_of
from linewatch.web.recorded import STITCHES, RecordedSource
from linewatch.web.words import live_words, news_words, picture_words
from tests.report.made import START_S, alert, mission, node, status, track, write


@pytest.fixture(scope="module")
def area() -> Area:
    return read_area(read_scenario())


@pytest.fixture(scope="module")
def force() -> Force:
    return read_force(read_scenario())


def test_finished_log_is_shown_as_recorded(
    tmp_path: Path, area: Area, force: Force
) -> None:
    with MissionLog.open_to_read(write(tmp_path / "log.db")) as log:
        source = RecordedSource(log, area, force=force)
        still, frame = source.static(), source.live()
    assert still.mode == "recorded"
    assert [site.node for site in still.sites] == [
        "radar-001",
        "camera-002",
        "radar-003",
    ]
    assert still.sites[0].chainage_km == pytest.approx(655, abs=30)
    assert {site.reach_m for site in still.sites} == {8_000.0, 12_000.0}
    assert still.force is not None
    assert still.force.present == 9_200
    assert frame.nodes == {
        "radar-001": "ok",
        "camera-002": "ok",
        "radar-003": "silent",
    }
    told = news_words(still, frame)
    assert [one["alert_id"] for one in told["alerts"]] == ["alert-8", "alert-7"]
    assert told["alerts"][1]["handover"]["receipt_ref"] == "TCA-17"
    assert told["path_proven_s"] == START_S + 170
    assert told["ended"] is True
    assert told["sites"] == 3
    assert told["time"] == "2025-03-01T00:15:00Z"


def test_tracks_of_late_are_shown_with_their_course(tmp_path: Path, area: Area) -> None:
    with MissionLog.open_to_read(write(tmp_path / "log.db")) as log:
        source = RecordedSource(log, area)
        rows = live_words(source.static(), source.live())["tracks"]
    assert [row["track_id"] for row in rows] == [7]
    assert rows[0]["speed_mps"] == 5.0
    x_m, y_m = area.plane.to_plane([-110.9] * 2, [31.33, 31.34])
    north_rad = np.arctan2(x_m[1] - x_m[0], y_m[1] - y_m[0])
    course_deg = np.degrees(np.arctan2(3, 4) - north_rad)
    assert rows[0]["azimuth_deg"] == pytest.approx(course_deg, abs=0.1)


def test_the_latest_stitches_are_told_in_their_order(
    tmp_path: Path, area: Area
) -> None:
    told = [
        (
            START_S + at,
            "stitch",
            {"earlier": at, "later": at + 1, "chance": 0.7, "gap_s": 30.0},
        )
        for at in range(STITCHES + 3)
    ]
    path = write(tmp_path / "log.db")
    with MissionLog.open(path) as log:
        log.append(told)
    with MissionLog.open_to_read(path) as log:
        source = RecordedSource(log, area)
        words = news_words(source.static(), source.live())["stitches"]
    assert len(words) == STITCHES
    assert words[0] == {"earlier": 3, "later": 4, "chance": 0.7}
    assert words[-1]["later"] == STITCHES + 3


def test_track_that_ended_or_is_old_leaves(tmp_path: Path, area: Area) -> None:
    rows = [track(1, 10.0), track(2, 10.0), track(3, 95.0), track(2, 95.0, ended=True)]
    with MissionLog.open_to_read(write(tmp_path / "log.db", rows)) as log:
        frame = RecordedSource(log, area).live()
    assert frame.tracks.track_id.tolist() == [3]


def test_picture_grows_with_the_log(tmp_path: Path, area: Area) -> None:
    path = tmp_path / "log.db"
    with MissionLog.open(path) as written:
        written.append([node(1), status(1, 60.0)])
        with MissionLog.open_to_read(path) as log:
            source = RecordedSource(log, area)
            first = source.live()
            assert source.live() is first
            assert source.static().mode == "live"
            assert not first.ended
            assert len(source.static().sites) == 1
            written.append([node(2), alert(4, 70.0)])
            second = source.live()
            assert second.seq > first.seq
            assert [one.alert_id for one in second.alerts] == ["alert-4"]
            assert len(source.static().sites) == 2
            written.append([(START_S + 80.0, "stop", {"reason": "done"})])
            assert source.live().ended
            assert source.static().mode == "recorded"
            body = {"alert_id": "alert-4", "office": "Watch desk"}
            written.append([(START_S + 80.0, "acknowledgement", body)])
            assert source.live().ended


def test_log_read_in_two_parts_shows_the_same_as_at_once(
    tmp_path: Path, area: Area
) -> None:
    rows = mission()
    path = tmp_path / "parts.db"
    with MissionLog.open(path) as written:
        written.append(rows[:20])
        with MissionLog.open_to_read(path) as log:
            source = RecordedSource(log, area)
            written.append(rows[20:])
            parts = live_words(source.static(), source.live())
    with MissionLog.open_to_read(write(tmp_path / "whole.db")) as log:
        whole = RecordedSource(log, area)
        assert live_words(whole.static(), whole.live()) == parts


def test_drawn_line_stays_near_the_true_one(area: Area) -> None:
    line = outline_of(area)
    assert len(line.lon_deg) < 0.5 * len(area.line.lon_deg)
    assert line.chainage_m[0] == 0.0
    assert line.chainage_m[-1] == area.line.length_m
    assert np.all(np.diff(line.chainage_m) >= 0)
    middle_lon = (line.lon_deg[1:] + line.lon_deg[:-1]) / 2
    middle_lat = (line.lat_deg[1:] + line.lat_deg[:-1]) / 2
    _, off_m = area.line.chainage(middle_lon, middle_lat)
    assert np.abs(off_m).max() < 1.5 * OUTLINE_M


def test_built_in_border_is_told_with_its_credits(tmp_path: Path, area: Area) -> None:
    with MissionLog.open_to_read(write(tmp_path / "log.db")) as log:
        told = picture_words(RecordedSource(log, area).static())
    assert any("OpenStreetMap" in line for line in told["credits"])
    assert told["terrain"]["generated"]
    assert len(told["sectors"]) == 9
    assert told["force"] is None
