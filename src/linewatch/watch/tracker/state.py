"""Making, growing and freezing the arrays of the filter."""

import io
from typing import Final

import numpy as np

from linewatch.watch.tracker.arrays import Picture, State, Work

PER_TRACK: Final = (
    "mean", "cov", "prob", "exist", "time_s", "best", "spread", "first_s", "last_s",
    "track_id", "shown", "made_by", "cell", "after", "before", "free",
)  # fmt: skip


def new_state(
    *,
    models: int,
    sensors: int,
    cells: int,
    kept: int,
    unseen: float,
    start_s: float,
    second: int,
) -> State:
    """Return a state without tracks, with room for 256."""
    n = 256
    return State(
        mean=np.zeros((n, models, 4)),
        cov=np.zeros((n, models, 10)),
        prob=np.zeros((n, models)),
        exist=np.zeros(n),
        time_s=np.zeros(n),
        best=np.zeros((n, 4)),
        spread=np.zeros((n, 3)),
        first_s=np.zeros(n),
        last_s=np.zeros(n),
        track_id=np.full(n, -1, np.int64),
        shown=np.zeros(n, np.uint8),
        made_by=np.full((n, kept), -1, np.int64),
        cell=np.full(n, -1, np.int64),
        after=np.full(n, -1, np.int64),
        before=np.full(n, -1, np.int64),
        free=np.zeros(n, np.int64),
        head=np.full(cells, -1, np.int64),
        unseen=np.full(sensors, unseen),
        unseen_s=np.full(sensors, start_s),
        count=np.array([0, 0, 1, second], np.int64),
    )


def grown_state(state: State, least: int) -> State:
    """Return the state with room for `least` slots or twice what it had."""
    old = state.exist.size
    more = max(least, 2 * old) - old
    wider = {}
    for name in PER_TRACK:
        had = getattr(state, name)
        fill = -1 if name in ("track_id", "made_by", "cell", "after", "before") else 0
        new = np.full((more, *had.shape[1:]), fill, had.dtype)
        wider[name] = np.concatenate([had, new])
    return state._replace(**wider)


def new_work(*, tracks: int, pairs: int, detections: int, models: int) -> Work:
    """Return scratch for scans of so many tracks, pairs and detections."""
    return Work(
        local=np.zeros(tracks, np.int64),
        miss=np.zeros(tracks),
        seen=np.zeros(tracks),
        row=np.zeros(tracks + 1, np.int64),
        edge=np.zeros(pairs, np.int64),
        ratio=np.zeros(pairs),
        to_det=np.zeros(pairs),
        to_track=np.zeros(pairs),
        like=np.zeros((pairs, models)),
        total=np.zeros(pairs),
        off=np.zeros((pairs, 2)),
        taken=np.zeros(detections),
        zx=np.zeros(detections),
        zy=np.zeros(detections),
        top=np.zeros(detections, np.int64),
        top_w=np.zeros(detections),
        mean=np.zeros((models, 4)),
        cov=np.zeros((models, 10)),
        prob=np.zeros(models),
        part=np.zeros((models, models)),
        weight=np.zeros(pairs),
    )


def new_picture(rows: int) -> Picture:
    """Return room for `rows` rows of the picture."""
    return Picture(
        time_s=np.zeros(rows),
        track_id=np.zeros(rows, np.int64),
        state=np.zeros((rows, 4)),
        exist=np.zeros(rows),
    )


def frozen(state: State, **extra: np.ndarray) -> bytes:
    """Return the state and `extra` as bytes that `thawed` reads back to the bit."""
    file = io.BytesIO()
    np.savez(file, **state._asdict(), **extra)  # type: ignore[arg-type]
    return file.getvalue()


def thawed(blob: bytes) -> tuple[State, dict[str, np.ndarray]]:
    """Return the state and the extra arrays that `frozen` wrote."""
    with np.load(io.BytesIO(blob), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    state = State(**{name: arrays.pop(name) for name in State._fields})
    return state, arrays
