"""Making, growing and freezing the arrays of the filter."""

import io
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from linewatch.watch.tracker.arrays import (
    Bank,
    Hits,
    Mixture,
    Near,
    One,
    Pairs,
    Picture,
    State,
    Trace,
    Work,
)
from linewatch.watch.tracker.trail import FIGURES, NAMES

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

SLOTS: Final = 256
"""Slots that a new state has."""

TRAIL_LEAST: Final = 0.01
"""Smallest share of a scan's detections that is worth a row of the trail [-]."""

NOT_PER_TRACK: Final = ("now", "head", "unseen", "unseen_s", "count")


def _mixture(n: int, models: int) -> Mixture:
    """Return room for `n` tracks."""
    return Mixture(
        mean=np.zeros((n, models, 4)),
        cov=np.zeros((n, models, 10)),
        prob=np.zeros((n, models)),
        best=np.zeros((n, 4)),
        spread=np.zeros((n, 3)),
    )


def new_state(
    *, models: int, cells: int, kept: int, unseen: NDArray[np.float64], start_s: float
) -> State:
    """Return a state without tracks; `unseen` is per sensor."""
    n = SLOTS
    return State(
        now=_mixture(n, models),
        exist=np.zeros(n),
        time_s=np.zeros(n),
        first_s=np.zeros(n),
        last_s=np.zeros(n),
        track_id=np.full(n, -1, np.int64),
        shown=np.zeros(n, np.uint8),
        fresh=np.zeros(n, np.uint8),
        eye=np.full(n, -1, np.int64),
        made_by=np.full((n, kept), -1, np.int64),
        cell=np.full(n, -1, np.int64),
        after=np.full(n, -1, np.int64),
        before=np.full(n, -1, np.int64),
        free=np.zeros(n, np.int64),
        head=np.full(cells, -1, np.int64),
        unseen=unseen,
        unseen_s=np.full(len(unseen), start_s),
        count=np.array([0, 0, 1, 0], np.int64),
    )


def grown_state(state: State, least: int) -> State:
    """Return the state with room for `least` slots or twice what it had."""
    more = max(least, 2 * state.exist.size) - state.exist.size

    def longer(name: str, had: NDArray[Any]) -> NDArray[Any]:
        fill = -1 if name in ("track_id", "made_by", "cell", "after", "before") else 0
        return np.concatenate([had, np.full((more, *had.shape[1:]), fill, had.dtype)])

    now = Mixture(*(longer(name, part) for name, part in state.now._asdict().items()))
    wider = {
        name: longer(name, part)
        for name, part in state._asdict().items()
        if name not in NOT_PER_TRACK
    }
    return state._replace(now=now, **wider)


def new_work(*, tracks: int, pairs: int, detections: int, models: int) -> Work:
    """Return scratch for scans of so many tracks, pairs and detections."""
    return Work(
        near=Near(
            local=np.zeros(tracks, np.int64),
            busy=np.zeros(tracks, np.int64),
            seen=np.zeros(tracks),
            miss=np.zeros(tracks),
            pd=np.zeros(tracks),
            lit=np.zeros(tracks),
            face=np.zeros((tracks, models)),
            none=np.zeros(tracks),
            noise=np.zeros((tracks, 3)),
            range=np.zeros(tracks),
            room=np.zeros(tracks),
            row=np.zeros(tracks + 1, np.int64),
            root=np.zeros(tracks, np.int64),
            after=np.zeros(tracks, np.int64),
            tail=np.zeros(tracks, np.int64),
        ),
        pairs=Pairs(
            edge=np.zeros(pairs, np.int64),
            off=np.zeros((pairs, 2)),
            like=np.zeros((pairs, models)),
            slide=np.zeros((pairs, models)),
            total=np.zeros(pairs),
            ratio=np.zeros(pairs),
            to_det=np.zeros(pairs),
            to_track=np.zeros(pairs),
            weight=np.zeros(pairs),
        ),
        hits=Hits(
            x=np.zeros(detections),
            y=np.zeros(detections),
            clutter=np.zeros(detections),
            taken=np.zeros(detections),
            many=np.zeros(detections, np.int64),
            first=np.zeros(detections, np.int64),
            top=np.zeros(detections, np.int64),
            top_w=np.zeros(detections),
        ),
        one=One(
            mean=np.zeros((models, 4)),
            cov=np.zeros((models, 10)),
            prob=np.zeros(models),
            part=np.zeros((models, models)),
            live=np.zeros(models, np.int64),
        ),
    )


def new_picture(rows: int) -> Picture:
    """Return room for `rows` rows of the picture."""
    return Picture(
        time_s=np.zeros(rows),
        track_id=np.zeros(rows, np.int64),
        state=np.zeros((rows, 4)),
        exist=np.zeros(rows),
    )


def laid_out(
    state: State, bank: Bank, at: Longs, now_s: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return mean, covariance, chance and age [s] of the models of the tracks `at`.

    A track of one detection has its models laid out here; the kernels do that when
    there is something to choose between them.
    """
    mean, cov, prob = state.now.mean[at], state.now.cov[at], state.now.prob[at]
    fresh = state.fresh[at] == 1
    mean[fresh] = state.now.best[at][fresh][:, None, :]
    mean[fresh, :, 2:] = 0.0
    noise = cov[fresh, 0, :3]
    cov[fresh] = 0.0
    cov[fresh, :, :3] = noise[:, None, :]
    speed2 = np.where(bank.kind == 1, 0.0, bank.speed**2)
    cov[fresh, :, 7] = cov[fresh, :, 9] = speed2
    prob[fresh] = bank.prior
    return mean, cov, prob, now_s - np.where(fresh, state.first_s[at], state.time_s[at])


def new_trace(rows: int) -> Trace:
    """Return room for `rows` rows of the trail; none means that there is no trail."""
    return Trace(
        figures=np.zeros((rows, FIGURES)),
        names=np.zeros((rows, NAMES), np.int64),
        used=np.zeros(1, np.int64),
        least=TRAIL_LEAST,
    )


def frozen(state: State, extra: dict[str, NDArray[Any]]) -> bytes:
    """Return the state and `extra` as bytes that `thawed` reads back to the bit."""
    flat = {**state._asdict(), **state.now._asdict(), **extra}
    del flat["now"]
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **flat)
    return file.getvalue()


def thawed(blob: bytes) -> tuple[State, dict[str, NDArray[Any]]]:
    """Return the state and the extra arrays that `frozen` wrote."""
    with np.load(io.BytesIO(blob), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    now = Mixture(*(arrays.pop(name) for name in Mixture._fields))
    rest = (name for name in State._fields if name != "now")
    return State(now=now, **{name: arrays.pop(name) for name in rest}), arrays
