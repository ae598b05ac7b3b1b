"""Times totals, the entries behind them and reports on a ledger of 100,000 entries.

    python bench/report/totals.py

The twin counts days one after the other, as a person would; both must agree.
"""

import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from linewatch.force import read_ledger
from linewatch.force.explain import explained, total_of
from linewatch.force.ledger import Ledger
from linewatch.force.question import Question
from linewatch.plan.account import account, everyone
from linewatch.plan.factors import read_factors
from linewatch.plan.scopes import read_scopes
from linewatch.report.perstat import perstat
from linewatch.report.strength import strength_over_time
from linewatch.report.write import FORMATS, document_bytes
from tests.force.generated import ledger_text

SINCE, ON = date(2025, 1, 1), date(2025, 6, 1)
RUNS = 3


def fastest(work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the least processor time of several runs [s]."""
    times = []
    for _ in range(runs):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


def by_days(ledger: Ledger) -> int:
    """Count the days of a period one after the other: the plain twin."""
    days = (ON - SINCE).days + 1
    return sum(
        total_of(ledger, Question(what="deployed", on=SINCE + timedelta(days=at)))
        for at in range(days)
    )


def main() -> None:
    """Make the ledger, time and print."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "big.ledger"
        rng = np.random.default_rng(1)
        path.write_text(ledger_text(rng, units=5_000, entries=100_000))
        ledger = read_ledger(path)
    present = Question(what="present", on=ON)
    days = everyone(SINCE, ON)
    assert by_days(ledger) == total_of(ledger, days)
    factors = read_factors()
    scope = read_scopes(factors=factors.by_id)["full"]
    document = perstat(ledger, on=ON, since=SINCE)
    small = strength_over_time(ledger, since=SINCE, on=ON, unit="u0")
    rows: list[tuple[str, float]] = [
        ("total, present", fastest(lambda: total_of(ledger, present))),
        ("its entries", fastest(lambda: explained(ledger, present))),
        ("total, days of 152", fastest(lambda: total_of(ledger, days))),
        ("the same, day after day (twin)", fastest(lambda: by_days(ledger), 1)),
        ("account in full", fastest(lambda: account(ledger, factors, scope, days))),
        ("PERSTAT", fastest(lambda: perstat(ledger, on=ON, since=SINCE), 1)),
        (
            "strength over 152 days",
            fastest(lambda: strength_over_time(ledger, since=SINCE, on=ON), 1),
        ),
    ]
    rows += [
        (f"a unit's strength as {form}", fastest(partial(document_bytes, small, form)))
        for form in FORMATS
    ]
    for name, took in rows:
        print(f"{name:<36}{1_000 * took:>10.1f} ms")
    print(f"{len(explained(ledger, present).shares):,} entries behind the first total")
    print(f"{len(document.tables[0].rows):,} rows in the PERSTAT")


if __name__ == "__main__":
    main()
