"""Tests of a scenario's own kinds, from the plan to the replay of its log."""

import asyncio
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from linewatch.errors import BadValue, LogBroken, UnknownName
from linewatch.log import MissionLog, verify
from linewatch.mission.drill import Drill, DrillResult
from linewatch.mission.keeping import Keeper
from linewatch.mission.orders import (
    kinds_by_post,
    kinds_in,
    open_watch,
    order_entries,
    posts_in,
)
from linewatch.mission.prepare import Prepared, exercise_decisions, prepare
from linewatch.mission.replay import resumed
from linewatch.mission.settings import watch_settings
from linewatch.mission.sites import ordered_posts
from linewatch.plan import Proposal, read_proposal, write_proposal
from linewatch.scenario import read_scenario
from linewatch.sight import KINDS, SensorKind, record_of
from linewatch.web.drilled import DrilledSource
from linewatch.web.recorded import RecordedSource
from linewatch.web.words import picture_words
from tests.cli.running import run
from tests.mission.conftest import write_small
from tests.mission.test_kill import Process

KINDS_CSV = """# of a walk with a receiver, and the maker's sheets
kind,figure,value,source
radar,range_x,0.7,fitted to 240 looks
radar,ceiling,0.85,fitted to 240 looks
radar,false_per_look,0.1,counted in a night
radar-b,like,radar,maker
radar-b,mast_m,25,maker
radar-b,reach_walker_m,14000,maker
radar-b,reach_vehicle_m,16000,maker
radar-b,anchor_walker_m,11000,maker
radar-b,period_s,4,maker
tap,like,seismic,maker
tap,anchor_walker_m,70,test
"""
Words = list[str | Path]
HOURS = 0.1
SENSORS = re.compile(r"\d{4}-.* (radar|camera|seismic)\b").match
"""A line of the ledger that moves or counts sensors."""


def write_own(folder: Path) -> Path:
    """Write the small scenario with few sensors, some of them of kinds of its own."""
    write_small(folder)
    (folder / "kinds.csv").write_text(KINDS_CSV)
    toml = folder / "scenario.toml"
    toml.write_text(toml.read_text() + '\n[plan.sites]\nkinds = "kinds.csv"\n')
    ledger = folder / "force.ledger"
    lines = ledger.read_text().splitlines()
    ours = [line for line in lines if SENSORS(line) is None]
    first = next(at for at, line in enumerate(ours) if line.startswith("kit "))
    ours[first:first] = ['kit radar-b "Radar B"', 'kit tap "Tap"']
    at = next(n for n, line in enumerate(lines) if SENSORS(line)) + 2
    ours[at:at] = [
        f'2025-01-20 open jtf-n {count} {kind} @ept ! "assumed"'
        for kind, count in {"radar": 1, "radar-b": 1, "camera": 1, "tap": 4}.items()
    ]
    ledger.write_text("\n".join(ours) + "\n")
    return folder


@pytest.fixture(scope="module")
def own_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a scenario with kinds of its own."""
    return write_own(tmp_path_factory.mktemp("own"))


@pytest.fixture(scope="module")
def own(own_folder: Path) -> Prepared:
    """The mission with kinds of its own, its proposals ready."""
    return prepare(read_scenario(own_folder))


@pytest.fixture(scope="module")
def ran(own: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Log of a short drill over SAPIENT, in which every sensor was taken."""
    path = tmp_path_factory.mktemp("drill") / "mission.log"
    with MissionLog.open(path) as log:
        drill = Drill(prepared=own, log=log, hours=HOURS, seed=1)
        result: DrillResult = asyncio.run(drill.run())
    assert result.detections > 50
    assert result.alerts > 0
    return path


@pytest.fixture
def without_file(own_folder: Path) -> Iterator[Path]:
    """The scenario once its file of kinds is gone, and nothing names it."""
    toml, kinds = own_folder / "scenario.toml", own_folder / "kinds.csv"
    before = toml.read_text()
    toml.write_text(before.replace('kinds = "kinds.csv"', ""))
    kinds.unlink()
    yield own_folder
    toml.write_text(before)
    kinds.write_text(KINDS_CSV)


