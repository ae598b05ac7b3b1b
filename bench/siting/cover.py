"""How good and how fast sites are chosen on real viewsheds and known optima.

python bench/siting/cover.py FOLDER   (holding mclp_2k_200k.npz and f_pmed*/)
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

from linewatch.plan.siting import Cover, Effort, Limits, choose, p_median


def read(path: Path) -> Cover:
    """Read a cover table of ``ptr``, ``ind``, ``w`` and ``cost``."""
    with np.load(path) as arrays:
        return Cover(
            ptr=arrays["ptr"],
            ind=arrays["ind"],
            prob=np.ones(len(arrays["ind"])),
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
    choose(cover, Limits(count=(3,)), effort=Effort(kicks=1, rounds=3))
    runs = (
        (Limits(count=(50,)), Effort(rounds=1), 1),
        (Limits(count=(50,)), Effort(rounds=1_500), 1),
        (Limits(count=(200,)), Effort(rounds=1), 1),
        (Limits(count=(200,)), Effort(rounds=1_500), 1),
        (Limits(count=(200,)), Effort(kicks=150, rounds=3_000), 1),
        (Limits(budget=90.0), Effort(rounds=1_500), 1),
        (Limits(count=(50,)), Effort(rounds=1_500), 2),
    )
    print("limit, backup, kicks, rounds: greedy, objective, bound, gap, s")
    for limits, effort, backup in runs:
        start = time.perf_counter()
        found = choose(cover, limits, backup=backup, effort=effort)
        took = time.perf_counter() - start
        what = limits.count[0] if limits.count else f"cost {limits.budget:g}"
        print(
            f"{what}, {backup}, {effort.kicks}, {effort.rounds}: {found.greedy:,.0f}, "
            f"{found.objective:,.0f}, {found.bound:,.0f}, {found.gap:.2%}, {took:.1f}",
            flush=True,
        )
    for name, kicks in (("f_pmed20", 0), ("f_pmed20", 400), ("f_pmed38", 0)):
        facts = json.loads((folder / name / "instance.json").read_text())
        with np.load(folder / name / "dist.npz") as arrays:
            far = arrays["dist"].astype(np.float64)
        p_median(far[:20, :20], 3, effort=Effort(kicks=1, rounds=3))
        start = time.perf_counter()
        median = p_median(far, facts["p"], effort=Effort(kicks=kicks, rounds=1_500))
        took = time.perf_counter() - start
        print(
            f"{name}, {kicks} kicks: {median.objective:.0f}, {median.bound:.0f}, "
            f"known {facts['optimum']}, {took:.1f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
