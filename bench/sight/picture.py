"""Draw speed against exactness from what ``viewshed.py --out FILE`` wrote.

python -m bench.sight.picture FILE docs/images/sight-speed.svg

Peers that cannot run in the same process are points of their own, with their source.
"""

import csv
import sys
from collections import defaultdict
from pathlib import Path

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt

ELSEWHERE = (
    ("xarray-spatial 0.5.3, this machine", 606.0, 0.9850, "s"),
    ("GRASS 8.2 r.viewshed, Zen 3", 689.0, 0.9874, "D"),
    ("gdal_viewshed 3.6 command, Zen 3", 88.0, 0.9660, "^"),
)
"""Name, milliseconds, Jaccard index and mark: 10 km on the 30 m terrains."""
COLOURS = {"screen": "#d95f02", "fine": "#1b9e77", "gdal": "#7570b3", "exact": "#333"}
NAMES = {"gdal": "GDAL 3.12.2 in memory, edge"}


def main() -> None:
    """Draw."""
    source, target = map(Path, sys.argv[1:])
    with source.open(newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["reach_km"] == "10" and row["terrain"].endswith("30")
        ]
    points = defaultdict(list)
    for row in rows:
        wrong = max(1 - float(row["jaccard"]), 2e-5)
        points[row["tool"]].append((float(row["ms"]), wrong))
    mpl.rcParams["svg.hashsalt"] = "sight"
    figure, axes = plt.subplots(figsize=(7, 4.5))
    for tool, places in points.items():
        if tool == "exact":
            continue
        times_ms, wrongs = zip(*places, strict=True)
        label = NAMES.get(tool, f"Linewatch {tool}")
        axes.scatter(times_ms, wrongs, s=45, label=label, color=COLOURS[tool])
    exact_ms = sum(one for one, _ in points["exact"]) / len(points["exact"])
    axes.axvline(exact_ms, color="#333", linestyle=":", label="Linewatch exact: 0")
    for name, each_ms, jaccard, mark in ELSEWHERE:
        axes.scatter([each_ms], [1 - jaccard], marker=mark, color="#888", label=name)
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="processor time of a viewshed [ms]",
        ylabel="1 - Jaccard index against exact lines of sight",
        title="Viewsheds of 10 km on 30 m cells: left and low is better",
    )
    axes.grid(visible=True, which="both", alpha=0.2)
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(target, metadata={"Date": None})


if __name__ == "__main__":
    main()
