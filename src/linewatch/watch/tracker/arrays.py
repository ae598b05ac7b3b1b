"""The arrays that the compiled filter works on: a structure of arrays each."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Bytes = NDArray[np.uint8]


class State(NamedTuple):
    """Every track, one slot each, and what no sensor has seen yet."""

    mean: Floats  # (n, models, 4)
    cov: Floats  # (n, models, 10)
    prob: Floats  # (n, models)
    exist: Floats  # (n,)
    time_s: Floats  # (n,) of mean and cov
    best: Floats  # (n, 4) mean over the models
    spread: Floats  # (n, 3) covariance of the place over the models
    first_s: Floats  # (n,) of the first detection
    last_s: Floats  # (n,) of the last likely detection
    track_id: Longs  # (n,) -1 where the slot is free
    shown: Bytes  # (n,) 1 where confirmed
    made_by: Longs  # (n, kept) ids of the last detections, newest first, -1 none
    cell: Longs  # (n,) cell along x
    after: Longs  # (n,) next slot in the cell, -1 ends
    before: Longs  # (n,) slot before in the cell, -1 at its head
    free: Longs  # (n,) stack of free slots
    head: Longs  # (cells,) first slot of each cell, -1 where empty
    unseen: Floats  # (sensors,) undetected targets per square metre
    unseen_s: Floats  # (sensors,) time of `unseen`
    count: Longs  # (4,) slots used, free slots, next track id, picture second


class Models(NamedTuple):
    """The bank of motion models, and the figures of the filter."""

    kind: Longs  # (models,) 0 straight, 1 standing, 2 turning
    noise: Floats  # (models,) white acceleration [m2/s3], standing: walk [m2/s]
    turn: Floats  # (models,) [rad/s]
    speed: Floats  # (models,) one sigma of a new velocity's part [m/s]
    prior: Floats  # (models,) chance at birth
    leave: Floats  # (models,) rate of leaving [1/s]
    split: Floats  # (models, models) where it goes
    life_s: float
    gone_s: float
    birth: float
    unseen: float
    gate: float
    keep: float
    confirm: float
    hide: float
    blur_m: float
    sharp: float
    merge: float


class Sensors(NamedTuple):
    """Every sensor, and the maps of the chance that it detects."""

    x: Floats
    y: Floats
    sigma_range: Floats
    sigma_azimuth: Floats
    chance: Floats
    clutter: Floats  # false detections per square metre and scan
    reach: Floats
    kind: Longs  # 0 polar, 1 bearing only, 2 place
    middle: Floats  # azimuth in the middle of its sector
    half: Floats  # half the sector's width, pi for all round
    order: Longs  # sensors by x
    x_sorted: Floats
    longest: float
    west: float  # of cell 0
    cell: float  # width of the cells along x
    map_at: Longs  # (sensors, 3): offset in `map_chance`, rows, columns; -1 without
    map_edge: Floats  # (sensors, 3): west, south, cell
    map_chance: Bytes  # chance times 255, rows from the south


class Scans(NamedTuple):
    """Scans in order of time and sensor, and their detections."""

    time_s: Floats
    sensor: Longs
    start: Longs  # (scans + 1,) into the detections
    counts: Bytes  # 1 where a miss is evidence
    a: Floats  # range, or x
    b: Floats  # azimuth, or y
    noise: Floats  # (detections, 3) xx, xy, yy of a place
    ident: Longs


class Work(NamedTuple):
    """Scratch of one scan."""

    local: Longs  # (t,) slots in reach
    miss: Floats  # (t,) 1 - r pd
    seen: Floats  # (t,) r pd
    row: Longs  # (t + 1,) edges of each track
    edge: Longs  # (e,) detection of each edge
    ratio: Floats  # (e,) weight against a miss
    to_det: Floats  # (e,)
    to_track: Floats  # (e,)
    like: Floats  # (e, models)
    total: Floats  # (e,)
    off: Floats  # (e, 2) innovation from the mean over models
    taken: Floats  # (d,)
    zx: Floats
    zy: Floats
    top: Longs  # (d,) likeliest track of each detection
    top_w: Floats
    mean: Floats  # (models, 4)
    cov: Floats  # (models, 10)
    prob: Floats  # (models,)
    part: Floats  # (models, models)
    weight: Floats  # (e,)


class Picture(NamedTuple):
    """Rows of the picture, one per confirmed track and second."""

    time_s: Floats
    track_id: Longs
    state: Floats  # (rows, 4)
    exist: Floats
