"""Tests of calibration: drawn looks give the drawn figures back, as often as said."""

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from linewatch.area import Weather
from linewatch.errors import BadLines, BadValue
from linewatch.sight import (
    DAY,
    KINDS,
    KindFile,
    Looks,
    SensorKind,
    fit,
    range_chance,
    read_kinds,
    read_looks,
    target_named,
    write_kinds,
)
from linewatch.sight.calibrate import _interval, rows_of
from linewatch.sight.chance import Lit
from linewatch.sight.kindfile import KindRow

TRUE_SCALE, TRUE_CEILING = 0.7, 0.8


def truth_of(kind: str) -> SensorKind:
    """Return a kind that is worse than its figures say."""
    said = KINDS[kind]
    anchors = {name: anchor * TRUE_SCALE for name, anchor in said.anchor_m.items()}
    return replace(said, anchor_m=MappingProxyType(anchors), ceiling=TRUE_CEILING)


def drawn(kind: str, count: int, seed: int, light: Lit = DAY) -> Looks:
    """Draw looks of a kind that is worse than its figures say."""
    dice = np.random.default_rng(seed)
    truth = truth_of(kind)
    names = np.array(["walker", "vehicle"])[(dice.random(count) < 0.4).astype(int)]
    range_m = dice.uniform(0, truth.widest_m, count)
    shown = dice.uniform(0.3, 1.0, count)
    chance = np.array(
        [
            float(range_chance(truth, target_named(n), r, light, shown=s))
            for n, r, s in zip(names, range_m, shown, strict=True)
        ]
    )
    return Looks(
        kind=kind,
        target=tuple(names.tolist()),
        range_m=range_m,
        shown=shown,
        detected=dice.random(count) < chance,
    )


@pytest.mark.parametrize("kind", ["radar", "camera", "seismic"])
def test_many_looks_give_the_figures_back(kind: str) -> None:
    told = fit(drawn(kind, 3_000, 1))
    low, mean, high = told.scale
    assert low < TRUE_SCALE < high
    assert mean == pytest.approx(TRUE_SCALE, rel=0.1)
    assert told.ceiling[0] < TRUE_CEILING < told.ceiling[2]
    assert told.expected == pytest.approx(told.detected, rel=0.05)
    assert told.before > 1.1 * told.detected
    assert told.misfit < 4


def test_an_interval_holds_as_often_as_it_says() -> None:
    held = 0
    for seed in range(40):
        low, _, high = fit(drawn("radar", 60, seed), level=0.8).scale
        held += low <= TRUE_SCALE <= high
    assert 24 <= held <= 39  # 32 of 40 expected; 0.8 with three standard errors


def test_more_looks_tell_more() -> None:
    few, many = fit(drawn("camera", 40, 3)), fit(drawn("camera", 2_000, 3))
    assert many.scale[2] - many.scale[0] < (few.scale[2] - few.scale[0]) / 2


def test_looks_in_haze_are_held_against_the_law_in_haze() -> None:
    hazy = replace(DAY, weather=Weather(visibility_m=3_000))
    looks = drawn("camera", 3_000, 5, hazy)
    low, _, high = fit(looks, light=hazy).scale
    assert low < TRUE_SCALE < high
    blind = fit(looks).scale
    assert blind[2] < TRUE_SCALE  # without the haze the camera is blamed for it


