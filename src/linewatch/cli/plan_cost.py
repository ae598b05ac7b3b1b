"""The command ``linewatch plan cost``."""

import json
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from linewatch.cli.costing import ask_for, books_of, known_on
from linewatch.plan.account import Account
from linewatch.plan.actuals import Comparison
from linewatch.plan.book import METHOD, Book, RequestCost
from linewatch.plan.book_words import book_words
from linewatch.plan.cost import in_millions
from linewatch.plan.cost_claims import Held
from linewatch.plan.interval import Interval
from linewatch.plan.scopes import scope_called
from linewatch.scenario import BUILT_IN, read_scenario

By = Literal["line", "unit", "status", "month", "request"]


def plan_cost(
    *,
    since: Annotated[str | None, Parameter(name="--from")] = None,
    until: Annotated[str | None, Parameter(name="--to")] = None,
    known: str | None = None,
    scope: str = "incremental",
    by: By = "line",
    unit: str = "*",
    status: Literal["T10", "T32", "SAD"] | None = None,
    request: str = "",
    log: Path | None = None,
    draws: int = 0,
    seed: int = 0,
    claims: Annotated[bool, Parameter(negative="")] = False,
    scenario: Path = BUILT_IN,
    ledger: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Cost the days of people and kit, and hold them against what was paid.

    Parameters
    ----------
    since
        First day; the scenario's start when left out.
    until
        Last day; the last one that the scenario's deployment is paid for when left out.
    known
        Count only what was known by this date.
    scope
        What is counted: a scope of the scenario's table.
    by
        What to split the cost by.
    unit
        A unit with all that work under it day by day.
    status
        One duty status.
    request
        Only entries of the ledger that cite this request for assistance.
    log
        Mission log that holds the requests.
    draws
        Draw the prices so often as well; 0 for intervals alone.
    seed
        Seed of the draws.
    claims
        Hold published sums against the model's price of a troop-day.
    scenario
        Folder of the scenario, for its ledger, prices, scopes and actuals.
    ledger
        Ledger to count instead of the scenario's.
    as_json
        Print one JSON object instead of tables.
    """
    mission = read_scenario(scenario)
    books = books_of(mission, ledger=ledger, log=log)
    asked = ask_for(
        mission,
        since=since,
        until=until,
        known=known_on(known),
        unit=unit,
        status=status,
        request=request,
    )
    held = scope_called(dict(books.scopes), scope)
    made = books.book(asked, held, by=by, draws=draws, seed=seed)
    if as_json:
        print(json.dumps(book_words(made)))
        return
    _print_whole(made.whole)
    _print_parts(made)
    _print_range(made)
    _print_actuals(made)
    if claims:
        _print_claims(made.claims)


def _print_whole(whole: Account) -> None:
    """Tell days, money and scope."""
    asked = whole.asked
    seen = "" if asked.known is None else f", as known on {asked.known}"
    print(f"Cost by the ledger, {asked.since} to {asked.on}{seen}: {whole.scope.said}.")
    for line in whole.cost.lines:
        days = f"{line.amount.best:,.0f} {line.unit}s"
        print(f"  {line.name:<30}{days:<28}{_price(line.price):<22}{_money(line.sum)}")
    total = Interval(low=whole.cost.low, best=whole.cost.best, high=whole.cost.high)
    print(f"  {'all':<30}{'':<28}{'':<22}{_money(total)}")
    payers = {one.payer for one in whole.scope.inside}
    if len(payers) > 1:
        for payer in sorted(payers):
            print(f"  {'paid by ' + payer:<80}{_money(whole.paid_by(payer))}")
    if whole.kit_days:
        said = ", ".join(f"{n:,} {kind}-days" for kind, n in whole.kit_days.items())
        print(f"Kit: {said}.")
    print(
        f"Left out: {'; '.join(f'{o.line} ({o.note})' for o in whole.scope.outside)}."
    )
    print(
        f"{whole.assumed_share:.0%} of the troop-days rest on planning assumptions of "
        "the ledger."
    )
    if whole.assumed_factors:
        print(f"Prices that are assumptions: {', '.join(whole.assumed_factors)}.")
    if whole.last_entry < asked.on:
        print(
            f"The ledger's last entry is of {whole.last_entry}: after it all are taken "
            "to stay."
        )
    print(f"Entries behind it: linewatch force explain {whole.cost_id}")


def _print_parts(made: Book) -> None:
    """Tell what the cost is split by."""
    if made.by == "request":
        _print_requests(made)
    elif made.parts:
        print(f"By {made.by}:")
        for one in made.parts:
            print(
                f"  {one.name:<18}{one.troop_days:>12,} troop-days   "
                f"{in_millions(one.cost):<28}{one.cost_id}"
            )


def _print_requests(made: Book) -> None:
    """Tell the cost of each request, estimated and tracked."""
    print("By request:")
    for one in made.requests:
        print(f"  {one.name:<14}{_request(one)}")
    if made.shared_days:
        print(
            f"  {made.shared_days:,} troop-days cite more than one request and are "
            "counted under each."
        )


def _request(one: RequestCost) -> str:
    """Tell one request in a line."""
    tracked = one.tracked
    spent = f"{tracked.troop_days:,} troop-days, {in_millions(tracked.cost)}"
    if one.case is None or one.estimate is None:
        return f"entries that cite no request: {spent}"
    case = one.case
    return (
        f"{case.state}, {case.people:,} {case.request.status} {case.request.start} to "
        f"{case.end}: estimated {in_millions(one.estimate)}; in the ledger {spent}"
    )


def _print_range(made: Book) -> None:
    """Tell how the range came about."""
    print(f"Range by {METHOD}.")
    drawn = made.spread
    if drawn is not None:
        print(
            f"Drawn {drawn.draws:,} times (Monte Carlo, seed {drawn.seed}): nine in "
            f"ten between {drawn.low / 1e6:,.1f} M and {drawn.high / 1e6:,.1f} M, half "
            f"below {drawn.middle / 1e6:,.1f} M. Lines of one factor move together, "
            "different factors independently."
        )


def _print_actuals(made: Book) -> None:
    """Tell what was paid beside the estimate, and what is missing."""
    if made.comparisons:
        print("Paid, against the estimate for the same days:")
    for one in made.comparisons:
        print(f"  {_comparison(one)}")
    for first, second in made.overlaps:
        print(f"  {first} and {second} share days: not to be added up.")
    for gap in made.missing:
        print(f"  missing: no actual of {gap.line}, {gap.since} to {gap.until}.")


def _comparison(one: Comparison) -> str:
    """Tell one actual in a line."""
    paid = one.actual
    times = "" if one.ratio is None else f", {one.ratio:.2f} times the best estimate"
    why = "".join(f"; {what}" for what in one.mismatch)
    return (
        f"{paid.actual} ({paid.since} to {paid.until}, {paid.scope}): "
        f"{paid.amount_usd / 1e6:,.1f} M paid, {_money(one.estimate)} estimated, "
        f"{one.verdict}{times}{why}. Source: {paid.source}."
    )


def _print_claims(claims: tuple[Held, ...]) -> None:
    """Tell published sums beside the model."""
    print("Published sums, beside people x days x the model's price:")
    for one in claims:
        claim = one.claim
        extra = f"; includes {' and '.join(claim.includes)}" if claim.includes else ""
        print(
            f"  {claim.claim}: {claim.amount_usd / 1e6:,.0f} M for "
            f"{claim.people:,.0f} people in {claim.days} days is "
            f"{_price(claim.usd_per_troop_day)} a troop-day; model "
            f"{_money(one.model)}, {one.verdict}{extra}. Source: {claim.source}."
        )


def _money(amount: Interval) -> str:
    """Write money in millions, best first."""
    low, best, high = (one / 1e6 for one in (amount.low, amount.best, amount.high))
    return f"{best:,.1f} M ({low:,.1f} to {high:,.1f} M)"


def _price(price: Interval) -> str:
    """Write a price, best first."""
    if price.width < 0.5:
        return f"USD {price.best:,.0f}"
    return f"USD {price.best:,.0f} ({price.low:,.0f} to {price.high:,.0f})"
