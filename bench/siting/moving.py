"""How good units that move are, with links and for a backup, on real viewsheds.

python -m bench.siting.moving FOLDER   (holding mclp_2k_200k.npz)
"""

import argparse
import time
from pathlib import Path

import numpy as np

from bench.siting.linked import read
from linewatch.plan.siting import Effort, Limits, choose_moving

PERIODS = 3


def main() -> None:
    """Print one line a run; the first of each kind compiles and is not printed.

    In each period a third of the cells, at random, is worth what the table says, and
    the others a third of it.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    cover, links = read(parser.parse_args().folder / "mclp_2k_200k.npz")
    peak = np.random.default_rng(1).integers(0, PERIODS, cover.cells)
    by_period = np.stack(
        [np.where(peak == t, cover.weight, cover.weight / 3) for t in range(PERIODS)]
    )
    print("rules: without moves, objective, bound, gap, s of processor")
    for what, linked, backup in (
        ("free", None, 1), ("linked", links, 1), ("backup of 2", None, 2)
    ):  # fmt: skip
        choose_moving(
            cover, by_period, Limits(total=2, links=linked), moves=1, backup=backup,
            effort=Effort(kicks=1, rounds=3),
        )  # fmt: skip
        start = time.process_time()
        found = choose_moving(
            cover, by_period, Limits(total=20, links=linked), moves=4, backup=backup,
            effort=Effort(rounds=400),
        )  # fmt: skip
        took = time.process_time() - start
        print(
            f"{what}: {found.fixed:,.0f}, {found.objective:,.0f}, {found.bound:,.0f}, "
            f"{found.gap:.2%}, {took:.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
