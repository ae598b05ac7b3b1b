"""The command ``linewatch lever tariff``."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.errors import UnknownName
from linewatch.measure.clock import to_date
from linewatch.plan.interval import Span
from linewatch.plan.lever import DemandChange, demand_change
from linewatch.plan.lever_basis import (
    Standing,
    read_bases,
    read_imports,
    standing_on,
)
from linewatch.plan.lever_tariff import (
    ELASTICITY,
    PASS_THROUGH,
    Burden,
    Imports,
    burden,
    sum_of,
)
from linewatch.scenario import BUILT_IN, read_scenario

RATE = 0.25
"""Rate where neither the user nor the law tells one."""


def tariff(
    *,
    partner: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    rate: float | None = None,
    on: str | None = None,
    elasticity: str | None = None,
    pass_through: str | None = None,
    exempt: str | None = None,
    demand_elasticity: str | None = None,
    scenario: Path = BUILT_IN,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Compute the duty, the change of imports and the exempt share of a tariff.

    A range is given as low,best,high.

    Parameters
    ----------
    partner
        Whose goods; may be given again. All partners of the table when left out.
    rate
        Duty as a share of the customs value, such as 0.25; the law's when left out.
    on
        Day whose law is asked for; today when left out.
    elasticity
        Per cent by which imports fall for each per cent that they become dearer.
    pass_through
        Share of the duty that buyers pay.
    exempt
        Share of the goods that an exemption takes out; the table's when left out.
    demand_elasticity
        Per cent of demand at the line for each per cent of imports. Without it nothing
        is said of demand: there is no default.
    scenario
        Folder of the scenario, for its tables of imports and of legal bases.
    as_json
        Print one JSON object instead of tables.
    """
    mission = read_scenario(scenario)
    day = datetime.now(tz=UTC).date() if on is None else to_date(on)
    bases = read_bases(mission)
    rows: list[tuple[Standing, Burden, Burden]] = []
    for found in _wanted(read_imports(mission), partner):
        imports = _stated(found, exempt)
        law = standing_on(bases, imports.partner, imports.goods, day)
        charged = rate if rate is not None else _rate(law)
        powers = (
            ELASTICITY if elasticity is None else Span.read("elasticity", elasticity)
        )
        through = (
            PASS_THROUGH
            if pass_through is None
            else Span.read("pass-through", pass_through)
        )
        free, out = (
            burden(
                imports,
                rate=charged,
                exempted=exempted,
                pass_through=through,
                elasticity=powers,
            )
            for exempted in (False, True)
        )
        rows.append((law, free, out))
    demand = _demand(rows, demand_elasticity)
    if as_json:
        print(json.dumps(_words(day, rows, demand)))
    else:
        _print(day, rows, demand)


def _wanted(every: tuple[Imports, ...], partners: tuple[str, ...]) -> list[Imports]:
    """Return the imports of the partners that were named, or all."""
    known = tuple(dict.fromkeys(one.partner for one in every))
    names = [name.strip().casefold() for name in partners]
    for name in names:
        if name not in known:
            raise UnknownName("partner", name, known)
    return [one for one in every if not names or one.partner in names]


def _stated(imports: Imports, exempt: str | None) -> Imports:
    """Return the imports with the exempt share that the user stated."""
    if exempt is None:
        return imports
    return Imports(
        partner=imports.partner,
        goods=imports.goods,
        year=imports.year,
        value=imports.value,
        exempt=Span.read("exempt share", exempt),
        source=imports.source,
    )


def _rate(law: Standing) -> float:
    """Return the rate of the law in force, else of the nearest, else the default."""
    told = law.basis or law.nearest
    return RATE if told is None else told.rate


def _counts(law: Standing, free: Burden, out: Burden) -> Burden:
    """Return the burden with or without the exemption, as the law has it."""
    told = law.basis or law.nearest
    return out if told is not None and told.exempts else free


def _demand(
    rows: list[tuple[Standing, Burden, Burden]], stated: str | None
) -> dict[str, DemandChange]:
    """Return what happens to demand by partner, if the user stated an elasticity."""
    if stated is None:
        return {}
    power = Span.read("demand elasticity", stated)
    found: dict[str, DemandChange] = {}
    for partner in dict.fromkeys(free.imports.partner for _, free, _ in rows):
        own = [_counts(*row) for row in rows if row[1].imports.partner == partner]
        whole = sum(one.imports.value.best for one in own)
        share = sum_of(
            Span(
                low=one.change.low * one.imports.value.best / whole,
                best=one.change.best * one.imports.value.best / whole,
                high=one.change.high * one.imports.value.best / whole,
            )
            for one in own
        )
        found[partner] = demand_change(f"imports from {partner}", share, power)
    return found


