"""The commands ``linewatch lever neighbour`` and ``linewatch lever posts``."""

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.errors import BadValue
from linewatch.plan.interval import Interval, Span
from linewatch.plan.lever import (
    DemandChange,
    Effort,
    added_share,
    demand_change,
    read_efforts,
)
from linewatch.scenario import BUILT_IN, read_scenario


def neighbour(
    *,
    before: str | None = None,
    demand_elasticity: str | None = None,
    scenario: Path = BUILT_IN,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Tell what a neighbour posts on its own side, and what it does to demand.

    A range is given as low,best,high.

    Parameters
    ----------
    before
        People that stood there before; no source tells them.
    demand_elasticity
        Per cent of demand at the line for each per cent of people posted. Without it
        and --before nothing is said of demand: there is no default.
    scenario
        Folder of the scenario, for its table of neighbours' efforts.
    as_json
        Print one JSON object instead of sentences.
    """
    rows = [
        (
            one,
            _change(
                f"people posted by {one.neighbour}",
                one.posted,
                before,
                demand_elasticity,
            ),
        )
        for one in read_efforts(read_scenario(scenario))
    ]
    if as_json:
        print(json.dumps({"efforts": [_effort_words(*row) for row in rows]}))
        return
    for effort, change in rows:
        posted = effort.posted
        print(
            f"{effort.effort} ({effort.neighbour}): {posted.best:,.0f} posted from "
            f"{effort.since} ({posted.low:,.0f} to {posted.high:,.0f}); {effort.basis}."
        )
        print(f"Source: {effort.source}.")
        _print_change(change)


def posts(
    *,
    added: str,
    before: str,
    demand_elasticity: str | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Tell what more posts along the line do to demand.

    A range is given as low,best,high.

    Parameters
    ----------
    added
        Posts that are added.
    before
        Posts that stood before.
    demand_elasticity
        Per cent of demand at the line for each per cent of posts. Without it nothing is
        said of demand: there is no default.
    as_json
        Print one JSON object instead of sentences.
    """
    more = Span.read("posts added", added).interval
    share = added_share(more, Span.read("posts before", before).interval)
    change = _change("posts", more, before, demand_elasticity)
    if as_json:
        told = {"added": _ends(more), "share": _ends(share)}
        print(json.dumps(told | {"demand": change and _change_words(change)}))
        return
    print(f"Posts grow by {_percent(share)}.")
    _print_change(change)


def _change(
    driver: str, added: Interval, before: str | None, stated: str | None
) -> DemandChange | None:
    """Return what happens to demand, if the user stated all that it takes."""
    if stated is None:
        return None
    if before is None:
        rule = "given with --demand-elasticity: no source tells it"
        raise BadValue("--before", rule, "left out")
    share = added_share(added, Span.read("number before", before).interval)
    return demand_change(driver, share, Span.read("demand elasticity", stated))


def _effort_words(effort: Effort, change: DemandChange | None) -> dict[str, object]:
    """Return an effort as plain words for JSON."""
    return {
        "effort": effort.effort,
        "neighbour": effort.neighbour,
        "since": effort.since.isoformat(),
        "people": _ends(effort.posted),
        "basis": effort.basis,
        "source": effort.source,
        "demand": change and _change_words(change),
    }


def _change_words(change: DemandChange) -> dict[str, object]:
    """Return a change of demand as plain words."""
    return {
        "driver": change.driver,
        "driver_change": _ends(change.share),
        "elasticity_stated": _ends(change.elasticity),
        "change": _ends(change.change),
    }


def _print_change(change: DemandChange | None) -> None:
    """Tell what happens to demand, or that nothing can be said."""
    if change is None:
        print("Demand: nothing is said without --before and --demand-elasticity.")
        return
    power = change.elasticity
    stated = f"{power.best:g} ({power.low:g} to {power.high:g})"
    print(
        f"Demand: {change.driver} change by {_percent(change.share)}; with your "
        f"elasticity {stated} demand changes by {_percent(change.change)}."
    )


def _ends(span: Span | Interval) -> dict[str, float]:
    """Write a range as plain values."""
    return {end: round(getattr(span, end), 4) for end in ("low", "best", "high")}


def _percent(span: Span) -> str:
    """Write a share, best first."""
    best, low, high = (f"{100 * one:.1f}" for one in (span.best, span.low, span.high))
    return f"{best} %" if low == high else f"{best} % ({low} to {high} %)"
