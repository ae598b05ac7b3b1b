"""Tests of the levers: the formula against published tables, ranges, law by date."""

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from linewatch.errors import BadFile, BadLines, BadValue
from linewatch.plan.interval import Interval, Span
from linewatch.plan.lever import added_share, demand_change, efforts_in, read_efforts
from linewatch.plan.lever_basis import (
    BASES,
    bases_in,
    imports_in,
    read_bases,
    read_imports,
    standing_on,
)
from linewatch.plan.lever_tariff import (
    Imports,
    burden,
    imports_after,
    sum_of,
)
from linewatch.scenario import Scenario

SHARED = Path(__file__).parents[3] / "shared/domain"
TABLE = {
    ("mexico", "all"): (0.25, (126.5, 101.2, 72.4), 51.7),
    ("canada", "non-energy"): (0.25, (71.2, 56.9, 40.7), 35.4),
    ("canada", "energy"): (0.10, (12.8, 11.6, 10.1), None),
}
"""Duty [billion USD a year] at elasticities 0, 1, 2.5, and at 1 with the exempt share:
the figures that the sources give."""

shares = st.floats(0, 1)
powers = st.floats(0, 3)
rates = st.floats(0, 2)


def one(value: float, exempt: float = 0.0) -> Imports:
    return Imports(
        partner="p",
        goods="g",
        year=2024,
        value=Interval.exactly(value),
        exempt=Span.exactly(exempt),
        source="test",
    )


@pytest.mark.parametrize("which", TABLE)
def test_gives_the_published_table(which: tuple[str, str]) -> None:
    rate, duties, exempted = TABLE[which]
    (imports,) = (i for i in read_imports() if (i.partner, i.goods) == which)
    for power, told in zip((0.0, 1.0, 2.5), duties, strict=True):
        found = burden(
            imports, rate=rate, exempted=False, elasticity=Span.exactly(power)
        )
        assert found.duty.best == pytest.approx(told, abs=0.05)
    if exempted is not None:
        found = burden(imports, rate=rate, exempted=True)
        assert found.duty.best == pytest.approx(exempted, abs=0.05)


def test_agrees_with_an_economist_on_the_whole_package() -> None:
    """Chinn: 364 B static, about 290 B at unit elasticity (marylanddigitalnews.com)."""
    before = 364 / 0.25
    static, unit = (
        burden(one(before), rate=0.25, exempted=False, elasticity=Span.exactly(power))
        for power in (0.0, 1.0)
    )
    assert static.duty.best == pytest.approx(364)
    assert unit.duty.best == pytest.approx(290, abs=2)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared tables are not here")
def test_gives_every_figure_of_the_shared_table() -> None:
    told = json.loads((SHARED / "tariff_params.json").read_text())
    params = told["params"]
    free = told["computed_duty_usd_bn_per_year(no exemption; eps 0/1/2.5)"]
    for name, duties in free.items():
        for power, duty in zip((0.0, 1.0, 2.5), duties, strict=True):
            made = burden(
                one(params[name]["V0_usd_bn_2024"]),
                rate=params[name]["t"],
                exempted=False,
                elasticity=Span.exactly(power),
            )
            assert made.duty.best == pytest.approx(duty, abs=0.051)
    for name, duties in told["computed_with_usmca_exemption"].items():
        exempt = params[name]["exempt_share_usmca_2024"]
        for power, duty in zip((0.0, 1.0, 2.5), duties, strict=True):
            made = burden(
                one(params[name]["V0_usd_bn_2024"], exempt),
                rate=params[name]["t"],
                exempted=True,
                elasticity=Span.exactly(power),
            )
            assert made.duty.best == pytest.approx(duty, abs=0.051)


def test_the_stated_values_of_2024_are_there() -> None:
    sums: dict[str, float] = {}
    for imports in read_imports():
        sums[imports.partner] = sums.get(imports.partner, 0) + imports.value.best
        assert imports.year == 2024
    assert sums == pytest.approx({"mexico": 505.9, "canada": 412.7})


@given(st.floats(1, 1000), shares, rates, shares, powers)
def test_money_is_kept(
    before: float, exempt: float, rate: float, through: float, power: float
) -> None:
    """What buyers pay is their old price raised by pi t, times what they still buy."""
    left = imports_after(
        before, exempt=exempt, rate=rate, pass_through=through, elasticity=power
    )
    paid = left * (1 + rate)
    quantity = (1 + through * rate) ** -power
    old_price_paid = before * (1 - exempt) * (1 + through * rate) * quantity
    assert paid == pytest.approx(old_price_paid, abs=1e-9)


