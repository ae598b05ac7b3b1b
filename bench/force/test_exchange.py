"""How long a large ledger takes to go out to other programs and to come back.

Times are of the processor, so that other work on the machine does not count.
"""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from time import process_time
from typing import TypeVar

import numpy as np

from linewatch.force import read_ledger
from linewatch.force.exchange import FORMS, Wish, export_force, import_force
from tests.force.generated import ledger_text

T = TypeVar("T")
ON = date(2025, 4, 1)
NAMES = {"orbat": "x.json", "msdl": "x.xml", "tpfdd": "x.csv", "perstat": "x.csv"}


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return what work gives, and how long it took."""
    began = process_time()
    return work(), process_time() - began


def test_goes_out_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "large.ledger"
    path.write_text(
        ledger_text(np.random.default_rng(1), units=5_000, entries=100_000),
        encoding="utf-8",
    )
    ledger = read_ledger(path)
    for form in FORMS:
        out, wrote_s = timed(partial(export_force, ledger, form, on=ON))
        file = tmp_path / NAMES[form]
        file.write_bytes(out.content)
        back, read_s = timed(partial(import_force, file, Wish()))
        print(
            f"{form}: {len(out.content) / 2**20:.1f} MiB out in {wrote_s:.1f} s,"
            f" {back.entries:,} entries back in {read_s:.1f} s"
        )
        assert back.units > 0
