"""Keeping placed sensors on disk, so that a second run need not look again."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from linewatch.errors import BadFile
from linewatch.scenario.whole import whole
from linewatch.sight.kinds import kind_named
from linewatch.sight.placed import Sight
from linewatch.sight.viewshed import Eye

FORMAT = 1


def digest_of(*parts: object) -> str:
    """Return a digest of plain facts and arrays, to name a file by what made it.

    Examples
    --------
    >>> digest_of("radar", 12.0) == digest_of("radar", 12.0)
    True
    >>> digest_of("radar", 12.0) == digest_of("radar", 12.5)
    False
    """
    sha = hashlib.sha256()
    for part in parts:
        plain = (
            (str(part.dtype), part.shape, part.tobytes())
            if isinstance(part, np.ndarray)
            else part
        )
        sha.update(repr(plain).encode())
        sha.update(b"\0")
    return sha.hexdigest()


def save_sights(path: Path, sights: Sequence[Sight]) -> None:
    """Write placed sensors to an ``.npz`` file, whole or not at all."""
    facts = [
        {
            "name": s.name,
            "kind": s.kind.name,
            "eye": [
                s.eye.x_m,
                s.eye.y_m,
                s.eye.above_m,
                s.eye.reach_m,
                s.eye.azimuth_rad,
                s.eye.sector_rad,
            ],
            "frame": [s.west_m, s.north_m, s.cell_m, s.phase_s],
            "shape": s.lowest_m.shape,
        }
        for s in sights
    ]
    grids = [s.lowest_m.reshape(-1) for s in sights] or [np.empty(0, np.float32)]
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as file:
        np.savez(
            file,
            facts=np.array(json.dumps({"format": FORMAT, "sights": facts})),
            lowest_m=np.concatenate(grids).astype(np.float32, copy=False),
        )


def load_sights(path: Path) -> tuple[Sight, ...]:
    """Read placed sensors that `save_sights` wrote.

    Raises
    ------
    BadFile
        If the file is of another kind or another version.
    """
    try:
        with np.load(path) as arrays:
            facts = json.loads(str(arrays["facts"]))
            lowest_m = arrays["lowest_m"]
    except (BadZipFile, KeyError, ValueError, EOFError) as error:
        raise BadFile(path, "holds no placed sensors") from error
    if facts.get("format") != FORMAT:
        raise BadFile(path, f"is not of format {FORMAT}")
    sights, start = [], 0
    for fact in facts["sights"]:
        rows, cols = fact["shape"]
        x_m, y_m, above_m, reach_m, azimuth_rad, sector_rad = fact["eye"]
        west_m, north_m, cell_m, phase_s = fact["frame"]
        sights.append(
            Sight(
                name=fact["name"],
                kind=kind_named(fact["kind"]),
                eye=Eye(
                    x_m=x_m,
                    y_m=y_m,
                    above_m=above_m,
                    reach_m=reach_m,
                    azimuth_rad=azimuth_rad,
                    sector_rad=sector_rad,
                ),
                lowest_m=lowest_m[start : start + rows * cols].reshape(rows, cols),
                west_m=west_m,
                north_m=north_m,
                cell_m=cell_m,
                phase_s=phase_s,
            )
        )
        start += rows * cols
    return tuple(sights)
