"""What the watch hears and tells, as entries of the log and back."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Final, TypeVar

import numpy as np

from linewatch.log import Entry
from linewatch.watch.alert import Sighted
from linewatch.watch.engine import Engine
from linewatch.watch.live import Heard, Receipt
from linewatch.watch.values import (
    Alert,
    Detection,
    Handover,
    Health,
    Node,
    Status,
    Target,
)

T = TypeVar("T")

NewEntry = tuple[float, str, Mapping[str, object]]
"""Time of the event [s], kind, fields: what `MissionLog.append` takes."""

_KINDS: Final[Mapping[type, str]] = {
    Node: "node",
    Status: "status",
    Detection: "detection",
    Receipt: "receipt",
    Alert: "alert",
    Handover: "handover",
}


def to_entry(value: Heard | Alert | Handover, *, at_s: float | None = None) -> NewEntry:
    """Write a value as an entry; `at_s` is the time of one that has none of its own."""
    body = asdict(value)
    time_s = body.pop("time_s", at_s)
    if isinstance(value, Handover):
        body = {k: v for k, v in body.items() if not k.startswith("receipt_")}
    if isinstance(value, Receipt):
        body["receipt_ref"] = body.pop("reference")
    return float(time_s), _KINDS[type(value)], body


def track_entries(seen: Sighted) -> list[NewEntry]:
    """Write every confirmed track of an instant as entries."""
    columns = zip(*(getattr(seen, name).tolist() for name in _TRACK), strict=True)
    return [
        (
            seen.time_s,
            "track",
            {**dict(zip(_TRACK, row, strict=True)), "target": str(seen.target(at))},
        )
        for at, row in enumerate(columns)
    ]


_TRACK: Final = (
    *("track_id", "chainage_m", "offset_m", "lon_deg", "lat_deg", "x_m", "y_m"),
    *("vx_mps", "vy_mps", "existence", "first_seen_s", "last_seen_s"),
    *("count_low", "count_high"),
)
"""Columns of `Sighted` that the log keeps of a track."""


def bias_entries(engine: Engine) -> list[NewEntry]:
    """Write the registration biases that can be told, as facts about the posts."""
    bias = engine.bias()
    return [
        (
            engine.tracker.done_s,
            "bias",
            {
                "site": engine.posts[row].site.name,
                **{name: float(getattr(bias, name)[row]) for name in _BIAS},
                "triples": int(bias.triples[row]),
                "applied": engine.correct_bias,
            },
        )
        for row in np.flatnonzero(bias.told).tolist()
    ]


_BIAS: Final = ("range_m", "azimuth_rad", "sigma_range_m", "sigma_azimuth_rad")
"""Columns of `Bias` that the log keeps."""


def stitch_entries(engine: Engine, since: int) -> list[NewEntry]:
    """Write which tracks were found to continue earlier ones, after the first `since`.

    Each has the time at which it was found; ids of tracks stay as they are.
    """
    return [
        (time_s, "stitch", asdict(stitch))
        for time_s, stitch in engine.follower.stitches_since(since)
    ]


def heard_in(entry: Entry) -> Heard | None:
    """Read what the watch heard from an entry; None if it is of another kind."""
    read = _READERS.get(entry.kind)
    return None if read is None else read(entry)


def _made(kind: Callable[..., T], body: Mapping[str, object], **more: float) -> T:
    """Make a value from an entry's fields; a field that is not there is None."""
    names = {each.name for each in fields(kind)}  # type: ignore[arg-type]
    optional = dict.fromkeys(names & _OPTIONAL)
    known = {name: value for name, value in body.items() if name in names}
    return kind(**{**optional, **known, **more})


_OPTIONAL: Final = frozenset(
    {
        *("range_m", "azimuth_rad", "lon_deg", "lat_deg", "sigma_range_m"),
        *("sigma_azimuth_rad", "range_rate_mps", "like"),
    }
)
"""Fields that the log leaves out when they are None."""


def _detection(entry: Entry) -> Detection:
    body = {**entry.body, "target": Target(str(entry.body["target"]))}
    return _made(Detection, body, time_s=entry.time_s)


def _status(entry: Entry) -> Status:
    body = {**entry.body, "health": Health(str(entry.body["health"]))}
    return _made(Status, body, time_s=entry.time_s)


def _receipt(entry: Entry) -> Receipt:
    body = entry.body
    return Receipt(
        time_s=entry.time_s,
        alert_id=str(body["alert_id"]),
        reference=str(body["receipt_ref"]),
        accepted=bool(body.get("accepted", True)),
    )


_READERS: Final[Mapping[str, Callable[[Entry], Heard]]] = {
    "node": lambda entry: _made(Node, entry.body),
    "status": _status,
    "detection": _detection,
    "receipt": _receipt,
}
