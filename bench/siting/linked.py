"""How good linked sites are and how sharp their bound, on real viewsheds.

python bench/siting/linked.py FOLDER   (holding mclp_2k_200k.npz)
"""

import argparse
import time
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from linewatch.plan.siting import Cover, Effort, Limits, Links, choose
from linewatch.plan.siting.cover import sure

REACH_M = 8_000.0
CELL_M = 30.0
GATEWAYS = 5


def read(path: Path) -> tuple[Cover, Links]:
    """Read a cover table, and link its sites; those in the middle are gateways."""
    with np.load(path) as arrays:
        cover = Cover(
            ptr=arrays["ptr"],
            ind=arrays["ind"],
            prob=sure(len(arrays["ind"])),
            weight=arrays["w"].astype(np.float64),
            cost=arrays["cost"],
            kind=np.zeros(len(arrays["cost"]), np.int64),
        )
        places = np.stack([arrays["sc"], -arrays["sr"]], axis=1) * CELL_M
    pairs = cKDTree(places).query_pairs(REACH_M, output_type="ndarray")
    middle = (places.max(axis=0) + places.min(axis=0)) / 2
    away = np.hypot(*(places - middle).T)
    gate = np.zeros(cover.sites, bool)
    gate[np.argsort(away)[:GATEWAYS]] = True
    return cover, Links.of(pairs[:, 0], pairs[:, 1], gate)


def main() -> None:
    """Print one line a run; the first compiles and is not printed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    cover, links = read(parser.parse_args().folder / "mclp_2k_200k.npz")
    for backup in (1, 2):
        limits = Limits(total=3, links=links)
        choose(cover, limits, backup=backup, effort=Effort(kicks=1, rounds=3))
    print("limit, backup: greedy, objective, bound, gap, s of processor")
    runs = (
        ("50 sites", Limits(total=50, links=links), 1),
        ("20 sites", Limits(total=20, links=links), 1),
        ("cost 90", Limits(budget=90.0, links=links), 1),
        ("50 sites", Limits(total=50, links=links), 2),
    )
    for what, limits, backup in runs:
        start = time.process_time()
        found = choose(cover, limits, backup=backup)
        took = time.process_time() - start
        print(
            f"{what}, {backup}: {found.greedy:,.0f}, {found.objective:,.0f}, "
            f"{found.bound:,.0f}, {found.gap:.3%}, {took:.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