def _words(
    day: date,
    rows: list[tuple[Standing, Burden, Burden]],
    demand: Mapping[str, DemandChange],
) -> dict[str, object]:
    """Return the answer as plain words for JSON."""
    return {
        "on": day.isoformat(),
        "legal_basis": all(law.basis is not None for law, _, _ in rows),
        "method": "interval: every figure at its worst at once",
        "goods": [_row_words(*row) for row in rows],
        "total_duty_usd_bn": _ends(sum_of(_counts(*row).duty for row in rows)),
        "demand": {
            name: {
                "driver": one.driver,
                "driver_change": _ends(one.share),
                "elasticity_stated": _ends(one.elasticity),
                "change": _ends(one.change),
            }
            for name, one in demand.items()
        },
    }


def _row_words(law: Standing, free: Burden, out: Burden) -> dict[str, object]:
    """Return one partner's goods as plain words."""
    imports = free.imports
    return {
        "partner": imports.partner,
        "goods": imports.goods,
        "year": imports.year,
        "imports_usd_bn": _ends(
            Span(
                low=imports.value.low, best=imports.value.best, high=imports.value.high
            )
        ),
        "rate": free.rate,
        "exempt_share": _ends(imports.exempt),
        "pass_through": _ends(free.pass_through),
        "elasticity": _ends(free.elasticity),
        "duty_usd_bn": {
            "without_exemption": _ends(free.duty),
            "with_exemption": _ends(out.duty),
        },
        "import_change": {
            "without_exemption": _ends(free.change),
            "with_exemption": _ends(out.change),
        },
        "counted": "with_exemption"
        if _counts(law, free, out) is out
        else "without_exemption",
        "legal_basis": {
            "in_force": law.basis is not None,
            "said": law.said,
            "rate": None if law.basis is None else law.basis.rate,
            "source": None if law.nearest is None else law.nearest.source,
        },
        "source": imports.source,
    }


def _ends(span: Span) -> dict[str, float]:
    """Write a range as plain values."""
    return {
        "low": round(span.low, 4),
        "best": round(span.best, 4),
        "high": round(span.high, 4),
    }


def _print(
    day: date,
    rows: list[tuple[Standing, Burden, Burden]],
    demand: Mapping[str, DemandChange],
) -> None:
    """Tell the answer as a table with its law, its statements and its limits."""
    first = rows[0][1]
    print(
        f"Duty a year on the imports of {first.imports.year}, billion USD, low to high"
    )
    print(
        f"{'':<20}{'imports':>9}{'rate':>7}  {'no exemption':<24}{'goods exempted':<24}"
    )
    for _, free, out in rows:
        name = f"{free.imports.partner} {free.imports.goods}"
        print(
            f"{name:<20}{free.imports.value.best:>9.1f}{free.rate:>7.0%}  "
            f"{_range(free.duty):<24}{_range(out.duty):<24}"
        )
    for _, free, out in rows:
        name = f"{free.imports.partner} {free.imports.goods}"
        print(
            f"{name}: imports change by {_percent(free.change)} without exemption, "
            f"{_percent(out.change)} with {_percent(free.imports.exempt)} exempt."
        )
    total = sum_of(_counts(*row).duty for row in rows)
    print(
        f"In all, exempted where the law does so: {_range(total)} billion USD a year."
    )
    for law, free, _ in rows:
        print(f"{free.imports.partner} {free.imports.goods}: {law.said}.")
        if law.basis is not None and law.basis.rate != free.rate:
            print(
                f"  The law's rate was {law.basis.rate:.0%}; {free.rate:.0%} is stated."
            )
    if any(law.basis is None for law, _, _ in rows):
        print(
            f"On {day} these duties could not be levied: the figures say what a rate "
            "would come to if a law carried it."
        )
    print(
        f"Taken: elasticity of imports {_three(first.elasticity)}, pass-through "
        f"{_three(first.pass_through)}. Ranges by intervals: all worst at once."
    )
    for one in demand.values():
        print(
            f"Demand: {one.driver} change by {_percent(one.share)}; with your "
            f"elasticity {_three(one.elasticity)} demand changes by "
            f"{_percent(one.change)}."
        )
    if not demand:
        print("Demand: nothing is said without --demand-elasticity low,best,high.")


def _range(span: Span) -> str:
    """Write money, best first."""
    return f"{span.best:.1f} ({span.low:.1f} to {span.high:.1f})"


def _percent(span: Span) -> str:
    """Write a share, best first."""
    best, low, high = (f"{100 * one:.1f}" for one in (span.best, span.low, span.high))
    return f"{best} %" if low == high else f"{best} % ({low} to {high} %)"


def _three(span: Span) -> str:
    """Write a stated figure with its range."""
    if span.width > 0:
        return f"{span.best:g} ({span.low:g} to {span.high:g})"
    return f"{span.best:g}"