def test_sensors_of_each_kind_are_planned_and_proposed(own: Prepared) -> None:
    plan, sites = own.site_plan, own.proposals[1]
    assert {"radar", "radar-b", "camera", "tap"} == set(plan.kinds)
    said = "; with figures of the scenario's own for radar, radar-b, tap"
    assert sites.summary.endswith(said)
    held = sites.body["kinds"]
    assert isinstance(held, Mapping)
    assert {name: dict(figures) for name, figures in held.items()} == {
        name: record_of(kind) for name, kind in plan.kinds.items()
    }
    assert held["radar"]["anchor_walker_m"] == pytest.approx(5_600)
    assert "fitted to 240 looks" in held["radar"]["source"]


def test_nobody_sits_beside_a_kind_like_a_ground_sensor(own: Prepared) -> None:
    attended = sum(site.kind != "tap" for site in own.site_plan.sites)
    assert sum(site.kind == "tap" for site in own.site_plan.sites) > 0
    said = own.proposals[1].readiness[0]
    assert said.startswith(f"{attended} attended sites need ")


def test_every_node_registers_as_what_it_is_like(own: Prepared, ran: Path) -> None:
    with MissionLog.open_to_read(ran) as log:
        nodes = {str(e.body["name"]): dict(e.body) for e in log.read(kinds=("node",))}
        refused = list(log.read(kinds=("refusal",)))
    assert not refused
    assert set(nodes) == {site.name for site in own.site_plan.sites}
    for name, body in nodes.items():
        kind = own.site_plan.kinds[str(body["kind"])]
        assert body.get("like", "") == kind.like, name


def test_the_log_holds_the_figures_that_stand(own: Prepared, ran: Path) -> None:
    with MissionLog.open_to_read(ran) as log:
        held = kinds_in(log)
        posts = posts_in(log, own.area)
        orders = {str(e.body["proposal_id"]) for e in log.read(kinds=("order",))}
    assert set(held) == orders == {own.proposals[1].id}
    (kinds,) = held.values()
    assert {n: repr(k) for n, k in kinds.items()} == {
        n: repr(k) for n, k in own.site_plan.kinds.items()
    }
    for post, planned in zip(posts, own.posts, strict=True):
        assert repr(post.sight.kind) == repr(planned.sight.kind)
        assert (post.sight.lowest_m == planned.sight.lowest_m).all()


def test_a_state_kept_by_the_drill_stands_on_the_same_grounds_as_the_log(
    own: Prepared, ran: Path
) -> None:
    """Else a watch that is started again would never find its own state."""
    settings = watch_settings(own.scenario)
    with MissionLog.open_to_read(ran) as log:
        planned, logged = (
            open_watch(own.area, posts, start_s=own.start_s, settings=settings)
            for posts in (own.posts, posts_in(log, own.area))
        )
        assert Keeper(planned, log).grounds() == Keeper(logged, log).grounds()


def test_the_replay_needs_no_file_of_kinds(
    own: Prepared, ran: Path, without_file: Path
) -> None:
    """Every alert and handover comes again to the bit, whatever the scenario says."""
    scenario = read_scenario(without_file)
    with MissionLog.open_to_read(ran) as log:
        told = list(log.read(kinds=("alert", "handover")))
        room = resumed(log, scenario, own.area)
    assert room.checked == len(told) > 0


def test_the_command_replays_after_the_file_was_changed(
    capsys: pytest.CaptureFixture[str], ran: Path, own_folder: Path
) -> None:
    kinds = own_folder / "kinds.csv"
    kinds.write_text(KINDS_CSV.replace("0.7", "0.2").replace(",25,", ",3,"))
    try:
        words: Words = ["replay", ran, "--scenario", own_folder, "--json"]
        status, out, err = run(capsys, words)
    finally:
        kinds.write_text(KINDS_CSV)
    assert (status, err) == (0, "")
    assert json.loads(out)["replayed"] > 0
    assert json.loads(out)["kinds"]["figures"] == 4


def rewritten(
    path: Path, ran: Path, change: Mapping[str, Mapping[str, object] | None]
) -> Path:
    """Copy a log with the figures of some kinds changed; None leaves them out."""
    with MissionLog.open_to_read(ran) as log, MissionLog.open(path) as copy:
        entries = []
        for entry in log.read():
            body = {k: v for k, v in entry.body.items() if k not in SIGNATURE}
            if entry.kind == "figures" and entry.body["kind"] in change:
                more = change[str(entry.body["kind"])]
                if more is None:
                    continue
                body |= more
            if entry.kind != "snapshot":
                entries.append((entry.time_s, entry.kind, body))
        copy.append(entries)
    return path


SIGNATURE = ("key", "signature")


