"""Tests of looks at a receiver that was carried: found in a log, true to the world."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from linewatch.area import Area
from linewatch.errors import BadFile, BadLines, BadValue, UnknownName
from linewatch.log import MissionLog
from linewatch.measure.clock import to_iso
from linewatch.mission.drill import Drill
from linewatch.mission.entries import to_entry
from linewatch.mission.looking import RECEIVER_M, Sought, When, looks_in, write_looks
from linewatch.mission.orders import start_entry
from linewatch.mission.prepare import Prepared
from linewatch.mission.walked import Floats, Walked, read_walked
from linewatch.sight import NIGHT, fit, range_chance, read_looks
from linewatch.sight.calibrate import Looks
from linewatch.sight.kinds import KINDS, TARGETS
from linewatch.sim.units import CLASSES
from linewatch.watch.live import Heard
from linewatch.watch.post import Post
from linewatch.watch.values import Health, Status
from tests.cli.running import run
from tests.watch.stage import START_S, WEST_M, flat_area, node, post, walk

HOURS = 0.5
WAYS = 6
"""Ways that are followed."""


class Truth:
    """Ways of all that moved in a drill."""

    def __init__(self) -> None:
        self.rows: list[tuple[float, int, float, float]] = []

    async def note(self, drill: Drill) -> None:
        """Note where every walker is after a step."""
        scene = drill.sensors.world.state()
        walks = scene.kind == CLASSES.index("walker")
        columns = (scene.target_id[walks], scene.x_m[walks], scene.y_m[walks])
        self.rows += [
            (scene.time_s, int(which), float(x), float(y))
            for which, x, y in zip(*columns, strict=True)
        ]
        await asyncio.sleep(0)

    def ways(self, area: Area) -> list[Walked]:
        """Return the longest ways."""
        table = np.array(self.rows)
        names, steps = np.unique(table[:, 1], return_counts=True)
        ways = []
        for which in names[np.argsort(-steps, kind="stable")][:WAYS]:
            mine = table[table[:, 1] == which]
            lon, lat = area.plane.to_geo(mine[:, 2], mine[:, 3])
            ways.append(Walked(time_s=mine[:, 0], lon_deg=lon, lat_deg=lat))
        return ways


@pytest.fixture(scope="module")
def ran(
    small: Prepared, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[Walked]]:
    """Log of a drill in which all walk alone, and the longest ways in it."""
    path, truth = tmp_path_factory.mktemp("looks") / "mission.log", Truth()
    few = {"persons_per_encounter": 400.0, "group_mean": 1.0}
    tables = {**small.scenario.tables, "sim": few}
    lonely = replace(small, scenario=replace(small.scenario, tables=tables))
    with MissionLog.open(path) as log:
        drill = Drill(prepared=lonely, log=log, hours=HOURS, seed=2)
        asyncio.run(drill.run(truth.note))
    return path, truth.ways(small.area)


def test_looks_of_a_simulated_watch_are_as_often_hits_as_the_law_says(
    small: Prepared, ran: tuple[Path, list[Walked]]
) -> None:
    path, ways = ran
    with MissionLog.open_to_read(path) as log:
        parts = [
            each
            for way in ways
            for each in looks_in(log, small.area, way).looks
            if each.kind == "radar"
        ]
    looks = Looks(
        kind="radar",
        target=tuple(name for part in parts for name in part.target),
        range_m=np.concatenate([part.range_m for part in parts]),
        shown=np.concatenate([part.shown for part in parts]),
        detected=np.concatenate([part.detected for part in parts]),
    )
    assert len(looks) > 500
    chance = range_chance(
        KINDS["radar"], TARGETS["walker"], looks.range_m, NIGHT, shown=looks.shown
    )
    off = float(looks.detected.sum() - chance.sum())
    assert abs(off) < 4 * float((chance * (1 - chance)).sum()) ** 0.5
    found = fit(looks, light=NIGHT)
    assert found.scale[0] < 1 < found.scale[2]
    assert found.ceiling[0] < KINDS["radar"].ceiling < found.ceiling[2]


def test_commands_lead_from_a_log_to_figures_that_a_plan_takes(
    capsys: pytest.CaptureFixture[str],
    small: Prepared,
    ran: tuple[Path, list[Walked]],
    tmp_path: Path,
) -> None:
    path, ways = ran
    with MissionLog.open_to_read(path) as log:
        way = next(w for w in ways if many(looks_in(log, small.area, w)) > 50)
    walked, out = tmp_path / "way.csv", tmp_path / "looks.csv"
    walked.write_text(as_csv(way), encoding="utf-8")
    words = ["looks", str(path), "--walked", str(walked), "--out", str(out)]
    words += ["--scenario", str(small.scenario.folder)]
    status, told, err = run(capsys, words)
    assert (status, err) == (0, "")
    assert "looks detected" in told
    assert "left out: " in told
    with MissionLog.open_to_read(path) as log:
        found = looks_in(log, small.area, read_walked(walked))
    read = read_looks(out)
    assert sorted(read) == [each.kind for each in found.looks]
    for each in found.looks:
        assert read[each.kind].detected.tolist() == each.detected.tolist()
        assert read[each.kind].range_m == pytest.approx(each.range_m, abs=0.06)
    kinds = tmp_path / "kinds.csv"
    status, _, err = run(
        capsys, ["calibrate", str(out), "--out", str(kinds), "--night"]
    )
    assert (status, err) == (0, "")
    assert "radar,range_x," in kinds.read_text(encoding="utf-8")


def many(found: Sought) -> int:
    """Return the number of looks of radars."""
    return sum(len(each) for each in found.looks if each.kind == "radar")


def as_csv(way: Walked) -> str:
    """Write a way as a receiver might."""
    columns = (way.time_s.tolist(), way.lon_deg.tolist(), way.lat_deg.tolist())
    rows = [f"{to_iso(t)},{x:.7f},{y:.7f}" for t, x, y in zip(*columns, strict=True)]
    return "\n".join(["time,lon_deg,lat_deg", *rows, ""])


@pytest.fixture(scope="module")
def flat(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return flat_area(tmp_path_factory.mktemp("flat"))


@pytest.fixture(scope="module")
def radar(flat: Area) -> Post:
    return post(flat, "radar-001", WEST_M)


def times(steps: int) -> Floats:
    """Return an instant each five seconds."""
    made: Floats = np.asarray(START_S + 5.0 * np.arange(1, steps + 1), np.float64)
    return made


def straight(area: Area, of: Post, steps: int) -> Walked:
    """Return the way of the walker that `walk` lets a radar see."""
    time_s = times(steps)
    offset_m = -4_000.0 + 1.3 * (time_s - START_S)
    chainage_m = of.site.chainage_m + 1_000.0
    places = [area.line.place(chainage_m, float(off)) for off in offset_m]
    lon, lat = np.array(places).T
    return Walked(time_s=time_s, lon_deg=lon, lat_deg=lat)


def told_of(
    radar: Post,
    path: Path,
    heard: Sequence[Heard],
    until_s: float = 400.0,
    since_s: float = 0.0,
) -> MissionLog:
    """Write the log of a watch of one radar that heard this, registered since then."""
    log = MissionLog.open(path)
    order = {
        "order_id": "watch-radar-001",
        "proposal_id": "sites-1",
        "kind": "radar",
        "unit": "radar-001",
        "task": "detect_monitor_static",
        "status": "T10",
        "from_s": START_S,
        "to_s": START_S + 1e4,
        "phase_s": 0.0,
        "cell_m": 60.0,
        **{
            name: getattr(radar.site, name)
            for name in (
                *("chainage_m", "offset_m", "lon_deg", "lat_deg", "x_m", "y_m"),
                "mast_m",
            )
        },
    }
    log.append(
        [
            (START_S, "order", order),
            start_entry("test", seed=0, start_s=START_S, until_s=START_S),
        ]
    )
    log.append([to_entry(n, at_s=START_S + since_s) for n in (node(radar), *heard)])
    ticks = np.arange(START_S, START_S + until_s + 1, 5.0).tolist()
    log.append([(at_s, "tick", {"until_s": at_s}) for at_s in ticks])
    return log


def hits(found: Sought) -> list[bool]:
    return [bool(hit) for each in found.looks for hit in each.detected]


def test_a_look_is_a_hit_where_something_was_told_of_the_place(
    flat: Area, radar: Post, tmp_path: Path
) -> None:
    seen = walk(flat, radar, 40)
    aside = replace(seen[5], range_m=(seen[5].range_m or 0) + 45.0 + RECEIVER_M + 5)
    turned = replace(seen[6], azimuth_rad=(seen[6].azimuth_rad or 0) + 0.06)
    near = replace(
        seen[7], range_m=(seen[7].range_m or 0) + 52.0, time_s=seen[7].time_s + 1
    )
    rest = [*seen[:5], aside, turned, near, *seen[9:]]
    with told_of(radar, tmp_path / "log", rest) as log:
        found = looks_in(log, flat, straight(flat, radar, 40))
    assert hits(found) == [True] * 5 + [False, False, True, False] + [True] * 31
    assert (found.hidden, found.slow, found.off, found.other_light) == (0, 0, 0, 0)
    assert found.looks[0].range_m[0] == pytest.approx(4_309, abs=15)
    assert set(found.looks[0].shown.tolist()) == {1.0}


def test_looks_while_the_node_is_down_are_left_out(
    flat: Area, radar: Post, tmp_path: Path
) -> None:
    down = Status(time_s=START_S + 51, node_id="id-radar-001", health=Health.ERROR)
    up = Status(time_s=START_S + 99, node_id="id-radar-001", health=Health.OK)
    seen = walk(flat, radar, 40)
    rest: list[Heard] = [*seen[:10], down, up, *seen[19:]]
    with told_of(radar, tmp_path / "log", rest) as log:
        found = looks_in(log, flat, straight(flat, radar, 40))
    assert found.off == 9
    assert hits(found) == [True] * 31


def test_looks_before_a_node_registered_or_after_it_fell_silent_are_left_out(
    flat: Area, radar: Post, tmp_path: Path
) -> None:
    seen, way = walk(flat, radar, 80), straight(flat, radar, 80)
    with told_of(radar, tmp_path / "late", seen[10:], since_s=52.0) as log:
        found = looks_in(log, flat, way)
        assert (found.off, hits(found)) == (10, [True] * 70)
        early = replace(way, time_s=way.time_s - 100.0)
        # One more, as the watch began, and none of before.
        assert looks_in(log, flat, early).off == 11
    with told_of(radar, tmp_path / "silent", seen[:10]) as log:
        found = looks_in(log, flat, way)
    assert found.off > 0
    assert hits(found) == [True] * 10 + [False] * (70 - found.off)


def test_a_radar_that_tells_places_is_held_against_them_alike(
    flat: Area, radar: Post, tmp_path: Path
) -> None:
    way = straight(flat, radar, 40)
    seen = [
        replace(each, range_m=None, azimuth_rad=None, sigma_azimuth_rad=None,
                lon_deg=float(lon), lat_deg=float(lat))
        for each, lon, lat in zip(
            walk(flat, radar, 40), way.lon_deg, way.lat_deg, strict=True
        )
    ]  # fmt: skip
    seen[3] = replace(seen[3], lat_deg=(seen[3].lat_deg or 0) + 0.0004)  # 44 m
    seen[4] = replace(seen[4], lat_deg=(seen[4].lat_deg or 0) + 0.0008)
    seen[5] = replace(seen[5], lon_deg=None, lat_deg=None)
    with told_of(radar, tmp_path / "log", seen) as log:
        found = looks_in(log, flat, way)
    assert hits(found) == [True] * 4 + [False, False] + [True] * 34


def test_thirty_seconds_between_two_fixes_are_no_gap(
    flat: Area, radar: Post, tmp_path: Path
) -> None:
    way = straight(flat, radar, 100)
    kept = (way.time_s <= START_S + 100) | (way.time_s >= START_S + 130)
    held = Walked(
        time_s=way.time_s[kept], lon_deg=way.lon_deg[kept], lat_deg=way.lat_deg[kept]
    )
    with told_of(radar, tmp_path / "log", walk(flat, radar, 100)) as log:
        assert len(hits(looks_in(log, flat, held))) == 80


def test_looks_in_a_gap_of_the_receiver_or_beside_the_watch_are_none(
    flat: Area, radar: Post, tmp_path: Path
) -> None:
    way = straight(flat, radar, 100)
    kept = (way.time_s < START_S + 100) | (way.time_s > START_S + 135)
    gap = Walked(
        time_s=way.time_s[kept], lon_deg=way.lon_deg[kept], lat_deg=way.lat_deg[kept]
    )
    with told_of(radar, tmp_path / "log", walk(flat, radar, 100)) as log:
        found = looks_in(log, flat, gap)
        # 5 to 400 s, less the looks between the fixes at 95 and at 140 s.
        assert len(hits(found)) == 80 - 8
        later = replace(way, time_s=way.time_s + 1e6)
        with pytest.raises(BadValue, match="of a time of the watch"):
            looks_in(log, flat, later)
        with pytest.raises(UnknownName, match="target class"):
            looks_in(log, flat, way, target="ghost")


def test_one_that_goes_round_a_radar_is_too_slow_for_it(
    flat: Area, radar: Post, tmp_path: Path
) -> None:
    turn_rad = np.linspace(0.0, 0.2, 60)
    x_m = radar.site.x_m + 2_000 * np.sin(turn_rad)
    y_m = radar.site.y_m - 2_000 * np.cos(turn_rad)
    lon, lat = flat.plane.to_geo(x_m, y_m)
    way = Walked(time_s=times(60), lon_deg=lon, lat_deg=lat)
    down = Status(time_s=START_S + 51, node_id="id-radar-001", health=Health.ERROR)
    for name, heard in (("log", []), ("down", [down])):
        with told_of(radar, tmp_path / name, heard) as log:
            found = looks_in(log, flat, way)
        assert found.looks == ()
        assert (found.slow, found.off) == (60, 0)


@pytest.mark.parametrize(
    ("share", "day", "night"), [(1.0, 40, 0), (0.5, 0, 0), (0.0, 0, 40)]
)
def test_looks_of_another_light_are_left_out(
    flat: Area,
    radar: Post,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    share: float,
    day: int,
    night: int,
) -> None:
    way = straight(flat, radar, 40)
    monkeypatch.setattr("linewatch.mission.looking.daylight", lambda _: share)
    with told_of(radar, tmp_path / "log", walk(flat, radar, 40)) as log:
        assert len(hits(looks_in(log, flat, way))) == 40
        for when, count in ((When.DAY, day), (When.NIGHT, night)):
            found = looks_in(log, flat, way, when=when)
            assert (len(hits(found)), found.other_light) == (count, 40 - count)


def test_a_log_without_a_watch_is_refused(flat: Area, tmp_path: Path) -> None:
    with MissionLog.open(tmp_path / "log") as log:
        way = Walked(time_s=np.arange(2.0), lon_deg=np.zeros(2), lat_deg=np.zeros(2))
        with pytest.raises(BadValue, match="a watch that has begun"):
            looks_in(log, flat, way)


GPX = """<?xml version="1.0"?>
<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>
<trkpt lat="31.5" lon="-110.5"><ele>9</ele><time>2025-05-02T06:00:00Z</time></trkpt>
<trkpt lat="31.6" lon="-110.4"><time>2025-05-02T06:00:05Z</time></trkpt>
</trkseg></trk></gpx>"""


def test_a_way_is_read_from_gpx_and_csv_alike(tmp_path: Path) -> None:
    gpx, table = tmp_path / "way.gpx", tmp_path / "way.csv"
    gpx.write_text(GPX, encoding="utf-8")
    way = read_walked(gpx)
    assert way.time_s.tolist() == [START_S, START_S + 5]
    assert way.lon_deg.tolist() == [-110.5, -110.4]
    table.write_text(as_csv(way), encoding="utf-8")
    again = read_walked(table)
    assert again.lat_deg.tolist() == way.lat_deg.tolist() == [31.5, 31.6]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("way.gpx", "<gpx", "is no GPX"),
        ("way.gpx", "<!DOCTYPE a [<!ENTITY b 'c'>]><gpx>&b;</gpx>", "is no GPX"),
        ("way.gpx", "<gpx/>", "holds 0 fixes"),
        ("way.gpx", GPX.replace('lat="31.5"', 'lat="x"'), "1: lat must be a number"),
        ("way.gpx", GPX.replace("06:00:05Z", "05:59:00Z"), "2: is not later"),
        ("way.gpx", GPX.replace("06:00:05Z", "06:00:00Z"), "2: is not later"),
        ("way.csv", "time,lon_deg,lat_deg\n2025-05-02,1,2\n", "holds 1 fixes"),
        ("way.csv", "time,lon_deg,lat_deg\n2025-05-02,1\n", "2: has 2 cells"),
        ("way.csv", "time,lon_deg,lat_deg\nnoon,1,2\n", "2: time must be an ISO"),
        ("way.csv", "time,lon_deg,lat_deg\n2025-05-02,1,91\n", "2: latitude must be"),
        ("way.csv", "time,x,y\n2025-05-02,1,9\n", "must have time,lon_deg,lat_deg"),
        ("way.csv", None, "cannot be read"),
        ("way.gpx", None, "cannot be read"),
    ],
)
def test_a_bad_way_is_told(
    tmp_path: Path, name: str, text: str | None, said: str
) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises((BadFile, BadLines), match=said):
        read_walked(path)


def test_looks_are_written_as_they_are_read(tmp_path: Path) -> None:
    looks = Looks(
        kind="radar",
        target=("walker", "vehicle"),
        range_m=np.array([10.04, 2_000.0]),
        shown=np.array([0.5, 1.0]),
        detected=np.array([True, False]),
    )
    write_looks(tmp_path / "looks.csv", [looks])
    back = read_looks(tmp_path / "looks.csv")["radar"]
    assert back.target == looks.target
    assert back.range_m.tolist() == [10.0, 2_000.0]
    assert back.shown.tolist() == [0.5, 1.0]
    assert back.detected.tolist() == [True, False]
