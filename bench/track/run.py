"""Measure Linewatch and its peers on the same scenes, in the same run, and draw it.

Run ``python -m bench.track.run --peers PYTHON --work FOLDER`` with the Python of an
environment that has the peers (``pip install stonesoup pyehm kalbee norfair
nrl-tracker``). Each tracker runs alone in a process of its own, on one thread; all are
scored by ``linewatch track --score``. Results go to ``bench/track/results``.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.track.scenes import Wish, write

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RECORDED = ROOT.parent / "shared/bench/tracking/gen.py"
PEERS = ("stonesoup-gnn", "stonesoup-jpda", "nrl-tracker", "kalbee", "norfair")
OWN = ("linewatch", "nearest")
LIMIT_S = 1500.0

Told = dict[str, object]


@dataclass(frozen=True)
class Scene:
    """A scene to measure on, and how many of its seconds the peers get."""

    name: str
    words: str
    wish: Wish
    until_s: float
    recorded: str | None = None  # size of the recorded kind, where its maker is there


def small(seed: int, **more: Any) -> Wish:
    """Return half of scene M's width, for a third of its time."""
    return Wish(radars=5, targets=75, until_s=200.0, seed=seed, **more)


SCENES = (
    Scene("S", "1 radar, 10 targets", Wish(1, 10, 400.0), 400.0, "S"),
    Scene("M", "10 radars, 150 targets", Wish(10, 150, 600.0), 600.0, "M"),
    Scene("M-200", "its first 200 s", Wish(10, 150, 600.0), 200.0, "M"),
    Scene("seed-21", "another seed", small(21), 200.0),
    Scene("seed-22", "another seed", small(22), 200.0),
    Scene("spacing", "radars 10 km apart", small(23, spacing_m=10_000.0), 200.0),
    Scene("clutter", "20 false a scan", small(24, clutter=20.0), 200.0),
    Scene("faint", "chance to detect 0.7", small(25, pd=0.7), 200.0),
    Scene("dense", "files 10 to 20 m apart", small(26, file_gap_m=(10.0, 20.0)), 200.0),
    Scene("slow", "a scan each 4 s", small(27, period_s=4.0), 200.0),
    Scene("L", "300 radars, 4,000 targets", Wish(300, 4000, 600.0), 20.0, "L"),
)


def main() -> None:
    """Make what is missing, run everything that is asked, and keep the results."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--peers", type=Path, help="the peers' Python")
    words.add_argument("--work", type=Path, required=True)
    words.add_argument("--scenes", nargs="*", default=[scene.name for scene in SCENES])
    words.add_argument("--only", nargs="*", default=[*OWN, *PEERS])
    words.add_argument("--out", type=Path)
    asked = words.parse_args()
    day = datetime.now(tz=UTC)
    out = asked.out or HERE / "results" / f"{day:%Y-%m-%d}.json"
    told: Told = {"date": f"{day:%Y-%m-%d %H:%M} UTC", "machine": machine()}
    rows: list[Told] = json.loads(out.read_text())["rows"] if out.exists() else []
    for scene in SCENES:
        if scene.name not in asked.scenes:
            continue
        folder = asked.work / scene.name
        prepare(scene, folder)
        for name in asked.only:
            if name in PEERS and asked.peers is None:
                print(f"{name}: no --peers Python, left out", file=sys.stderr)
                continue
            row = measured(name, scene, folder, asked.peers)
            print(json.dumps(row), flush=True)
            key = (scene.name, name)
            rows = [old for old in rows if (old["scene"], old["tracker"]) != key]
            rows.append(row)
            out.parent.mkdir(exist_ok=True)
            out.write_text(json.dumps(told | {"rows": rows}, indent=1) + "\n")


def machine() -> str:
    """Say in one line what it ran on."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {model}, load {load:.1f} at the beginning"


def prepare(scene: Scene, folder: Path) -> None:
    """Make the scene where it is not there yet."""
    if (folder / "truth.npz").exists():
        return
    if scene.recorded and RECORDED.exists():
        size = ["--size", scene.recorded, "--no-csv", "--out", str(folder)]
        subprocess.run(
            [sys.executable, str(RECORDED), *size], check=True, capture_output=True
        )
        return
    write(folder, scene.wish)


def measured(name: str, scene: Scene, folder: Path, peers: Path | None) -> Told:
    """Run one tracker over one scene and score it; return the row."""
    out = folder / f"{name}.csv"
    until = ["--until", str(scene.until_s)]
    if name == "linewatch":
        words = _ours(folder, out, scene.until_s)
    elif name == "nearest":
        words = [sys.executable, "-m", "bench.track.nearest", str(folder), str(out)]
        words += until
    else:
        words = [str(peers), "-W", "ignore", "-m", "bench.track.peer", name]
        words += [str(folder), str(out), *until]
    row: Told = {"scene": scene.name, "what": scene.words, "tracker": name}
    row["until_s"] = scene.until_s
    one = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            words, check=True, capture_output=True, text=True, timeout=LIMIT_S,
            cwd=ROOT, env=os.environ | one,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return row | {"failed": f"took more than {LIMIT_S:.0f} s"}
    except subprocess.CalledProcessError as error:
        return row | {"failed": (error.stderr or "failed").strip().splitlines()[-1]}
    told = json.loads(done.stdout.strip().splitlines()[-1])
    row |= _figures(told) if name == "linewatch" else told
    return row | {"score": scored(out, folder / "truth.npz", until)}


def _ours(folder: Path, out: Path, until_s: float) -> list[str]:
    """Return the words of Linewatch's own command, for the first part of the scene."""
    code = f"from bench.track.run import cut; cut({str(folder)!r}, {until_s!r})"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    return [
        sys.executable, "-m", "bench.track.ours", str(folder / "sensors.csv"),
        str(folder / "part.npz"), str(out),
    ]  # fmt: skip


def cut(folder: str, until_s: float) -> None:
    """Write the detections up to a time beside the whole."""
    import numpy as np  # noqa: PLC0415 - only in the process of its own

    with np.load(Path(folder) / "detections.npz") as file:
        use = file["time_s"] <= until_s
        part = {name: file[name][use] for name in file.files}
    np.savez(Path(folder) / "part.npz", **part)


def _figures(told: Told) -> Told:
    return {**told, "version": f"linewatch {version('linewatch')}"}


def scored(tracks: Path, truth: Path, until: list[str]) -> Told:
    """Score any tracker's file by the product's own command."""
    words = [
        sys.executable, "-m", "linewatch", "track", "--tracks", str(tracks),
        "--score", str(truth), "--json", *until,
    ]  # fmt: skip
    done = subprocess.run(words, check=True, capture_output=True, text=True, cwd=ROOT)
    found: Told = json.loads(done.stdout)["score"]
    return found


if __name__ == "__main__":
    main()
