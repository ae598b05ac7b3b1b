"""How good and how fast sites are chosen from a table of a hundred million pairs.

python bench/siting/large.py COVER.npz --choose 200 [--rounds 2600] [--kicks 150]

COVER.npz is what ``linewatch cover`` made of the files of ground.py; weights are drawn
from 1 to 10. Prints processor time and memory, for the machine may be shared.
"""

import argparse
import resource
import time
from pathlib import Path

import numpy as np

from linewatch.plan.siting import Cover, Effort, Limits, choose
from linewatch.plan.siting.cover import sure


def main() -> None:
    """Choose once and print what it took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("cover", type=Path)
    parser.add_argument("--choose", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=2_600)
    parser.add_argument("--kicks", type=int, default=150)
    parser.add_argument("--workers", type=int, default=2)
    told = parser.parse_args()
    start, clock = time.process_time(), time.perf_counter()
    with np.load(told.cover) as arrays:
        ptr, ind, spot = arrays["ptr"], arrays["ind"], arrays["spot"]
    rng = np.random.default_rng(7)
    weight = rng.integers(1, 11, int(spot.max()) + 1).astype(np.float64)
    sites = len(ptr) - 1
    cover = Cover(
        ptr=ptr, ind=ind, prob=sure(len(ind)), weight=weight,
        cost=np.ones(sites), kind=np.zeros(sites, np.int64),
    )  # fmt: skip
    effort = Effort(kicks=told.kicks, rounds=told.rounds, workers=told.workers)
    found = choose(cover, Limits(count=(told.choose,)), effort=effort)
    took, wall = time.process_time() - start, time.perf_counter() - clock
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{sites:,} sites, {len(ind):,} pairs, {told.choose} chosen: greedy "
        f"{found.greedy:,.0f}, {found.objective:,.0f}, bound {found.bound:,.0f}, gap "
        f"{found.gap:.2%}; {took:.0f} s of processor, {wall:.0f} s, {peak:.1f} GB"
    )


if __name__ == "__main__":
    main()
