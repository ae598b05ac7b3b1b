"""How fast p-medians are proven: published optima, road graphs, and places on a plane.

python bench/siting/median.py FOLDER   (holding f_pmed20 and f_pmed38)
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from linewatch.plan.siting import Effort, p_median

Floats = NDArray[np.float64]


def roads(nodes: int) -> Floats:
    """Shortest ways in a random graph of as many roads as those of OR-Library."""
    rng = np.random.default_rng(nodes)
    one, other = rng.integers(0, nodes, (2, nodes * nodes // 50))
    ring = np.arange(nodes)
    one, other = np.append(one, ring), np.append(other, (ring + 1) % nodes)
    far = np.full((nodes, nodes), np.inf)
    np.minimum.at(far, (one, other), rng.integers(1, 101, len(one)).astype(float))
    far = np.minimum(far, far.T)
    np.fill_diagonal(far, np.inf)
    far[np.isinf(far)] = 0.0
    return np.asarray(shortest_path(csr_array(far), directed=False))


def plane(customers: int, sites: int) -> tuple[Floats, Floats]:
    """Distances between places anywhere in a square, and weights."""
    rng = np.random.default_rng(5)
    here, there = rng.random((customers, 2)), rng.random((sites, 2))
    far = np.hypot(*(here[:, None] - there[None]).transpose(2, 0, 1))
    return far, rng.uniform(0.1, 5.0, customers)


def timed(name: str, far: Floats, count: int, weight: Floats | None = None) -> None:
    """Choose once, and print what it took."""
    for splits in (0, 1_000):
        start = time.process_time()
        found = p_median(far, count, weight=weight, effort=Effort(splits=splits))
        took = time.process_time() - start
        print(
            f"{name}, {count} of {far.shape[1]}, {splits} splits: "
            f"{found.objective:,.2f}, bound {found.bound:,.2f}, gap {found.gap:.4%}, "
            f"{found.proof.value}, {took:.2f} s of processor",
            flush=True,
        )


def main() -> None:
    """Print two lines an instance: without splitting, and with it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    p_median(roads(40), 3, effort=Effort(kicks=1, rounds=3))
    for name in ("f_pmed20", "f_pmed38"):
        facts = json.loads((folder / name / "instance.json").read_text())
        with np.load(folder / name / "dist.npz") as arrays:
            far = arrays["dist"].astype(np.float64)
        timed(f"{name}, optimum {facts['optimum']}", far, facts["p"])
    for nodes, counts in ((300, (5, 60)), (600, (10, 120)), (900, (5, 10, 90))):
        far = roads(nodes)
        for count in counts:
            timed(f"roads of {nodes}", far, count)
    for customers, sites, count in ((1_000, 1_000, 10), (3_000, 1_000, 40)):
        far, weight = plane(customers, sites)
        timed(f"plane of {customers}", far, count, weight)


if __name__ == "__main__":
    main()