def test_another_form_of_law_shows_as_misfit() -> None:
    dice = np.random.default_rng(2)
    range_m = np.sort(dice.uniform(0, 10_000, 1_000))
    odd = Looks(
        kind="radar",
        target=("walker",) * 1_000,
        range_m=range_m,
        shown=np.ones(1_000),
        detected=(range_m // 2_000) % 2 == 0,  # rings
    )
    assert fit(odd).misfit > 3


def test_too_few_looks_are_refused() -> None:
    with pytest.raises(BadValue, match="must be 20 or more within reach, not 5"):
        fit(drawn("radar", 5, 1))
    with pytest.raises(BadValue, match="level must be between 0 and 1"):
        fit(drawn("radar", 30, 1), level=1.0)


def test_a_file_of_looks_is_read_by_kind(tmp_path: Path) -> None:
    path = tmp_path / "looks.csv"
    path.write_text(
        "kind,target,range_m,shown,detected\nradar,walker,5000,1,1\n"
        "camera,vehicle,900,0.5,0\nradar,vehicle,7000,1,0\n"
    )
    told = read_looks(path)
    assert list(told) == ["camera", "radar"]
    assert told["radar"].range_m.tolist() == [5_000, 7_000]
    assert told["radar"].detected.tolist() == [True, False]
    assert told["camera"].target == ("vehicle",)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("sonar,walker,5,1,1", "sonar"),
        ("radar,horse,5,1,1", "horse"),
        ("radar,walker,-5,1,1", "range_m must be 0 or more"),
        ("radar,walker,nan,1,1", "range_m must be a number"),
        ("radar,walker,5,0,1", "shown must be above 0"),
        ("radar,walker,5,1,yes", "detected must be 0 or 1"),
        ("radar,walker,5,1", "has 4 cells for 5 columns"),
    ],
)
def test_bad_looks_are_told(tmp_path: Path, row: str, said: str) -> None:
    path = tmp_path / "looks.csv"
    path.write_text(f"kind,target,range_m,shown,detected\n{row}\n")
    with pytest.raises(BadLines, match=said):
        read_looks(path)


def test_looks_beyond_reach_tell_nothing_and_are_counted() -> None:
    near = drawn("radar", 200, 5)
    more = 30
    beyond = Looks(
        kind="radar",
        target=near.target + ("walker",) * more,
        range_m=np.append(near.range_m, np.full(more, 12_000.0)),
        shown=np.append(near.shown, np.ones(more)),
        detected=np.append(near.detected, np.ones(more, bool)),
    )
    reach_m = np.array([KINDS["radar"].reach_m[name] for name in near.target])
    lost = int((near.range_m > reach_m).sum())
    one, two = fit(near), fit(beyond)
    assert (one.beyond, two.beyond) == (lost, lost + more)
    assert (two.scale, two.ceiling, two.looks) == (one.scale, one.ceiling, one.looks)
    assert two.misfit == one.misfit


@pytest.mark.parametrize(
    ("kind", "target", "range_m"),
    [("radar", "walker", 12_000.0), ("seismic", "flyer", 0.0)],
)
def test_looks_that_all_tell_nothing_are_refused(
    kind: str, target: str, range_m: float
) -> None:
    looks = Looks(
        kind=kind,
        target=(target,) * 40,
        range_m=np.full(40, range_m),
        shown=np.ones(40),
        detected=np.zeros(40, bool),
    )
    with pytest.raises(BadValue, match=f"looks of {kind} must be 20 or more within"):
        fit(looks)


def test_looks_that_say_little_leave_the_figures() -> None:
    """At 1 m a radar detects whatever its range: only the ceiling is told."""
    looks = Looks(
        kind="radar",
        target=("walker",) * 40,
        range_m=np.ones(40),
        shown=np.ones(40),
        detected=np.arange(40) % 20 > 0,
    )
    told = fit(looks)
    assert told.scale[1] == pytest.approx(1.0, abs=0.01)
    assert told.kind.anchor_m["walker"] == pytest.approx(8_000, rel=0.01)


def test_an_interval_leaves_out_as_much_on_either_side() -> None:
    """The middle 80% of 100 even steps are from the 10th to the 90th."""
    low, mean, high = _interval(np.arange(100.0), np.full(100, 0.01), 0.8)
    assert low == pytest.approx(9.5, abs=0.6)
    assert high == pytest.approx(89.5, abs=0.6)
    assert mean == pytest.approx(49.5)


