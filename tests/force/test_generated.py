"""Tests on a generated ledger of many units, as the benchmark reads it."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from linewatch.force import Force, Rules, read_ledger
from tests.force import naive
from tests.force.generated import ledger_text


@pytest.mark.parametrize("seed", [1, 2])
def test_many_units_balance_and_agree_with_the_plain_way(
    tmp_path: Path, seed: int
) -> None:
    path = tmp_path / "many.ledger"
    text = ledger_text(np.random.default_rng(seed), units=200, entries=4_000)
    path.write_text(text, encoding="utf-8")
    force = Force(ledger=read_ledger(path), rules=Rules(rules=(), path=path))
    assert (len(force.ledger), len(force.ledger.units)) == (4_000, 200)
    entries = [force.ledger.entry(number) for number in range(len(force.ledger))]
    for on, known in (
        (date(2025, 2, 10), None),
        (date(2025, 4, 15), date(2025, 4, 10)),
        (date(2026, 1, 1), None),
    ):
        plain = naive.five(entries, on, known)
        assert force.strength(on, known).five() == {"organic": 0, **plain}