def test_other_figures_in_the_log_are_another_watch(
    own: Prepared, ran: Path, tmp_path: Path
) -> None:
    """The figures of the log are used, or this would replay as if nothing was."""
    blind = {"sigma_range_m": 900.0, "sigma_azimuth_rad": 0.5}
    path = rewritten(tmp_path / "blind.log", ran, {"radar": blind, "radar-b": blind})
    with (
        MissionLog.open_to_read(path) as log,
        pytest.raises(LogBroken, match=r"is not what its input leads to|lacks|missing"),
    ):
        resumed(log, own.scenario, own.area)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"law": "magic"}, "law of radar-b must be one of echo, image, tremor"),
        ({"mast_m": None}, "figures of radar-b must be whole, not without mast_m"),
        ({"ceiling": 7.0}, "ceiling must be above 0 and at most 1, not 7.0"),
    ],
)
def test_figures_that_cannot_be_read_are_told_with_their_entry(
    capsys: pytest.CaptureFixture[str],
    own_folder: Path,
    ran: Path,
    tmp_path: Path,
    change: dict[str, object],
    said: str,
) -> None:
    path = rewritten(tmp_path / "bad.log", ran, {"radar-b": change})
    status, out, err = run(capsys, ["replay", path, "--scenario", own_folder])
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert said in err
    assert "bad.log: entry " in err
    assert "cannot be read: " in err
    words: Words = ["serve", "--log", path, "--scenario", own_folder, "--port", "0"]
    status, out, err = run(capsys, words)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert said in err


def test_an_order_of_a_kind_without_figures_is_told(
    own: Prepared, ran: Path, tmp_path: Path
) -> None:
    path = rewritten(tmp_path / "lacking.log", ran, {"tap": None})
    with (
        MissionLog.open_to_read(path) as log,
        pytest.raises(UnknownName, match="unknown sensor kind 'tap': choose from"),
    ):
        posts_in(log, own.area)


def test_a_log_from_before_stands_its_posts_with_the_built_in_kinds(
    small: Prepared, tmp_path: Path
) -> None:
    entries = order_entries(
        small.proposals,
        exercise_decisions(small),
        small.posts[:4],
        start_s=small.start_s,
        until_s=small.start_s + 60.0,
        ask=small.authority,
    )
    with MissionLog.open(tmp_path / "old.log") as log:
        log.append(entry for entry in entries if entry[1] != "figures")
        posts = posts_in(log, small.area)
        assert kinds_in(log) == {}
        by_post = kinds_by_post(log)
    for post in posts:
        assert post.sight.kind is KINDS[post.site.kind]
        assert by_post[post.name] is KINDS[post.site.kind]


def test_orders_stand_on_the_figures_of_their_own_proposal(
    small: Prepared, tmp_path: Path
) -> None:
    """A log may hold figures of another proposal, with the same names of kinds."""
    entries = order_entries(
        small.proposals,
        exercise_decisions(small),
        small.posts[:2],
        start_s=small.start_s,
        until_s=small.start_s + 60.0,
        ask=small.authority,
    )
    others = [
        (at_s, kind, {**body, "proposal_id": "sites-other", "mast_m": 99.0})
        for at_s, kind, body in entries
        if kind == "figures"
    ]
    with MissionLog.open(tmp_path / "two.log") as log:
        log.append([*others, *entries, *others])
        by_post = kinds_by_post(log)
        for post in posts_in(log, small.area):
            assert post.sight.kind.mast_m != 99.0
            assert by_post[post.name] == post.sight.kind
        assert kinds_in(log)["sites-other"][post.site.kind].mast_m == 99.0


def changed(proposal: Proposal, **more: object) -> Proposal:
    """Return a proposal whose body says something else."""
    body = {k: v for k, v in {**proposal.body, **more}.items() if v is not None}
    return replace(proposal, body=body)


def test_a_proposal_stands_with_its_own_figures(own: Prepared, tmp_path: Path) -> None:
    path = tmp_path / "sites.json"
    write_proposal(path, own.proposals[1])
    posts = ordered_posts(read_proposal(path), own.area)
    for post, planned in zip(posts, own.posts, strict=True):
        assert post.sight.kind == planned.sight.kind
        assert post.sight.kind.source == planned.sight.kind.source


