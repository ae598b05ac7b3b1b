"""How fast a large ledger loads and is counted, beside one object an entry.

Times are of the processor, so that other work on the machine does not count.
"""

from datetime import date
from pathlib import Path
from time import process_time
from timeit import repeat

import numpy as np

from linewatch.force import Force, Rules, read_ledger
from tests.force import naive
from tests.force.generated import ledger_text

UNITS, ENTRIES = 5_000, 100_000
ON, KNOWN = date(2025, 4, 15), date(2025, 4, 1)


def test_loads_and_counts_within_the_bound(tmp_path: Path) -> None:
    path = tmp_path / "large.ledger"
    path.write_text(
        ledger_text(np.random.default_rng(1), units=UNITS, entries=ENTRIES),
        encoding="utf-8",
    )
    began = process_time()
    ledger = read_ledger(path)
    load_s = process_time() - began
    force = Force(ledger=ledger, rules=Rules(rules=(), path=path))
    print(f"{len(ledger):,} entries, {len(ledger.units):,} units: {load_s:.2f} s")
    entries = [ledger.entry(number) for number in range(len(ledger))]
    plain_s = min(
        repeat(
            lambda: naive.five(entries, ON, KNOWN),
            number=1,
            repeat=3,
            timer=process_time,
        )
    )
    for name, count in (
        ("strength", lambda: force.strength(ON)),
        ("strength as known", lambda: force.strength(ON, KNOWN)),
        ("strength of a unit", lambda: force.strength(ON, unit="u3")),
        ("by_unit", lambda: force.by_unit(ON, KNOWN)),
        ("by_sector", lambda: force.by_sector(ON, KNOWN)),
        ("kit", lambda: force.kit(ON, KNOWN)),
    ):
        took_s = min(repeat(count, number=5, repeat=5, timer=process_time)) / 5
        ratio = plain_s / took_s
        print(f"{name}: {took_s * 1e3:.1f} ms; one loop over objects {ratio:.0f} times")
        assert took_s < 0.05
    assert load_s < 3
