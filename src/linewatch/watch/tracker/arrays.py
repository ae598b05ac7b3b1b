"""The arrays that the compiled filter works on: a structure of arrays each."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Bytes = NDArray[np.uint8]


class Mixture(NamedTuple):
    """What each track is under every model, and over all of them."""

    mean: Floats  # (n, models, 4)
    cov: Floats  # (n, models, 10)
    prob: Floats  # (n, models)
    best: Floats  # (n, 4) mean over the models
    spread: Floats  # (n, 3) covariance of the place over the models


class State(NamedTuple):
    """Every track, one slot each, and what no sensor has seen yet."""

    now: Mixture
    exist: Floats  # (n,)
    time_s: Floats  # (n,) of `now`
    first_s: Floats  # (n,) of the first detection
    last_s: Floats  # (n,) of the last likely detection
    track_id: Longs  # (n,) -1 where the slot is free
    shown: Bytes  # (n,) 1 where confirmed
    # (n,) 1 until a second detection is near: the models are as at birth, at `first_s`,
    # with the noise of the first detection in the covariance of the first model
    fresh: Bytes
    eye: Longs  # (n,) a sensor that reached it
    made_by: Longs  # (n, kept) ids of the last detections, newest first, -1 none
    cell: Longs  # (n,) cell along x
    after: Longs  # (n,) next slot in the cell, -1 ends
    before: Longs  # (n,) slot before in the cell, -1 at its head
    free: Longs  # (n,) stack of free slots
    head: Longs  # (cells,) first slot of each cell, -1 where empty
    unseen: Floats  # (sensors,) undetected targets per square metre
    unseen_s: Floats  # (sensors,) time of `unseen`
    # (4,): slots used, free slots, next track id, next picture
    # The name hides `tuple.count`, which nothing asks of a state.
    count: Longs  # type: ignore[assignment]


class Bank(NamedTuple):
    """The motion models, arrays of shape (models,)."""

    kind: Longs  # 0 straight, 1 standing, 2 turning
    noise: Floats  # white acceleration [m2/s3], standing: walk [m2/s]
    turn: Floats  # [rad/s]
    speed: Floats  # one sigma of a new velocity's part [m/s]
    prior: Floats  # chance at birth
    leave: Floats  # rate of leaving [1/s]
    split: Floats  # (models, models) where it goes


class Rule(NamedTuple):
    """The figures of the filter; `TrackerSettings` tells them."""

    life_s: float
    gone_s: float
    birth: float  # new targets per square metre and second
    unseen: float  # undetected targets per square metre, at most
    gate: float
    keep: float
    confirm: float
    hide: float
    forget: float
    blur_m: float
    merge: float
    close: float
    every_s: float


class Eyes(NamedTuple):
    """Every sensor, arrays of shape (sensors,) or more.

    `x`, `y`, `reach`, `middle` and `half` go on with the discs that a long line is
    made of; `order` names sensors that are one disc, and these.
    """

    x: Floats
    y: Floats
    reach: Floats
    middle: Floats  # azimuth in the middle of its sector
    half: Floats  # half the sector's width, pi for all round
    sigma_range: Floats
    sigma_azimuth: Floats
    chance: Floats
    clutter: Floats  # false detections per square metre and scan
    slow: Floats  # radial speed below which it sees nothing [m/s]
    sigma_rate: Floats  # of a range rate [m/s], 0 where it tells none
    span_rate: Floats  # width of the range rates that clutter has [m/s]
    strip2: Floats  # variance across a fibre's strip [m2], 0 for others
    kind: Longs  # 0 polar, 1 bearing only, 2 place
    order: Longs  # sensors by x
    x_sorted: Floats
    longest: float  # reach
    west: float  # edge of cell 0
    cell: float  # width of the cells along x


class Maps(NamedTuple):
    """Maps of the chance that a sensor detects."""

    at: Longs  # (sensors, 3): offset in `chance`, rows, columns; -1 without
    edge: Floats  # (sensors, 3): west, south, cell
    chance: Bytes  # chance times 255, rows from the south


class Fog(NamedTuple):
    """Maps of the density of false detections."""

    at: Longs  # (sensors, 3): offset in `density`, rows, columns; -1 without
    edge: Floats  # (sensors, 3): west, south, cell
    density: Floats  # per square metre and scan, rows from the south


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
    rate: Floats  # range rate, NaN where none is told; no figures where no sensor does


class Near(NamedTuple):
    """Scratch of one scan, arrays of shape (t,): the tracks in reach."""

    local: Longs  # slots
    busy: Longs  # slots, or rows of `local`, that the step at hand is about
    seen: Floats  # chance to exist and be detected
    miss: Floats  # chance to leave no detection
    pd: Floats  # chance to be detected if it exists
    lit: Floats  # the same if it moved fast enough to be seen, 0 if a miss is no sign
    face: Floats  # (t, models) chance to move fast enough
    none: Floats  # chance that it exists and was missed
    noise: Floats  # (t, 3) of a detection there
    range: Floats  # from the sensor
    room: Floats  # half width of the gate in range
    row: Longs  # (t + 1,) first pair of each track
    root: Longs  # first track of its cluster
    after: Longs  # next track of its cluster, -1 ends
    tail: Longs  # last track of the cluster that it begins


class Pairs(NamedTuple):
    """Scratch of one scan, arrays of shape (e,): pairs of a track and a detection."""

    edge: Longs  # detection
    off: Floats  # (e, 2) innovation from the mean over models
    like: Floats  # (e, models)
    slide: Floats  # (e, models) rate beyond what was expected
    total: Floats  # likelihood over the models
    ratio: Floats  # weight against a miss
    to_det: Floats  # messages
    to_track: Floats
    weight: Floats  # share of the track's update


class Hits(NamedTuple):
    """Scratch of one scan, arrays of shape (d,): its detections."""

    x: Floats
    y: Floats
    clutter: Floats  # density of what else may have made it
    taken: Floats  # clutter and messages
    many: Longs  # pairs
    first: Longs  # a track that wants it
    top: Longs  # likeliest track
    top_w: Floats


class One(NamedTuple):
    """Scratch of one track."""

    mean: Floats  # (models, 4)
    cov: Floats  # (models, 10)
    prob: Floats  # (models,)
    part: Floats  # (models, models) chance handed, to and from
    live: Longs  # (models,)


class Work(NamedTuple):
    """Scratch of one scan."""

    near: Near
    pairs: Pairs
    hits: Hits
    one: One


class Picture(NamedTuple):
    """Rows of the picture, one per confirmed track and second."""

    time_s: Floats
    track_id: Longs
    state: Floats  # (rows, 4)
    exist: Floats


class Trace(NamedTuple):
    """The record of what made each track; `Trail` tells its columns."""

    figures: Floats  # (rows, 16), without rows when there is no record
    names: Longs  # (rows, 6)
    used: Longs  # (1,) rows written
    least: float  # smallest share of detections worth a row


class Filter(NamedTuple):
    """All that the kernels work on."""

    state: State
    bank: Bank
    rule: Rule
    eyes: Eyes
    maps: Maps
    fog: Fog
    scans: Scans
    work: Work
    out: Picture
    trace: Trace