@st.composite
def spans(draw: st.DrawFn, of: st.SearchStrategy[float]) -> Span:
    low, best, high = sorted(draw(of) for _ in range(3))
    return Span(low=low, best=best, high=high)


@given(
    spans(st.floats(1, 1000)),
    spans(shares),
    rates,
    spans(shares),
    spans(powers),
    st.tuples(shares, shares, shares, shares),
)
def test_every_case_lies_in_the_range(
    value: Span,
    exempt: Span,
    rate: float,
    through: Span,
    power: Span,
    at: tuple[float, float, float, float],
) -> None:
    imports = Imports(
        partner="p",
        goods="g",
        year=2024,
        value=Interval(low=value.low, best=value.best, high=value.high),
        exempt=exempt,
        source="s",
    )
    found = burden(
        imports, rate=rate, exempted=True, pass_through=through, elasticity=power
    )
    v, x, p, e = (
        s.low + share * s.width
        for s, share in zip((value, exempt, through, power), at, strict=True)
    )
    left = imports_after(v, exempt=x, rate=rate, pass_through=p, elasticity=e)
    slack = 1e-6
    assert found.dutiable_after.low - slack <= left
    assert left <= found.dutiable_after.high + slack
    assert found.duty.low - slack <= rate * left <= found.duty.high + slack
    change = (left + v * x) / v - 1
    assert found.change.low - slack <= change <= found.change.high + slack
    assert found.dutiable_before.low - slack <= v * (1 - x)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"rate": -0.1}, "rate"),
        ({"rate": 25.0}, "such as 0.25"),
        ({"rate": float("nan")}, "rate"),
        ({"pass_through": Span(low=0.5, best=1, high=1.1)}, "pass-through"),
        ({"elasticity": Span(low=-0.5, best=0, high=1)}, "elasticity"),
    ],
)
def test_what_no_duty_can_be_is_refused(words: dict[str, object], said: str) -> None:
    told: dict[str, object] = {"rate": 0.25, "exempted": True} | words
    with pytest.raises(BadValue, match=said):
        burden(one(10), **told)  # type: ignore[arg-type]
    with pytest.raises(BadValue, match="exempt share"):
        one(10, exempt=1.2)


@pytest.mark.parametrize(
    ("on", "held", "exempts", "said"),
    [
        (date(2025, 3, 1), False, False, "began on 2025-03-04"),
        (date(2025, 3, 4), True, False, "14194"),
        (date(2025, 3, 6), True, False, "14194"),
        (date(2025, 3, 7), True, True, "14194"),
        (date(2026, 2, 19), True, True, "IEEPA"),
        (date(2026, 2, 20), False, True, "Supreme Court 20 Feb 2026"),
        (date(2026, 11, 23), False, True, "ended after 2026-02-19"),
    ],
)
def test_the_law_is_told_by_date(
    on: date, held: bool, exempts: bool, said: str
) -> None:
    told = standing_on(read_bases(), "mexico", "all", on)
    assert (told.basis is not None) == held
    assert told.nearest is not None
    assert told.nearest.exempts == exempts
    assert said in told.said
    assert told.said.startswith("legal basis" if held else "no legal basis")


def test_goods_that_no_row_names_have_no_basis() -> None:
    told = standing_on(read_bases(), "france", "all", date(2025, 4, 1))
    assert (told.basis, told.nearest) == (None, None)
    assert "none is on record" in told.said


@given(st.dates(date(2024, 1, 1), date(2027, 1, 1)))
def test_a_day_has_one_basis_at_most(on: date) -> None:
    for row in csv.DictReader(
        line for line in BASES.read_text().splitlines() if line[0] != "#"
    ):
        told = standing_on(read_bases(), row["partner"], row["goods"], on)
        inside = row["from"] <= on.isoformat() <= row["to"]
        assert not inside or told.basis is not None


def test_two_rows_for_one_day_are_refused(tmp_path: Path) -> None:
    rows = BASES.read_text().replace("2025-03-07", "2025-03-06")
    path = tmp_path / "b.csv"
    path.write_text(rows)
    with pytest.raises(BadValue, match="two rows for 2025-03-06"):
        bases_in(path)
    path.write_text(rows.replace("2025-03-06,0.25", "2025-01-01,0.25"))
    with pytest.raises(BadLines, match="on or after"):
        bases_in(path)


