"""A mission log read through: who watched, what was told, to whom, what was planned."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from linewatch.log import Entry
from linewatch.watch.availability import Availability
from linewatch.watch.values import Alert, Handover, Health, Node, Status, Target

Body = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A proposal as the log keeps it, with its decision when one was recorded.

    Parameters
    ----------
    proposal_id, kind : str
        Which proposal, and whether it is to deploy, to site or to work.
    made_s : float
        When it was recorded [s].
    low, best, high : float or None
        Its cost [currency of the plan]; None where none was told.
    scope : str
        What the cost covers.
    answer, office, caveat : str
        The decision: what, by which office, with what caveat; empty while undecided.
    """

    proposal_id: str
    kind: str
    made_s: float
    low: float | None
    best: float | None
    high: float | None
    scope: str
    answer: str = ""
    office: str = ""
    caveat: str = ""


@dataclass(slots=True)
class Reading:
    """What the entries read so far come to; an entry of another kind moves time alone.

    It can be read on as the log grows.
    """

    start_s: float | None = None
    time_s: float = 0.0
    scenario: str = ""
    ended: bool = False
    detections: int = 0
    refused: int = 0
    availability: Availability = field(default_factory=Availability)
    tracks: dict[int, Body] = field(default_factory=dict)
    track_ids: set[int] = field(default_factory=set)
    stitches: list[tuple[int, int, float]] = field(default_factory=list)
    alerts: dict[str, Alert] = field(default_factory=dict)
    handovers: dict[str, Handover] = field(default_factory=dict)
    acknowledged: dict[str, tuple[float, str]] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)

    def take(self, entry: Entry) -> None:
        """Take one entry in, in the order of the log."""
        if self.start_s is None:
            self.start_s = entry.time_s
        self.time_s = max(self.time_s, entry.time_s)
        if entry.kind in {"stop", "tick"}:  # an office may acknowledge after the stop
            self.ended = entry.kind == "stop"
        taker = TAKERS.get(entry.kind)
        if taker is not None:
            taker(self, entry.time_s, entry.body)

    def settle(self) -> None:
        """Find the nodes that have fallen silent by the time of the last entry."""
        self.availability.advance(self.time_s)

    def health(self) -> dict[str, str]:
        """Return the health of each node by its name."""
        nodes = self.availability.nodes()
        return {node.name: self.availability.health(node.node_id) for node in nodes}


def _start(reading: Reading, _: float, body: Body) -> None:
    reading.scenario = str(body.get("scenario", reading.scenario))
    if "start_s" in body:  # plans and decisions stand in the log before it
        reading.start_s = number(body["start_s"])


def _node(reading: Reading, time_s: float, body: Body) -> None:
    node = Node(
        node_id=str(body["node_id"]),
        name=str(body["name"]),
        kind=str(body["kind"]),
        lon_deg=number(body["lon_deg"]),
        lat_deg=number(body["lat_deg"]),
        status_interval_s=number(body.get("status_interval_s", 0.0)),
    )
    reading.availability.register(time_s, node)


def _status(reading: Reading, time_s: float, body: Body) -> None:
    status = Status(
        time_s=time_s,
        node_id=str(body["node_id"]),
        health=Health(str(body["health"])),
        detecting=bool(body.get("detecting", True)),
    )
    reading.availability.advance(time_s)
    reading.availability.report(status)


def _detection(reading: Reading, time_s: float, body: Body) -> None:
    reading.detections += 1
    reading.availability.hear(time_s, str(body["node_id"]))


def _refusal(reading: Reading, _: float, body: Body) -> None:
    reading.refused += int(number(body.get("messages", 1)))


def _track(reading: Reading, _: float, body: Body) -> None:
    track_id = int(number(body["track_id"]))
    reading.track_ids.add(track_id)
    if body.get("ended"):
        reading.tracks.pop(track_id, None)
    else:
        reading.tracks[track_id] = body


def _stitch(reading: Reading, _: float, body: Body) -> None:
    earlier, later = (int(number(body[name])) for name in ("earlier", "later"))
    reading.stitches.append((earlier, later, number(body["chance"])))


def _alert(reading: Reading, time_s: float, body: Body) -> None:
    track, node = body.get("track_id"), body.get("node_id")
    alert = Alert(
        alert_id=str(body["alert_id"]),
        time_s=time_s,
        kind=str(body["kind"]),
        track_id=None if track is None else int(number(track)),
        node_id=None if node is None else str(node),
        chainage_m=number(body["chainage_m"]),
        offset_m=number(body["offset_m"]),
        lon_deg=number(body["lon_deg"]),
        lat_deg=number(body["lat_deg"]),
        target=Target(str(body["target"])),
        count_low=int(number(body["count_low"])),
        count_high=int(number(body["count_high"])),
        priority=int(number(body["priority"])),
    )
    reading.alerts[alert.alert_id] = alert
    if alert.track_id is not None:
        reading.track_ids.add(alert.track_id)


def _handover(reading: Reading, time_s: float, body: Body) -> None:
    alert_id = str(body["alert_id"])
    if alert_id not in reading.handovers:  # sent again, it is still the same one
        reading.handovers[alert_id] = Handover(
            handover_id=str(body["handover_id"]),
            alert_id=alert_id,
            time_s=time_s,
            authority=str(body["authority"]),
        )


def _receipt(reading: Reading, time_s: float, body: Body) -> None:
    alert_id = str(body["alert_id"])
    handover = reading.handovers.get(alert_id)
    if (
        handover is None
        or handover.receipt_s is not None
        or not body.get("accepted", True)
    ):
        return
    reading.handovers[alert_id] = replace(
        handover, receipt_s=time_s, receipt_ref=str(body["receipt_ref"])
    )


def _acknowledgement(reading: Reading, time_s: float, body: Body) -> None:
    reading.acknowledged[str(body["alert_id"])] = (time_s, str(body["office"]))


def _proposal(reading: Reading, time_s: float, body: Body) -> None:
    def money(name: str) -> float | None:
        return number(body[name]) if name in body else None

    offer = Offer(
        proposal_id=str(body["proposal_id"]),
        kind=str(body["kind"]),
        made_s=time_s,
        low=money("low"),
        best=money("best"),
        high=money("high"),
        scope=str(body.get("scope", "")),
    )
    reading.offers[offer.proposal_id] = offer


def _decision(reading: Reading, _: float, body: Body) -> None:
    offer = reading.offers.get(str(body["proposal_id"]))
    if offer is not None:
        reading.offers[offer.proposal_id] = replace(
            offer,
            answer=str(body["answer"]),
            office=str(body["office"]),
            caveat=str(body.get("caveat", "")),
        )


def number(value: object) -> float:
    """Read a number that the log's schema has checked."""
    return float(value)  # type: ignore[arg-type]


TAKERS: Final[Mapping[str, Callable[[Reading, float, Body], None]]] = {
    "start": _start,
    "node": _node,
    "status": _status,
    "detection": _detection,
    "refusal": _refusal,
    "track": _track,
    "stitch": _stitch,
    "alert": _alert,
    "handover": _handover,
    "receipt": _receipt,
    "acknowledgement": _acknowledgement,
    "proposal": _proposal,
    "decision": _decision,
}
"""What each kind of entry does to a reading."""
