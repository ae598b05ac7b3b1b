"""How exact and how fast viewsheds are, beside GDAL in one run on one thread.

python -m bench.sight.viewshed [--gdal FOLDER] [--eyes 50] [--eyes-far 10] [--out FILE]
[--rounds 3] [--only NAME] [--cold]

Terrains are those of `scenes`. The reference is our own exact walk of every line of
sight, which the tests hold to a plain NumPy twin. Times are processor time, the least
of some runs for each eye, ours and GDAL's in turn, averaged over the eyes; ours with
ground made ready once and the same output as GDAL's, a mask of the window in reach.
With ``--cold`` each run of ours comes straight after one of GDAL's, so that it begins
with caches full of another's work, and GDAL runs twice as often as either of our modes.
"""

import argparse
import csv
import math
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.sight.gdal_peer import Gdal
from bench.sight.scenes import NAMES, Scene, load, places
from linewatch.sight.cells import SEEN, Lens, Mode, Prepared, sag_per_m

TARGET_M, SAG = 1.5, sag_per_m(1 - 0.85714)
CASES = (
    *((name, 10_000.0) for name in NAMES),
    *((f"{name}-walls", 10_000.0) for name in NAMES),
    *((name, 20_000.0) for name in (*NAMES, "bigtujunga30-wide")),
)
COLUMNS = (
    *("terrain", "reach_km", "eye_m", "tool", "jaccard", "worst", "false", "missed"),
    *("ms", "times_gdal"),
)


def best_s(act: Callable[[], object], runs: int) -> float:
    """Return the least processor time of some runs [s]."""
    least = np.inf
    for _ in range(runs):
        start = time.process_time()
        act()
        least = min(least, time.process_time() - start)
    return float(least)


def least_s(
    sees: Mapping[str, Callable[[], object]],
    peer_s: Callable[[], float] | None,
    rounds: int,
    *,
    cold: bool,
) -> dict[str, float]:
    """Return the least processor time of each tool [s], run in turn for load's sake.

    A round is two runs of each; cold, one of each of ours straight after the peer's.
    """
    least = dict.fromkeys([*sees, "gdal"], np.inf)
    for _ in range(rounds):
        for name, see in sees.items():
            if cold and peer_s is not None:
                least["gdal"] = min(least["gdal"], peer_s())
            least[name] = min(least[name], best_s(see, 1 if cold else 2))
        if not cold and peer_s is not None:
            least["gdal"] = min(least["gdal"], peer_s(), peer_s())
    return least


def on_grid(ready: Prepared, lens: Lens, mode: Mode) -> NDArray[np.bool_]:
    """Return the cells seen on the whole grid."""
    patch = ready.seen(lens, target_m=TARGET_M, mode=mode)
    out = np.zeros(ready.ground_m.shape, np.bool_)
    rows, cols = patch.values.shape
    bottom, right = patch.top + rows, patch.left + cols
    out[patch.top : bottom, patch.left : right] = patch.values == SEEN
    return out


class Tally:
    """Seen cells of one tool against the truth, and its times."""

    def __init__(self) -> None:
        self.both = self.either = self.truth = self.false = 0
        self.worst, self.seconds = 1.0, list[float]()

    def add(
        self, truth: NDArray[np.bool_], got: NDArray[np.bool_], seconds: float
    ) -> None:
        """Add one eye."""
        both, either = int((truth & got).sum()), int((truth | got).sum())
        self.both, self.either = self.both + both, self.either + either
        self.truth += int(truth.sum())
        self.false += int((got & ~truth).sum())
        self.worst = min(self.worst, both / either)
        self.seconds.append(seconds)

    def row(self) -> list[str]:
        """Return the figures as words; only the time where there are no others."""
        took = f"{np.mean(self.seconds) * 1e3:.2f}"
        if not self.truth:
            return ["-"] * 4 + [took]
        return [
            f"{self.both / self.either:.4f}",
            f"{self.worst:.4f}",
            f"{self.false / self.truth:.2%}",
            f"{(self.truth - self.both) / self.truth:.2%}",
            took,
        ]


def run_case(
    scene: Scene,
    reach_m: float,
    above_m: float,
    count: int,
    folder: Path | None,
    rounds: int = 3,
    *,
    cold: bool = False,
) -> dict[str, Tally]:
    """Run all tools over the eyes of one terrain, reach and height."""
    cells = scene.cells
    ready = Prepared.of(cells, sag=SAG)
    gdal = None
    if folder is not None:
        # Its cells are square: where ours are not, it has those of the same area, and
        # its time is one of as many cells, but its answer is another.
        step_m = math.sqrt(cells.step_x_m * cells.step_y_m)
        gdal = Gdal(folder, np.nan_to_num(cells.height_m, nan=-9_999), step_m)
    tallies: dict[str, Tally] = {}
    margin = int(reach_m / cells.step_x_m)
    for row, col in places(cells.height_m, count, margin):
        lens = Lens(row=row, col=col, above_m=above_m, reach_m=reach_m)
        start = time.process_time()
        truth = on_grid(ready, lens, Mode.EXACT)
        took = time.process_time() - start
        tallies.setdefault("exact", Tally()).add(truth, truth, took)
        tools = [Mode.SCREEN, Mode.FINE]
        sees = {
            str(mode): partial(ready.seen, lens, target_m=TARGET_M, mode=mode)
            for mode in tools
        }
        see_gdal = None
        if gdal is not None:
            see_gdal = partial(gdal.run_s, (row, col), above_m, TARGET_M, reach_m)
        least = least_s(sees, see_gdal, rounds, cold=cold)
        for mode in tools:
            got = on_grid(ready, lens, mode)
            tallies.setdefault(str(mode), Tally()).add(truth, got, least[str(mode)])
        if gdal is not None and cells.step_x_m != cells.step_y_m:
            tallies.setdefault("gdal", Tally()).seconds.append(least["gdal"])
        elif gdal is not None:
            got = gdal.marks(gdal.see((row, col), above_m, TARGET_M, reach_m))
            tallies.setdefault("gdal", Tally()).add(truth, got, least["gdal"])
    return tallies


def main() -> None:
    """Print a table, and write it as CSV if asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--gdal", type=Path)
    parser.add_argument("--eyes", type=int, default=50)
    parser.add_argument("--eyes-far", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3, help="of two runs each")
    parser.add_argument("--only", default="")
    parser.add_argument("--cold", action="store_true", help="ours right after GDAL's")
    parser.add_argument("--out", type=Path)
    words = parser.parse_args()
    if words.cold and words.gdal is None:
        parser.error("--cold needs --gdal")
    rows = [list(COLUMNS)]
    print("| " + " | ".join(COLUMNS) + " |")
    for name, reach_m in CASES:
        if words.only not in name:
            continue
        scene = load(name)
        count = words.eyes if reach_m <= 10_000 else words.eyes_far
        for above_m in (3.0, 20.0):
            eyes = (above_m, count, words.gdal, words.rounds)
            tallies = run_case(scene, reach_m, *eyes, cold=words.cold)
            peer = tallies.get("gdal")
            for tool, tally in tallies.items():
                ratio = "-"
                if peer is not None:
                    times = np.mean(peer.seconds) / np.mean(tally.seconds)
                    ratio = f"{times:.2g}" if times < 1 else f"{times:.1f}"
                row = [name, f"{reach_m / 1e3:g}", f"{above_m:g}", tool]
                row += [*tally.row(), ratio]
                rows.append(row)
                print("| " + " | ".join(row) + " |", flush=True)
    if words.out is not None:
        with words.out.open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
