"""Draw accuracy against speed, and print the tables of the page.

Run ``python -m bench.track.picture bench/track/results/2026-11-23.json``.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt

OUT = Path(__file__).parents[2] / "docs/images/track-accuracy-speed.svg"
NAMES = {
    "linewatch": "Linewatch",
    "stonesoup-gnn": "Stone Soup GNN",
    "stonesoup-jpda": "Stone Soup JPDA",
    "nrl-tracker": "nrl-tracker",
    "kalbee": "kalbee",
    "norfair": "norfair",
    "nearest": "plain nearest neighbour",
}
MARKS = dict(zip(NAMES, "*soD^vP", strict=True))
COLOURS = dict(zip(NAMES, ("C3", "C0", "C9", "C2", "C1", "C4", "C7"), strict=True))
Row = dict[str, Any]


def draw(rows: list[Row], out: Path, date: str) -> None:
    """Draw one small chart a scene: GOSPA upwards, detections/s to the right."""
    mpl.rcParams["svg.hashsalt"] = "linewatch"
    scenes = list(dict.fromkeys(row["scene"] for row in rows if "score" in row))
    columns = 5
    lines = -(-len(scenes) // columns)
    figure, charts = plt.subplots(
        lines, columns, figsize=(13, 2.9 * lines + 0.6), squeeze=False
    )
    for chart in charts.flat[len(scenes) :]:
        chart.set_axis_off()
    for chart, scene in zip(charts.flat, scenes, strict=False):
        mine = [row for row in rows if row["scene"] == scene and "score" in row]
        for row in mine:
            name = row["tracker"]
            size = 140 if name == "linewatch" else 45
            chart.scatter(
                row["detections_per_cpu_s"], row["score"]["gospa_m"], size,
                marker=MARKS[name], label=NAMES[name],
                color=COLOURS[name], zorder=3,
            )  # fmt: skip
        chart.set_xscale("log")
        chart.set_xlim(100, 6e6)
        chart.set_ylim(0, 1.12 * max(row["score"]["gospa_m"] for row in mine))
        chart.grid(alpha=0.3)
        chart.set_title(f"{scene}: {mine[0]['what']}", fontsize=9)
        chart.tick_params(labelsize=8)
    for chart in charts[:, 0]:
        chart.set_ylabel("GOSPA [m]: less is better", fontsize=8)
    for chart in charts[-1]:
        chart.set_xlabel("detections/s of processor time", fontsize=8)
    known: dict[str, Any] = {}
    for chart in charts.flat:
        known |= dict(zip(*chart.get_legend_handles_labels()[::-1], strict=True))
    figure.legend(known.values(), known.keys(), loc="lower center", ncols=7, fontsize=9)
    figure.suptitle(f"Accuracy against speed, one thread, {date}", fontsize=11)
    figure.tight_layout(rect=(0, 0.05, 1, 1))
    out.parent.mkdir(exist_ok=True)
    figure.savefig(out, metadata={"Date": None})


def table(rows: list[Row]) -> list[str]:
    """Return the lines of the page's table."""
    head = (
        "| scene | tracker | GOSPA | of the best peer | located | missed | false |"
        " switches | detections/s | MB |"
    )
    lines = [
        head,
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for scene in dict.fromkeys(row["scene"] for row in rows):
        mine = [row for row in rows if row["scene"] == scene]
        peers = [r for r in mine if r["tracker"] != "linewatch" and "score" in r]
        best = min((r["score"]["gospa_m"] for r in peers), default=float("nan"))
        mine.sort(key=lambda r: list(NAMES).index(r["tracker"]))
        lines += [_line(scene, row, best) for row in mine]
    return lines


def _line(scene: str, row: Row, best: float) -> str:
    name = NAMES[row["tracker"]]
    if "score" not in row:
        return f"| {scene} | {name} | {row['failed']} | | | | | | | |"
    s, own = row["score"], row["tracker"] == "linewatch"
    bold = "**" if own else ""
    return (
        f"| {scene} | {name} | {bold}{s['gospa_m']:,.1f} m{bold} |"
        f" {s['gospa_m'] / best:.2f} | {s['location_rms_m']:.1f} m |"
        f" {s['missed']:.1f} | {s['false']:.1f} | {s['id_switches']} |"
        f" {row['detections_per_cpu_s']:,} | {row['peak_mb']} |"
    )


def bars(rows: list[Row]) -> list[str]:
    """Say of each scene which of the bars are met."""
    head = (
        "| scene | GOSPA, at most 0.80 of the best peer | missed, no worse |"
        " false, no worse | switches, at most half |"
    )
    lines = [
        head,
        "| --- | --- | --- | --- | --- |",
    ]
    for scene in dict.fromkeys(row["scene"] for row in rows):
        mine = [r for r in rows if r["scene"] == scene and "score" in r]
        own = [r["score"] for r in mine if r["tracker"] == "linewatch"]
        peers = [r["score"] for r in mine if r["tracker"] != "linewatch"]
        if not own or not peers:
            continue
        best = min(peers, key=lambda s: s["gospa_m"])
        ratio = own[0]["gospa_m"] / best["gospa_m"]
        fewest = min(s["id_switches"] for s in peers)

        def said(*, met: bool) -> str:
            return "met" if met else "**not met**"

        lines.append(
            f"| {scene} | {ratio:.2f}: {said(met=ratio <= 0.8)} |"
            f" {own[0]['missed']:.2f}, {best['missed']:.2f}:"
            f" {said(met=own[0]['missed'] <= best['missed'])} |"
            f" {own[0]['false']:.2f}, {best['false']:.2f}:"
            f" {said(met=own[0]['false'] <= best['false'])} |"
            f" {own[0]['id_switches']}, {fewest}:"
            f" {said(met=2 * own[0]['id_switches'] <= fewest)} |"
        )
    return lines


def main() -> None:
    """Draw and print."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("results", type=Path, nargs="+")
    words.add_argument("--out", type=Path, default=OUT)
    asked = words.parse_args()
    told = [json.loads(path.read_text()) for path in asked.results]
    rows = [row for one in told for row in one["rows"]]
    draw(rows, asked.out, told[-1]["date"].split()[0])
    print("\n".join([*table(rows), "", *bars(rows)]))


if __name__ == "__main__":
    main()
