"""Tests of a scenario's own kinds: what the file says, and what is wrong with it."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import BadFile, BadLines
from linewatch.link.sapient.kinds import EFFECTOR_WORDS, NODE_TYPES
from linewatch.mission.station import DESK
from linewatch.sight import (
    KINDS,
    TARGETS,
    KindFile,
    KindRow,
    SensorKind,
    range_chance,
    read_kinds,
    record_of,
    write_kinds,
)
from linewatch.sight.figures import NUMBERS
from linewatch.sight.kindfile import FIGURES, RESERVED, TOLD_NUMBERS, with_rows
from linewatch.sight.kinds import Gives, Law

HEAD = "kind,figure,value,source\n"


def read(folder: Path, rows: str) -> KindFile:
    """Read a file with these rows."""
    path = folder / "kinds.csv"
    path.write_text(HEAD + rows)
    return read_kinds(path)


def faults(folder: Path, rows: str) -> list[tuple[int, str]]:
    """Return what is wrong with a file of these rows."""
    with pytest.raises(BadLines) as refused:
        read(folder, rows)
    return list(refused.value.faults)


def test_without_rows_of_its_own_a_kind_is_as_built_in(tmp_path: Path) -> None:
    file = read(tmp_path, "radar,mast_m,25,a tower\n")
    assert file.kinds["camera"] is KINDS["camera"]
    assert list(file.kinds) == list(KINDS)
    assert file.kinds["radar"].mast_m == 25
    before = {n: v for n, v in record_of(KINDS["radar"]).items() if n != "mast_m"}
    after = {n: v for n, v in record_of(file.kinds["radar"]).items() if n != "mast_m"}
    assert str(before.pop("source")) in str(after.pop("source"))
    assert after == before
    assert file.told == {"radar": ("mast_m",)}


def test_a_new_kind_has_all_else_from_the_kind_that_it_is_like(tmp_path: Path) -> None:
    file = read(
        tmp_path,
        "radar-b,range_x,1.5,flight test\n"
        "radar-b,like,radar,maker\n"
        "radar-b,label,tall radar,maker\n"
        "radar-b,anchor_walker_m,9000,maker\n"
        "radar-b,sigma_azimuth_deg,0.3,maker\n"
        "radar-b,waves_beam_deg,0.5,maker\n",
    )
    kind, radar = file.kinds["radar-b"], KINDS["radar"]
    assert list(file.kinds) == [*KINDS, "radar-b"]
    assert (kind.name, kind.like, kind.family) == ("radar-b", "radar", "radar")
    assert kind.label == "tall radar"
    assert kind.anchor_m["walker"] == 13_500, "the factor goes over a told anchor too"
    assert kind.anchor_m["flyer"] == pytest.approx(1.5 * radar.anchor_m["flyer"])
    assert kind.sigma_azimuth_rad == pytest.approx(math.radians(0.3))
    assert kind.waves is not None
    assert kind.waves.beam_rad == pytest.approx(math.radians(0.5))
    assert kind.reach_m == radar.reach_m
    assert kind.source.startswith("range_x 1.5: flight test; ")
    assert kind.source.endswith(f"all else as radar: {radar.source}")
    assert file.kinds["radar"] is radar


def test_a_camera_may_see_in_other_light(tmp_path: Path) -> None:
    rows = "camera,bands_um,3.5 4.2,maker\ncamera,criterion,ttp,maker\n"
    kind = read(tmp_path, rows).kinds["camera"]
    assert kind.bands_um == (3.5, 4.2)
    assert kind.criterion == "ttp"


def test_every_fault_is_told_with_its_line(tmp_path: Path) -> None:
    rows = (
        "desk,like,radar,x\n"
        "Radar,like,radar,x\n"
        "radar,rnge,1,x\n"
        "radar,contrast,1,x\n"
        "radar,ceiling,2,\n"
        "radar,ceiling,1,x\n"
        "new,ceiling,0.4,x\n"
        "new2,like,sonar,x\n"
        "new2,ceiling,0,x\n"
        "radar,like,camera,x\n"
        "radar,range_x,nan,x\n"
        "radar,mast_m,10\n"
        "person,label,,x\n"
    )
    told = faults(tmp_path, rows)
    assert [line for line, _ in told] == sorted(line for line, _ in told)
    said = {line: [w for at, w in told if at == line] for line, _ in told}
    assert sorted(said) == [2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14]
    assert len(said[6]) == 2, "a bad value and no source"
    assert "source must be one line" in " ".join(said[6])
    assert said[7] == ["radar,ceiling stands on line 6 already"]
    assert said[8][0].startswith("new is not built in: it needs a row new,like,KIND")
    assert "unknown built-in kind 'sonar'" in said[9][0]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("desk,like,radar,x\n", "kind must be no word that means something else"),
        ("jammer,like,radar,x\n", "kind must be no word that means something else"),
        ("Radar,like,radar,x\n", "kind must be a letter, then at most 31"),
        ("r" * 33 + ",like,radar,x\n", "kind must be a letter, then at most 31"),
        ("radar,rnge,1,x\n", "unknown figure 'rnge': choose from like, label"),
        ("radar,ceiling,0.9,\n", "source must be one line that says where the figure"),
        ("radar,ceiling,0,x\n", "ceiling must be from 0.001 to 1, not 0"),
        ("radar,ceiling,inf,x\n", "ceiling must be a number, not 'inf'"),
        ("radar,reach_walker_m,-1,x\n", "reach_walker_m must be from 0 to 100000"),
        (
            "radar,sigma_azimuth_deg,181,x\n",
            "sigma_azimuth_deg must be from 0.001 to 180, not",
        ),
        ("radar,range_x,0,x\n", "range_x must be from 0.01 to 100, not 0"),
        ("radar,contrast,2,x\n", "figure must be a figure of a sensor like radar, not"),
        (
            "radar,bands_um,10,x\n",
            "figure must be a figure of a sensor like radar, not",
        ),
        (
            "camera,waves_cell_m,2,x\n",
            "figure must be a figure of a sensor like camera",
        ),
        (
            "seismic,sigma_azimuth_deg,2,x\n",
            "a figure of a sensor like seismic, not si",
        ),
        ("camera,bands_um,,x\n", "bands_um must be one or more numbers with spaces"),
        ("camera,bands_um,0.5;10,x\n", "bands_um must be a number, not '0.5;10'"),
        ("camera,bands_um,20,x\n", "bands_um must be from 0.3 to 15, not 20"),
        (
            "camera,criterion,eyes,x\n",
            "criterion must be one of johnson, ttp, not 'eyes",
        ),
        ("camera,label,,x\n", "label must be one line of at most 120 characters"),
        (
            "person,contrast,0.1,x\n",
            "contrast must be above 0.58, what clear air takes",
        ),
        ("seismic,anchor_flyer_m,9,x\n", "anchor_flyer_m does nothing: reach_flyer_m"),
        ("seismic,reach_flyer_m,9,x\n", "reach_flyer_m does nothing: anchor_flyer_m"),
        ("radar,like,camera,x\n", "radar is built in itself: it is like no other"),
        ("new,ceiling,0.5,x\n", "new is not built in: it needs a row new,like,KIND"),
        (
            "new,like,sonar,x\n",
            "unknown built-in kind 'sonar': choose from radar, camer",
        ),
        ("new,like,radar\n", "has 3 cells for 4 columns"),
        (
            "seismic,reach_walker_m,0,x\nseismic,reach_vehicle_m,0,x\n",
            "seismic reaches nothing of any class",
        ),
    ],
)
def test_a_bad_row_is_told_in_one_line(tmp_path: Path, rows: str, said: str) -> None:
    told = faults(tmp_path, rows)
    assert all(said in what for _, what in told[-1:])
    with pytest.raises(BadLines) as refused:
        read(tmp_path, rows)
    assert str(refused.value).count("\n") == 0


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read"):
        read_kinds(tmp_path / "none.csv")
    (tmp_path / "bare.csv").write_text("kind,figure,value\nradar,ceiling,1\n")
    with pytest.raises(BadFile, match="must have kind,figure,value,source"):
        read_kinds(tmp_path / "bare.csv")
    (tmp_path / "empty.csv").write_text(HEAD)
    with pytest.raises(BadFile, match="has a header and no rows"):
        read_kinds(tmp_path / "empty.csv")


def test_no_kind_can_pass_for_a_desk_or_an_effector() -> None:
    assert {DESK, *EFFECTOR_WORDS} <= RESERVED
    assert not RESERVED & set(KINDS)
    assert RESERVED & set(NODE_TYPES) == {"desk", "fusion", "human"}


def allowed(kind: SensorKind) -> list[str]:
    """Return the numbers that a file may tell of a kind, in the units of the file."""
    return [
        name.replace("_rad", "_deg") if name.endswith("_rad") else name
        for name, figure in NUMBERS.items()
        if kind.law in figure.laws and kind.gives in figure.gives
    ]


@pytest.mark.parametrize("name", sorted(KINDS))
def test_each_figure_that_is_taken_changes_its_kind(tmp_path: Path, name: str) -> None:
    """A row that did nothing would be believed."""
    kind = KINDS[name]
    for figure in [*allowed(kind), "range_x"]:
        flat = figure.replace("_deg", "_rad") if figure.endswith("_deg") else figure
        if flat.rsplit("_", 1)[0].endswith("flyer") and name == "seismic":
            continue
        if flat.rsplit("_", 1)[0].endswith("walker") and name == "acoustic":
            continue
        now = 1.0 if figure == "range_x" else float(str(record_of(kind)[flat]))
        value = 0.9 * (math.degrees(now) if figure != flat else now) or 0.5
        made = read(tmp_path, f"{name},{figure},{value!r},x\n").kinds[name]
        assert made != kind, figure


LINES = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30
)


GROUND = {"anchor", "beam", "cell", "ground"}


@st.composite
def files(draw: st.DrawFn, *, ground: bool = False) -> list[KindRow]:
    """Draw the rows of a file; with `ground`, those by which it may hide all else."""
    rows: list[KindRow] = []
    names = draw(st.lists(st.sampled_from(["radar", "camera", "radar-b", "x9"])))
    for name in dict.fromkeys(names):
        like = {"radar-b": "radar", "x9": "camera"}.get(name, name)
        if like != name:
            rows.append(KindRow(kind=name, figure="like", value=like, source="s"))
        kind = KINDS[like]
        figures = [f for f in allowed(kind) if "reach" not in f and f != "contrast"]
        figures = [f for f in figures if ground or not GROUND & set(f.split("_"))]
        for figure in draw(st.lists(st.sampled_from(figures), unique=True, max_size=6)):
            low, high = TOLD_NUMBERS[figure].low, TOLD_NUMBERS[figure].high
            value = draw(st.floats(low, high, exclude_min=True))
            rows.append(
                KindRow(kind=name, figure=figure, value=repr(value), source=draw(LINES))
            )
    if not rows:
        rows.append(KindRow(kind="radar", figure="ceiling", value="0.5", source="s"))
    return draw(st.permutations(rows))


@given(files(), LINES)
def test_a_file_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[KindRow], remark: str
) -> None:
    path = tmp_path_factory.mktemp("kinds") / "kinds.csv"
    write_kinds(path, rows, f"made by {remark}")
    first = read_kinds(path)
    assert list(first.rows) == rows
    assert first.remark == f"made by {remark}"
    write_kinds(path, first.rows, first.remark)
    assert read_kinds(path) == first


@given(files())
def test_the_order_of_rows_changes_no_figure(
    tmp_path_factory: pytest.TempPathFactory, rows: list[KindRow]
) -> None:
    path = tmp_path_factory.mktemp("kinds") / "kinds.csv"
    write_kinds(path, rows)
    one = read_kinds(path).kinds
    write_kinds(path, rows[::-1])
    two = read_kinds(path).kinds
    assert {n: repr(k) for n, k in one.items()} == {n: repr(k) for n, k in two.items()}


@given(files(ground=True))
def test_whatever_a_file_tells_gives_chances(
    tmp_path_factory: pytest.TempPathFactory, rows: list[KindRow]
) -> None:
    """No figure within its limits makes the law say what is no chance."""
    path = tmp_path_factory.mktemp("kinds") / "kinds.csv"
    write_kinds(path, rows)
    try:
        kinds = read_kinds(path).kinds
    except BadLines as refused:
        # A radar cannot be told to see less of a walker than of the ground beside it.
        if "so weak that a walker is seen over it" not in str(refused):
            raise
        return
    for kind in kinds.values():
        for target in TARGETS.values():
            told = range_chance(kind, target, np.geomspace(1.0, 20_000.0, 60))
            assert np.all((told >= 0) & (told <= 1)), kind.name
            assert np.all(np.diff(told) <= 1e-9), kind.name


def test_new_rows_take_the_place_of_those_they_replace() -> None:
    def row(figure: str, value: str) -> KindRow:
        return KindRow(kind="radar", figure=figure, value=value, source="s")

    old = (row("mast_m", "20"), row("ceiling", "0.9"), row("period_s", "4"))
    new = (row("range_x", "0.8"), row("ceiling", "0.7"))
    assert with_rows(old, new) == (old[0], new[1], old[2], new[0])


def test_figures_are_told_once_and_laws_have_theirs() -> None:
    assert len(set(FIGURES)) == len(FIGURES)
    for law in Law:
        assert any(law in figure.laws for figure in NUMBERS.values())
    assert {kind.gives for kind in KINDS.values()} == set(Gives)


def test_a_label_and_a_source_are_one_line_that_a_log_takes(tmp_path: Path) -> None:
    assert read(tmp_path, f"radar,label,{'x' * 120},maker\n").rows
    ((line, why),) = faults(tmp_path, f"radar,label,{'x' * 121},maker\n")
    assert (line, why[:20]) == (2, "label must be one li")
    ((line, why),) = faults(tmp_path, "radar,mast_m,25,a\x07bell\n")
    assert (line, why[:19]) == (2, "source must be one ")
