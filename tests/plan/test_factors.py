"""Tests of factors and tables: every row editable, every fault told at once."""

import csv
from pathlib import Path

import pytest

from linewatch.errors import BadFile, BadLines, BadValue, UnknownName
from linewatch.plan import Factor, read_factors
from linewatch.plan.factors import FACTORS, Confidence
from linewatch.plan.table import amount, count, day, read_rows, text, words
from linewatch.scenario import Scenario

SHARED = Path(__file__).parents[3] / "shared/domain/planning_factors.csv"
HEAD = "id,value,low,high,unit,basis,source,confidence\n"


def own(folder: Path, rows: str) -> Scenario:
    """Return a scenario with these factors."""
    (folder / "f.csv").write_text(rows)
    return Scenario(folder=folder, tables={"plan": {"factors": "f.csv"}})


def test_every_built_in_factor_has_range_unit_and_source() -> None:
    factors = read_factors()
    assert factors.value("cost.troop_day") == 550
    assert factors.interval("cost.troop_day").low == 250
    assert factors.interval("cost.troop_day").high == 650
    for factor in factors.by_id.values():
        assert factor.low <= factor.value <= factor.high
        assert factor.source
        assert factor.unit
        if factor.confidence is Confidence.ASSUMED:
            assert "assumption" in factor.source


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_file(), reason="the shared factors are not here")
def test_prices_agree_with_the_collected_factors() -> None:
    with SHARED.open(encoding="utf-8") as file:
        told = {row["factor_id"]: row for row in csv.DictReader(file)}
    factors = read_factors()
    price = factors.interval("cost.troop_day")
    assert price.best == float(told["cost.troop_day.2025"]["value"])
    assert f"{price.low:g}-{price.high:g}" == told["cost.troop_day.2025"]["range"]
    guard = factors.interval("cost.troop_day.t32")
    assert guard.low <= float(told["cost.troop_day.2018.guard"]["value"]) <= guard.high
    active = float(told["cost.troop_day.2018.active"]["value"])
    assert price.low <= active <= price.high


def test_a_scenario_changes_the_rows_it_names(tmp_path: Path) -> None:
    row = "cost.troop_day,254,250,290,USD per troop-day,2018,ours,high\n"
    factors = read_factors(own(tmp_path, HEAD + row))
    assert factors.value("cost.troop_day") == 254
    assert len(factors.by_id) == len(read_factors().by_id)


@pytest.mark.parametrize("name", sorted(read_factors().by_id))
def test_any_factor_can_be_changed(tmp_path: Path, name: str) -> None:
    row = f"{name},7,6,8,u,b,ours,low\n"
    assert read_factors(own(tmp_path, HEAD + row)).value(name) == 7


def test_all_bad_rows_are_told_with_their_lines(tmp_path: Path) -> None:
    rows = (
        "cost.troop_dya,1,1,1,u,b,s,low\n"
        "cost.troop_day,5,6,7,u,b,s,low\n"
        "works.shift,x,-1,nan,,b,,sure\n"
        "works.travel,1,1,1,u,b,s,low\n"
        "works.travel,1,1,1,u,b,s,low\n"
        "works.setup,1\n"
    )
    with pytest.raises(BadLines) as caught:
        read_factors(own(tmp_path, HEAD + rows))
    told = str(caught.value)
    assert "line 2: id" in told
    assert "line 3: cost.troop_day must be between" in told
    for name in ("value", "low", "high", "unit", "source", "confidence"):
        assert f"line 4: {name}" in told
    assert "line 6: id works.travel is there twice" in told
    assert "line 7: has 2 cells for 8 columns" in told
    assert "\n" not in told


def test_a_factor_that_is_not_there_is_told() -> None:
    with pytest.raises(UnknownName, match="planning factor"):
        read_factors().of("cost.troop_dya")


def test_without_factors_of_its_own_a_scenario_has_the_built_in_ones() -> None:
    bare = Scenario(folder=Path(), tables={})
    assert read_factors(bare).by_id == read_factors().by_id
    assert FACTORS.is_file()


@pytest.mark.parametrize(
    "header",
    ["id,value\n", HEAD.replace("unit", "units"), HEAD[:-1] + ",id\n", "", "\n"],
)
def test_another_header_is_refused(tmp_path: Path, header: str) -> None:
    with pytest.raises(BadFile, match="column"):
        read_factors(own(tmp_path, header))


def test_a_header_without_a_row_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="no row"):
        read_factors(own(tmp_path, HEAD))


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("# where from\n# and why\nb,a\n 2 ,x\n")
    row: dict[str, object]
    (row,) = read_rows(path, dict, {"a": text, "b": count})
    assert row == {"a": "x", "b": 2}
    path.write_text("# remark\na,b\nx,-1\n")
    with pytest.raises(BadLines, match="line 3: b"):
        read_rows(path, dict, {"a": text, "b": count})


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xff\xfe\x00a")
    with pytest.raises(BadFile, match="is not UTF-8 text"):
        read_rows(path, dict, {"a": text})
    with pytest.raises(BadFile, match="cannot be read"):
        read_rows(tmp_path / "none.csv", dict, {"a": text})


@pytest.mark.parametrize(
    ("read", "cell"),
    [
        (text, ""),
        (count, "1.5"),
        (count, "-1"),
        (count, "²"),
        (amount, "nan"),
        (amount, "inf"),
        (amount, "-0.1"),
        (amount, "x"),
        (day, "1 March"),
    ],
)
def test_a_bad_cell_is_refused(read: object, cell: str) -> None:
    assert callable(read)
    with pytest.raises(BadValue):
        read(cell)


def test_words_are_set_apart_by_semicolons() -> None:
    assert words("a; b;;") == ("a", "b")
    assert words("") == ()


def test_a_value_outside_its_own_range_is_refused() -> None:
    with pytest.raises(BadValue, match="between"):
        Factor(
            id="f",
            value=3,
            low=1,
            high=2,
            unit="u",
            basis="",
            source="s",
            confidence=Confidence.LOW,
        )
