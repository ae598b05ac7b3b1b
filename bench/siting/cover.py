"""How good and how fast sites are chosen on real viewsheds.

python bench/siting/cover.py FOLDER   (holding mclp_2k_200k.npz)
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from linewatch.plan.siting import Cover, Effort, Limits, choose
from linewatch.plan.siting.cover import sure


def read(path: Path) -> Cover:
    """Read a cover table of ``ptr``, ``ind``, ``w`` and ``cost``."""
    with np.load(path) as arrays:
        return Cover(
            ptr=arrays["ptr"],
            ind=arrays["ind"],
            prob=sure(len(arrays["ind"])),
            weight=arrays["w"].astype(np.float64),
            cost=arrays["cost"],
            kind=np.zeros(len(arrays["cost"]), np.int64),
        )


def main() -> None:
    """Print one line a run; the first compiles and is not printed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    cover = read(folder / "mclp_2k_200k.npz")
    chance = np.random.default_rng(3).uniform(0.3, 0.95, len(cover.ind))
    chancy = replace(cover, prob=chance)
    for table, backup in ((cover, 1), (cover, 2), (cover, 3), (chancy, 1)):
        quick = Effort(kicks=1, rounds=3)
        choose(table, Limits(count=(3,)), backup=backup, effort=quick)
    runs = (
        (cover, Limits(count=(50,)), Effort(), 1),
        (cover, Limits(count=(200,)), Effort(), 1),
        (cover, Limits(budget=90.0), Effort(), 1),
        (chancy, Limits(count=(50,)), Effort(), 1),
        (cover, Limits(count=(50,)), Effort(), 2),
        (cover, Limits(count=(50,)), Effort(rounds=3_000), 2),
        (cover, Limits(count=(50,)), Effort(), 3),
    )
    print("limit, backup: greedy, objective, bound, gap, s of processor")
    for table, limits, effort, backup in runs:
        start = time.process_time()
        found = choose(table, limits, backup=backup, effort=effort)
        took = time.process_time() - start
        what = limits.count[0] if limits.count else f"cost {limits.budget:g}"
        how = f"{backup}" if table.is_sure else "by chance"
        print(
            f"{what}, {how}: {found.greedy:,.0f}, {found.objective:,.0f}, "
            f"{found.bound:,.0f}, {found.gap:.3%}, {took:.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
