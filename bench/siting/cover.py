"""How good and how fast sites are chosen on real viewsheds and known optima.

python bench/siting/cover.py FOLDER   (holding mclp_2k_200k.npz and f_pmed*/)
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

from linewatch.plan.siting import Cover, Effort, Limits, choose, p_median
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
    for backup in (1, 2):
        quick = Effort(kicks=1, rounds=3)
        choose(cover, Limits(count=(3,)), backup=backup, effort=quick)
    runs = (
        (Limits(count=(50,)), Effort(), 1),
        (Limits(count=(200,)), Effort(), 1),
        (Limits(budget=90.0), Effort(), 1),
        (Limits(count=(50,)), Effort(), 2),
    )
    print("limit, backup: greedy, objective, bound, gap, s of processor")
    for limits, effort, backup in runs:
        start = time.process_time()
        found = choose(cover, limits, backup=backup, effort=effort)
        took = time.process_time() - start
        what = limits.count[0] if limits.count else f"cost {limits.budget:g}"
        print(
            f"{what}, {backup}: {found.greedy:,.0f}, {found.objective:,.0f}, "
            f"{found.bound:,.0f}, {found.gap:.3%}, {took:.1f}",
            flush=True,
        )
    for name, kicks in (("f_pmed20", 0), ("f_pmed20", 400), ("f_pmed38", 0)):
        facts = json.loads((folder / name / "instance.json").read_text())
        with np.load(folder / name / "dist.npz") as arrays:
            far = arrays["dist"].astype(np.float64)
        p_median(far[:20, :20], 3, effort=Effort(kicks=1, rounds=3))
        start = time.process_time()
        median = p_median(far, facts["p"], effort=Effort(kicks=kicks, rounds=1_500))
        took = time.process_time() - start
        print(
            f"{name}, {kicks} kicks: {median.objective:.0f}, {median.bound:.0f}, "
            f"known {facts['optimum']}, {took:.1f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