def test_fitted_figures_go_into_a_file_and_come_back(tmp_path: Path) -> None:
    one = fit(drawn("radar", 400, 1))
    path = tmp_path / "fitted.csv"
    write_kinds(path, rows_of({"radar": one}, KindFile()))
    back = read_kinds(path)
    kind = back.kinds["radar"]
    for target, metres in one.kind.anchor_m.items():
        assert kind.anchor_m[target] == pytest.approx(metres, rel=1e-5)
    assert kind.ceiling == pytest.approx(one.kind.ceiling, rel=1e-5)
    range_x, ceiling = back.rows
    low, _, high = one.scale
    told = f"fitted to {one.looks} looks, {one.detected} detected; 95 % "
    assert range_x.source == f"{told}{low:.2f} to {high:.2f} of the range"
    assert ceiling.source.startswith(told)


def test_a_fit_keeps_what_else_a_file_says(tmp_path: Path) -> None:
    """Another fit starts from the first, and its factor is over the same anchors."""
    path = tmp_path / "kinds.csv"
    path.write_text(
        "kind,figure,value,source\n"
        "radar-b,like,radar,maker\n"
        "radar-b,range_x,0.5,an older fit\n"
        "radar-b,mast_m,25,maker\n"
        "camera,mast_m,12,maker\n"
    )
    held = read_kinds(path)
    looks = replace(drawn("radar", 3_000, 1), kind="radar-b")
    one = fit(looks, kind=held.kinds["radar-b"])
    assert one.scale[1] == pytest.approx(TRUE_SCALE / 0.5, rel=0.1)
    rows = rows_of({"radar-b": one}, held)
    assert [(row.kind, row.figure) for row in rows] == [
        ("radar-b", "like"),
        ("radar-b", "range_x"),
        ("radar-b", "mast_m"),
        ("camera", "mast_m"),
        ("radar-b", "ceiling"),
    ]
    assert float(rows[1].value) == pytest.approx(0.5 * one.scale[1], rel=1e-5)
    low, high = 0.5 * one.scale[0], 0.5 * one.scale[2]
    assert rows[1].source.endswith(f"{low:.2f} to {high:.2f} of the range")
    write_kinds(path, rows)
    again = read_kinds(path).kinds["radar-b"]
    assert again.anchor_m["walker"] == pytest.approx(
        one.kind.anchor_m["walker"], rel=1e-5
    )
    assert again.mast_m == 25


def test_a_radar_near_its_ground_is_fitted_where_it_can_be() -> None:
    """Of the factors that are weighed, some would drown every walker in the ground."""
    radar = KINDS["radar"]
    assert radar.waves is not None
    near = replace(radar, waves=replace(radar.waves, ground_filter=1_500.0))
    told = fit(drawn("radar", 400, 1), kind=near)
    assert np.isfinite(told.scale).all()
    assert told.scale[0] < told.scale[1] < told.scale[2] < 2


def test_looks_of_a_kind_of_ones_own_are_read(tmp_path: Path) -> None:
    path = tmp_path / "looks.csv"
    path.write_text("kind,target,range_m,shown,detected\nradar-b,walker,5000,1,1\n")
    with pytest.raises(BadLines, match="unknown sensor kind 'radar-b'"):
        read_looks(path)
    kinds = {**KINDS, "radar-b": replace(KINDS["radar"], name="radar-b", like="radar")}
    assert list(read_looks(path, kinds)) == ["radar-b"]


def test_a_factor_that_no_file_of_kinds_may_tell_is_not_written() -> None:
    one = replace(fit(drawn("camera", 100, 1)), scale=(1.0, 2.0, 3.0))
    rows = (KindRow(kind="camera", figure="range_x", value="90", source="huge"),)
    with pytest.raises(BadValue, match=r"range_x of camera must be .* not 180"):
        rows_of({"camera": one}, KindFile(rows=rows))
