"""Turn a scenario of the Autoferry sensor fusion data into files for the tracker.

Run ``python -m bench.track.autoferry scenario2_detections.json
scenario2_groundTruth.json FOLDER --sensor radar``, with files of the user's own: they
are on no package registry and are not part of this repository. The own ship moves, so
each detection becomes a place on the plane with its covariance; then

    linewatch track --sensors FOLDER/sensors.csv --detections FOLDER/detections.csv
        --out tracks.csv --score FOLDER/truth.csv --cutoff 20

The records hold the sensor's number (1 lidar, 2 radar), the time [s], the own ship's
north and east [m] and, from there, the norths and the easts of what was detected [m].
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

SENSORS = {"lidar": (1, 2.0, 120.0), "radar": (2, 8.0, 600.0)}
"""Number, one sigma of a place [m] and reach [m] of each sensor."""


def convert(detections: Path, truth: Path, folder: Path, sensor: str) -> int:
    """Write sensors.csv, detections.csv and truth.csv; return the detections."""
    number, sigma, reach = SENSORS[sensor]
    folder.mkdir(parents=True, exist_ok=True)
    lines, looks = ["time_s,sensor_id,x,y,cov_xx,cov_xy,cov_yy"], []
    ship = []
    for record in json.loads(detections.read_text()):
        if record["sensorID"] != number:
            continue
        looks.append(record["time"])
        north, east = record["ownshipPosition"]
        ship.append((north, east))
        for up, right in _pairs(record["measurement"]):
            place = f"{east + right:.3f},{north + up:.3f}"
            lines.append(
                f"{record['time']:.6f},{number},{place},{sigma**2},0,{sigma**2}"
            )
    (folder / "detections.csv").write_text("\n".join(lines) + "\n")
    middle = np.mean(ship, axis=0) if ship else np.zeros(2)
    period = float(np.median(np.diff(looks))) if len(looks) > 1 else 0.0
    (folder / "sensors.csv").write_text(
        "sensor_id,x,y,sigma_range_m,sigma_azimuth_rad,pd,clutter_per_scan,range_m,"
        "period_s,phase_s,kind\n"
        f"{number},{middle[1]:.1f},{middle[0]:.1f},{sigma},0.02,0.8,10,{reach},"
        f"{period:.4f},{looks[0] % period if period else 0:.4f},place\n"
    )
    _truth(truth, folder / "truth.csv", looks)
    return len(lines) - 1


def _pairs(measurement: Any) -> list[tuple[float, float]]:
    """Return north and east of each detection: none, one, or a list of each."""
    found = np.array(measurement, np.float64)
    if found.size == 0 or found.size % 2:
        return []
    north, east = found.reshape(2, -1)
    return list(zip(north.tolist(), east.tolist(), strict=True))


def _truth(path: Path, out: Path, looks: list[float]) -> None:
    """Write where each target was at every whole second of the looks."""
    known: dict[int, dict[float, list[float]]] = {}
    for record in json.loads(path.read_text()):
        for one in record:
            known.setdefault(one["targetID"], {})[one["time"]] = one["position"]
    lines = ["time_s,target_id,x,y"]
    seconds = np.arange(np.ceil(min(looks)), np.floor(max(looks)) + 1)
    for target, places in sorted(known.items()):
        times = np.array(sorted(places))
        north, east, *_ = np.array([places[t] for t in times.tolist()]).T
        inside = seconds[(seconds >= times[0]) & (seconds <= times[-1])]
        at = np.column_stack(
            [np.interp(inside, times, east), np.interp(inside, times, north)]
        )
        lines += [
            f"{second:.0f},{target},{x:.3f},{y:.3f}"
            for second, (x, y) in zip(inside, at, strict=True)
        ]
    out.write_text("\n".join(lines) + "\n")


def main() -> None:
    """Convert one scenario."""
    words = argparse.ArgumentParser(description=__doc__)
    for name in ("detections", "truth", "folder"):
        words.add_argument(name, type=Path)
    words.add_argument("--sensor", choices=SENSORS, default="radar")
    asked = words.parse_args()
    many = convert(asked.detections, asked.truth, asked.folder, asked.sensor)
    print(json.dumps({"detections": many}))


if __name__ == "__main__":
    main()