def test_a_proposal_from_before_stands_with_the_built_in_kinds(
    small: Prepared,
) -> None:
    assert "own" not in small.proposals[1].summary
    old = changed(small.proposals[1], kinds=None)
    for post in ordered_posts(old, small.area):
        assert post.sight.kind is KINDS[post.site.kind]


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ([], "must be a table, not []"),
        ({"radar": 3}, "figures of radar must be a table, not 3"),
        ({"radar": {"law": "echo"}}, "figures of radar must be whole, not without"),
        ({}, "unknown sensor kind 'radar'"),
    ],
)
def test_a_proposal_whose_figures_cannot_be_read_gets_one_line(
    capsys: pytest.CaptureFixture[str],
    small: Prepared,
    tmp_path: Path,
    kinds: object,
    said: str,
) -> None:
    bad = changed(small.proposals[1], kinds=kinds)
    with pytest.raises((BadValue, UnknownName)):
        ordered_posts(bad, small.area)
    write_proposal(tmp_path / "sites.json", bad)
    words: Words = [
        "watch",
        "--log",
        tmp_path / "m.log",
        "--scenario",
        small.scenario.folder,
    ]
    words += ["--proposal", tmp_path / "sites.json", "--port", "0"]
    status, _, err = run(capsys, words)
    assert (status, err.count("\n")) == (1, 1)
    assert said in err


def site_rows(told: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Return the sites of a picture by name."""
    sites = told["sites"]
    assert isinstance(sites, list)
    return {site["name"]: site for site in sites}


def test_the_page_shows_the_reaches_of_the_kinds_that_the_log_holds(
    own: Prepared, ran: Path, without_file: Path
) -> None:
    assert without_file.exists()
    with MissionLog.open_to_read(ran) as log:
        recorded = picture_words(RecordedSource(log, own.area).static())
        drilled = picture_words(DrilledSource(log, own).static())
    for rows in (site_rows(recorded), site_rows(drilled)):
        assert len(rows) == len(own.posts)
        for post in own.posts:
            kind: SensorKind = post.sight.kind
            assert rows[post.name]["reach_m"] == kind.widest_m
            assert rows[post.name]["kind"] == kind.name
            assert rows[post.name]["like"] == kind.family
        assert rows["radar-b-001"]["reach_m"] == 16_000
        assert rows["radar-b-001"]["like"] == "radar"


@pytest.mark.timeout(300)
def test_plan_decide_watch_and_sim_with_kinds_of_ones_own(
    capsys: pytest.CaptureFixture[str],
    own_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The whole way by its commands, each reading what the one before wrote."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    log, sites = tmp_path / "mission.log", tmp_path / "sites.json"
    start = "2025-05-02T06:00:00Z"
    scenario: Words = ["--scenario", own_folder]
    plan: Words = ["plan", "sites", "--on", "2025-05-02", "--out", sites]
    assert run(capsys, [*plan, *scenario])[0] == 0
    decide: Words = ["decide", sites, "--by", "JTF-SB commander", "--answer", "approve"]
    decide += ["--on", "2025-05-02", "--log", log]
    assert run(capsys, [*decide, *scenario])[0] == 0
    words: Words = ["--log", log, "--proposal", sites, "--start", start, *scenario]
    process = Process([str(word) for word in words], 0, tmp_path, 0)
    try:
        # What the scenario says from here on changes nothing: the proposal holds it.
        (own_folder / "kinds.csv").unlink()
        sim: Words = ["sim", "--to", f"127.0.0.1:{process.port()}", "--proposal", sites]
        sim += ["--hours", "0.05", "--speed", "100", *scenario]
        status, out, err = run(capsys, sim)
    finally:
        process.kill()
        (own_folder / "kinds.csv").write_text(KINDS_CSV)
    assert (status, err) == (0, "")
    assert "sensors and a civil desk registered" in out
    assert verify(log).kinds["node"] > 0
    with MissionLog.open_to_read(log) as held:
        kinds = {str(e.body["kind"]) for e in held.read(kinds=("node",))}
        assert not list(held.read(kinds=("refusal",)))
        first = next(iter(held.read(kinds=("start",))))
    assert kinds == {"radar", "radar-b", "camera", "tap"}
    assert math.isclose(first.time_s, 1_746_165_600.0)
    (own_folder / "kinds.csv").unlink()
    (own_folder / "scenario.toml").write_text(
        (own_folder / "scenario.toml").read_text().replace("kinds =", "# kinds =")
    )
    status, out, err = run(capsys, ["replay", log, *scenario])
    assert (status, err) == (0, "")
    assert "each the same to the bit" in out
