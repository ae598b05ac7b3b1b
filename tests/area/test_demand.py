"""Tests of demand: figures of the sources, and rates that add up to them."""

from calendar import monthrange
from pathlib import Path

import numpy as np
import pytest

from linewatch.area import Demand, Line
from linewatch.area.demand import COLUMNS, read_demand, seconds_of, uniform_demand
from linewatch.area.sectors import Sector, read_sectors
from linewatch.errors import BadFile, BadLines, OutsideArea, UnknownName
from linewatch.scenario import BUILT_IN

TWO = (
    Sector(name="west", from_m=0.0, to_m=4_000.0, source="plan"),
    Sector(name="east", from_m=4_000.0, to_m=10_000.0, source="plan"),
)


def table_of(folder: Path, *rows: str) -> Path:
    path = folder / "demand.csv"
    path.write_text("\n".join(["# a survey", ",".join(COLUMNS), *rows]) + "\n")
    return path


@pytest.fixture(scope="module")
def months(border: Line) -> Demand:
    return read_demand(
        BUILT_IN / "demand.csv", read_sectors(BUILT_IN / "sectors.csv", border)
    )


def test_three_years_of_months(months: Demand) -> None:
    assert len(months.months) == 36
    assert (months.months[0], months.latest) == ("2022-09", "2025-08")
    assert "Office of Homeland Security" in months.source


def test_counted_months_have_the_published_figures(months: Demand) -> None:
    """DHS OHSS: 249,740 in December 2023; 10,570 at San Diego in November 2024."""
    assert sum(months.of("2023-12").values()) == 249_740
    assert months.of("2024-11")["San Diego"] == 10_570
    assert "2024-11" not in months.estimated


@pytest.mark.parametrize(
    ("month", "total"),
    [("2024-12", 47_324), ("2025-01", 29_107), ("2025-03", 7_180), ("2025-08", 6_321)],
)
def test_estimated_months_keep_the_published_total(
    months: Demand, month: str, total: int
) -> None:
    """CBP's southwest totals, between ports, within rounding of nine sectors."""
    assert sum(months.of(month).values()) == pytest.approx(total, abs=4.5)
    assert month in months.estimated


def test_rates_add_up_to_the_months_figures(months: Demand) -> None:
    sectors = months.sectors
    at_m = np.linspace(0, sectors[-1].to_m, 400_001)
    rate = months.rate_per_m_s("2025-03", at_m)
    crossings = np.trapezoid(rate, at_m) * monthrange(2025, 3)[1] * 86_400
    assert crossings == pytest.approx(sum(months.of("2025-03").values()), rel=1e-4)


def test_rate_of_a_sector_is_its_own(tmp_path: Path) -> None:
    rows = ["2025-02,west,40,counted", "2025-02,east,30,estimated"]
    demand = read_demand(table_of(tmp_path, *rows), TWO)
    rate = demand.rate_per_m_s("2025-02", [[0.0, 3_999.0], [4_000.0, 10_000.0]])
    west, east = 40 / 4_000 / 2_419_200, 30 / 6_000 / 2_419_200
    np.testing.assert_allclose(rate, [[west, west], [east, east]])
    assert demand.estimated == {"2025-02"}
    assert demand.source == "a survey"


def test_months_are_sorted_and_their_figures_cannot_be_changed(tmp_path: Path) -> None:
    rows = [
        f"{month},{name},1,counted"
        for month in ("2025-02", "2024-12")
        for name in ("east", "west")
    ]
    demand = read_demand(table_of(tmp_path, *rows), TWO)
    assert demand.months == ("2024-12", "2025-02")
    with pytest.raises(ValueError, match="read-only"):
        demand.encounters["2025-02"][0] = 5.0


def test_unknown_months_and_places_are_refused(months: Demand) -> None:
    with pytest.raises(UnknownName, match="unknown month of demand '1999-01'"):
        months.of("1999-01")
    for off_m in (-1.0, 1e9, float("nan")):
        with pytest.raises(OutsideArea):
            months.rate_per_m_s("2025-03", off_m)


def test_all_bad_rows_are_told(tmp_path: Path) -> None:
    path = table_of(
        tmp_path,
        "2025-13,west,1,counted",
        "25-01,west,1,counted",
        "2025-01,north,1,counted",
        "2025-01,west,-1,counted",
        "2025-01,west,many,counted",
        "2025-01,west,1,guessed",
        "0000-01,west,1,counted",
    )
    with pytest.raises(BadLines) as caught:
        read_demand(path, TWO)
    assert [at for at, _ in caught.value.faults] == [3, 4, 5, 6, 7, 8, 9]
    assert "unknown sector 'north': choose from west, east" in str(caught.value)


def test_a_figure_twice_or_missing_is_told(tmp_path: Path) -> None:
    rows = ["2025-01,west,1,counted", "2025-01,west,2,counted"]
    with pytest.raises(BadLines) as caught:
        read_demand(table_of(tmp_path, *rows), TWO)
    assert caught.value.faults == (
        (4, "west has a figure for 2025-01 already"),
        (4, "2025-01 lacks east"),
    )


def test_no_rows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="has a header and no rows"):
        read_demand(table_of(tmp_path), TWO)


def test_a_line_without_demand_has_the_same_weight_everywhere() -> None:
    demand = uniform_demand(TWO, "2025-03")
    rate = demand.rate_per_m_s(demand.latest, np.linspace(0, 10_000, 50))
    np.testing.assert_allclose(rate, rate[0])
    assert "no demand given" in demand.source
    assert demand.estimated == {"2025-03"}


def test_leap_years_have_their_day() -> None:
    assert seconds_of("2024-02") - seconds_of("2025-02") == 86_400
