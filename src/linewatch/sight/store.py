"""Keeping placed sensors on disk, so that a second run need not look again."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from linewatch.errors import BadFile, BadValue
from linewatch.scenario.whole import whole
from linewatch.sight.figures import kind_from, record_of
from linewatch.sight.placed import Sight
from linewatch.sight.viewshed import Eye

FORMAT = 2


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
    kinds, at = _kinds_of(sights)
    facts = [
        {
            "name": s.name,
            "kind": kind,
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
        for s, kind in zip(sights, at, strict=True)
    ]
    told = {"format": FORMAT, "kinds": kinds, "sights": facts}
    grids = [s.lowest_m.reshape(-1) for s in sights] or [np.empty(0, np.float32)]
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as file:
        np.savez(
            file,
            facts=np.array(json.dumps(told)),
            lowest_m=np.concatenate(grids).astype(np.float32, copy=False),
        )


def _kinds_of(
    sights: Sequence[Sight],
) -> tuple[list[dict[str, object]], list[int]]:
    """Return every kind once, with all its figures, and the place of each sensor's."""
    kinds: list[dict[str, object]] = []
    at = []
    for sight in sights:
        figures = record_of(sight.kind)
        told: dict[str, object] = {"name": sight.kind.name, "figures": figures}
        if told not in kinds:
            kinds.append(told)
        at.append(kinds.index(told))
    return kinds, at


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
    try:
        kinds = [kind_from(str(k["name"]), k["figures"]) for k in facts["kinds"]]
    except (BadValue, KeyError, TypeError, AttributeError) as error:
        raise BadFile(path, f"holds no kind of sensor: {error}") from error
    sights, start = [], 0
    for fact in facts["sights"]:
        rows, cols = fact["shape"]
        x_m, y_m, above_m, reach_m, azimuth_rad, sector_rad = fact["eye"]
        west_m, north_m, cell_m, phase_s = fact["frame"]
        sights.append(
            Sight(
                name=fact["name"],
                kind=kinds[fact["kind"]],
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