def test_every_table_can_be_the_users_own(tmp_path: Path) -> None:
    tables = {}
    for key, source in (
        ("tariff_imports", "tariff_imports.csv"),
        ("tariff_basis", "tariff_basis.csv"),
        ("neighbour", "neighbour.csv"),
    ):
        text = (BASES.parent / source).read_text().replace("mexico", "atlantis")
        (tmp_path / source).write_text(text)
        tables[key] = source
    own = Scenario(folder=tmp_path, tables={"plan": tables})
    assert {i.partner for i in read_imports(own)} == {"atlantis", "canada"}
    assert "atlantis" in {b.partner for b in read_bases(own)}
    assert read_efforts(own)[0].neighbour == "atlantis"
    for read, name in (
        (imports_in, "tariff_imports.csv"),
        (bases_in, "tariff_basis.csv"),
        (efforts_in, "neighbour.csv"),
    ):
        lines = (BASES.parent / name).read_text().splitlines()
        header = next(line for line in lines if line[0] != "#")
        (tmp_path / name).write_text(header + "\n")
        with pytest.raises(BadFile, match="header and no row"):
            read(tmp_path / name)


def test_the_neighbours_effort_is_there_with_its_source() -> None:
    (effort,) = read_efforts()
    assert effort.posted.best == 10_000
    assert effort.source


@given(
    spans(st.floats(-0.9, 3)),
    spans(st.floats(-2, 2)),
    st.tuples(shares, shares),
)
def test_demand_moves_by_the_elasticity_alone(
    share: Span, elasticity: Span, at: tuple[float, float]
) -> None:
    found = demand_change("posts", share, elasticity)
    assert (found.share, found.elasticity) == (share, elasticity)
    case = (1 + share.low + at[0] * share.width) ** (
        elasticity.low + at[1] * elasticity.width
    ) - 1
    assert found.change.low - 1e-9 <= case <= found.change.high + 1e-9


@given(st.floats(-0.5, 1), st.floats(-2, 2))
def test_a_change_and_its_reverse_undo_each_other(share: float, power: float) -> None:
    there = demand_change("x", Span.exactly(share), Span.exactly(power)).change.best
    back = 1 / (1 + share) - 1
    again = demand_change("x", Span.exactly(back), Span.exactly(power)).change.best
    assert (1 + there) * (1 + again) == pytest.approx(1)
    assume(share)
    none = demand_change("x", Span.exactly(share), Span.exactly(0)).change.best
    assert none == 0


def test_a_share_needs_a_number_before() -> None:
    more = added_share(Interval.exactly(50), Interval(low=100, best=200, high=250))
    assert (more.low, more.best, more.high) == (0.2, 0.25, 0.5)
    with pytest.raises(BadValue, match="above 0"):
        added_share(Interval.exactly(50), Interval.exactly(0))
    with pytest.raises(BadValue, match="above -100"):
        demand_change("x", Span(low=-1, best=0, high=0), Span.exactly(1))


def test_sums_of_ranges_add_their_ends() -> None:
    total = sum_of([Span(low=-1, best=0, high=1), Span.exactly(2)])
    assert (total.low, total.best, total.high) == (1, 2, 3)
    assert sum_of([]).width == 0


@pytest.mark.parametrize("ends", [(2, 1, 3), (1, 3, 2), (0, 1, float("inf"))])
def test_a_span_out_of_order_is_refused(ends: tuple[float, float, float]) -> None:
    with pytest.raises(BadValue, match="low <= best <= high"):
        Span(low=ends[0], best=ends[1], high=ends[2])


def test_a_range_is_read_from_words() -> None:
    assert Span.read("x", "0.5") == Span.exactly(0.5)
    assert Span.read("x", "-0.5, 0,2") == Span(low=-0.5, best=0, high=2)
    for told in ("", "a", "1,2", "1,2,3,4", "3,2,1", "nan", "1,inf,inf"):
        with pytest.raises(BadValue, match="x must be"):
            Span.read("x", told)


def test_days_of_a_basis_are_in_order() -> None:
    for basis in read_bases():
        assert basis.until - basis.since >= timedelta(0)
        assert basis.ended_by
