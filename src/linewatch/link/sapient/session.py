"""One connection of a node to the fusion node: bytes in, events and replies out.

No socket and no clock is in here. What is taken in which state is in one table,
`FusionSession.TAKEN`.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final

from google.protobuf.message import DecodeError

from linewatch.errors import BadValue
from linewatch.link.sapient import pb, reading, writing
from linewatch.link.sapient.codec import Frames, frame
from linewatch.link.sapient.events import (
    Complaint,
    Event,
    Left,
    Parting,
    Receipt,
    Refusal,
    Skew,
)
from linewatch.link.sapient.ids import is_uuid
from linewatch.link.sapient.kinds import effector_in
from linewatch.link.sapient.place import Dialect, Place, place_of
from linewatch.link.sapient.settings import ServerSettings
from linewatch.link.sapient.validate import faults_of
from linewatch.watch.values import Alert, Health, Node, Status

NO_EFFECTORS: Final = "effector nodes are not accepted by this fusion node"

_LAST_SECOND: Final = 253_402_300_799
"""The end of the year 9999 [s], the last that a protobuf timestamp may hold."""


class State(StrEnum):
    """How far a connection has come."""

    NEW = "new"
    REGISTERED = "registered"
    REPORTING = "reporting"
    GONE = "gone"


class _Fault(Exception):
    """A message that its state or content forbids; told to its sender."""


class _Declined(_Fault):
    """A registration that was answered already: no Error follows."""


_Taker = Callable[["FusionSession", pb.SapientMessage, list[Event]], None]
"""Takes a message that its schema allows, and adds what it tells to the events."""


class FusionSession:
    """The fusion node's end of one connection.

    Parameters
    ----------
    settings : ServerSettings, optional
        Our id and the limits.
    alerts : dict, optional
        Alerts sent so far, ours by their ULID; share one among the sessions of a
        server, so that a receipt may come over a later connection.
    """

    def __init__(
        self,
        settings: ServerSettings | None = None,
        *,
        alerts: dict[str, str] | None = None,
    ) -> None:
        self.settings = settings or ServerSettings()
        self.node_id = self.settings.node_id
        self.state = State.NEW
        self.peer_id: str | None = None
        """Node that this connection belongs to, once it registered."""
        self.taken: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        """Messages by the node that they name; "" for those that name none."""
        self.dropped: Counter[str] = Counter()
        """Fields left behind, by name."""
        self._alerts = {} if alerts is None else alerts
        self._frames = Frames(self.settings.largest_frame)
        self._out: list[bytes] = []
        self._time_s = 0.0
        self._registration: pb.SapientMessage | None = None
        self._dialect = Dialect()
        self._place: Place | None = None
        self._node: Node | None = None
        self._status: Status | None = None
        self._is_skewed = False

    @property
    def broken(self) -> bool:
        """Whether the stream cannot be followed: send the outbox and close."""
        return self._frames.fault is not None

    def receive(self, chunk: bytes, *, now_s: float | None = None) -> list[Event]:
        """Take bytes from the node and return what they tell, in order.

        Parameters
        ----------
        chunk : bytes
            Any piece of the stream.
        now_s : float, optional
            Time now [s], against which the node's clock is compared.
        """
        events: list[Event] = []
        was_broken = self.broken
        for packet in self._frames.feed(chunk):
            self._take(packet, now_s, events)
        fault = self._frames.fault
        if fault is not None and not was_broken:
            self._refuse("", b"", [fault], events)
        return events

    def outbox(self) -> bytes:
        """Return the replies that wait to be sent, once."""
        out = b"".join(self._out)
        self._out.clear()
        return out

    def alert(self, alert: Alert) -> bytes:
        """Return an alert addressed to the node of this connection.

        Raises
        ------
        BadValue
            If no node has registered.
        """
        if self.peer_id is None:
            raise BadValue(
                "connection", "registered before an alert is sent", self.state
            )
        message = writing.alert_message(self.node_id, self.peer_id, alert)
        self._alerts[message.alert.alert_id] = alert.alert_id
        return frame(message.SerializeToString())

    def end(self, parting: Parting = Parting.CLOSED) -> list[Event]:
        """Tell that the connection is over; nothing when the node said goodbye."""
        was_here = self.peer_id is not None and self.state is not State.GONE
        self.state = State.GONE
        if self.peer_id is None or not was_here:
            return []
        return [Left(node_id=self.peer_id, parting=parting)]

    def _take(self, packet: bytes, now_s: float | None, events: list[Event]) -> None:
        """Check one message and hand it to what its state says."""
        try:
            message = pb.SapientMessage.FromString(packet)
        except DecodeError:
            self._refuse("", packet, ["the packet is no SapientMessage"], events)
            return
        faults = faults_of(message)
        content = message.WhichOneof("content")
        if not faults and not _is_instant(message.timestamp):
            faults = ["timestamp is no instant of UTC"]
        if faults:
            self._refuse(message.node_id, packet, faults, events, content or "")
            return
        self._time_s = reading.time_of(message) if now_s is None else now_s
        try:
            self._check_owner(message, content)
            self._taker(message.node_id, content)(self, message, events)
        except _Declined as error:
            self._count_refusal(message.node_id, [str(error)], events, content)
            return
        except (BadValue, _Fault) as error:
            self._refuse(message.node_id, packet, [str(error)], events, content)
            return
        self.taken[message.node_id] += 1
        if now_s is not None:
            self._compare_clocks(message, now_s, events)

    def _taker(self, node_id: str, content: str) -> _Taker:
        taker = self.TAKEN[self.state].get(content)
        if taker is None:
            raise _Fault(_why_not(self.state, content, node_id))
        return taker

    def _check_owner(self, message: pb.SapientMessage, content: str) -> None:
        """Hold a connection to the one node that registered on it."""
        if self.peer_id is None or message.node_id == self.peer_id:
            return
        why = f"this connection belongs to node {self.peer_id}"
        if content == "registration":
            self._answer_registration(message.node_id, why)
            raise _Declined(why)
        raise _Fault(why)

    def _compare_clocks(
        self, message: pb.SapientMessage, now_s: float, events: list[Event]
    ) -> None:
        """Tell once when a node's clock goes wrong, and again after it was right."""
        skew_s = reading.time_of(message) - now_s
        is_skewed = abs(skew_s) > self.settings.largest_skew_s
        if is_skewed and not self._is_skewed:
            events.append(Skew(node_id=message.node_id, skew_s=skew_s))
        self._is_skewed = is_skewed

    def _register(self, message: pb.SapientMessage, events: list[Event]) -> None:
        """Accept a sensor that speaks this version; refuse whatever acts."""
        told = message.registration
        why = _why_unwelcome(told)
        if why:
            self._answer_registration(message.node_id, why)
            raise _Declined(why)
        self.peer_id = message.node_id
        self._registration = message
        self._dialect = reading.dialect_of(told)
        self._answer_registration(message.node_id)
        if self.state in {State.NEW, State.GONE}:
            self.state = State.REGISTERED
        self._tell_node(events)

    def _answer_registration(self, to: str, why: str = "") -> None:
        answer = writing.message(self.node_id, self._time_s, to)
        answer.registration_ack.acceptance = not why
        if why:
            answer.registration_ack.ack_response_reason.append(why)
        self._out.append(frame(answer.SerializeToString()))

    def _tell_node(self, events: list[Event]) -> None:
        """Tell of the node when it is new or changed, and its place is known."""
        if self._registration is None or self._place is None:
            return
        lon, lat = self._place.lon_deg, self._place.lat_deg
        node = reading.node_of(self._registration, lon_deg=lon, lat_deg=lat)
        if node != self._node:
            self._node = node
            events.append(node)

    def _report(self, message: pb.SapientMessage, events: list[Event]) -> None:
        """Take a status; an unchanged one repeats the last new one."""
        told = message.status_report
        if told.HasField("node_location"):
            self._place = place_of(told.node_location, self._dialect)
        if told.info == pb.StatusReport.INFO_NEW:
            status = reading.status_of(message)
        elif self._status is None:
            raise _Fault("an UNCHANGED status report came before any NEW one")
        else:
            status = replace(
                self._status,
                time_s=reading.time_of(message),
                health=reading.health_of(told),
            )
        self._status = status
        self.state = State.REPORTING
        self._tell_node(events)
        events.append(status)
        if status.health is Health.GOODBYE:
            events.append(Left(node_id=message.node_id, parting=Parting.GOODBYE))
            self.state, self._status, self._node = State.GONE, None, None

    def _detect(self, message: pb.SapientMessage, events: list[Event]) -> None:
        if self._node is None:
            raise _Fault(
                "the node's place is unknown: send a status with node_location"
            )
        events.append(reading.detection_of(message, self._dialect, self.dropped))

    def _take_receipt(self, message: pb.SapientMessage, events: list[Event]) -> None:
        told = message.alert_ack
        alert_id = self._alerts.get(told.alert_id)
        if alert_id is None:
            raise _Fault(f"no alert {told.alert_id} was sent")
        self.dropped["reason"] += len(told.reason)
        events.append(
            Receipt(
                time_s=reading.time_of(message),
                node_id=message.node_id,
                alert_id=alert_id,
                accepted=told.alert_ack_status == pb.AlertAck.ALERT_ACK_STATUS_ACCEPTED,
                reference=reading.token_of(message.additional_information),
            )
        )

    def _decline_alert(self, message: pb.SapientMessage, _: list[Event]) -> None:
        """Answer an alert of a node: alerts are made here, from tracks."""
        answer = writing.alert_answer(
            self.node_id,
            message,
            self._time_s,
            reason="this fusion node takes no alerts from nodes",
        )
        self._out.append(frame(answer.SerializeToString()))

    def _decline_task(self, message: pb.SapientMessage, _: list[Event]) -> None:
        """Answer a task: people decide who may order what, and not over this link."""
        answer = writing.message(self.node_id, self._time_s, message.node_id)
        answer.task_ack.task_id = message.task.task_id
        answer.task_ack.task_status = pb.TaskAck.TASK_STATUS_REJECTED
        answer.task_ack.reason.append("this fusion node takes no tasks")
        self._out.append(frame(answer.SerializeToString()))

    def _hear_error(self, message: pb.SapientMessage, events: list[Event]) -> None:
        faults = len(message.error.error_message)
        self.dropped["error_message"] += faults
        events.append(Complaint(node_id=message.node_id, faults=faults))

    def _refuse(
        self,
        node_id: str,
        packet: bytes,
        faults: list[str],
        events: list[Event],
        content: str = "",
    ) -> None:
        """Tell the sender every fault, and keep the link."""
        named = self._count_refusal(node_id, faults, events, content)
        if content == "error":
            return  # or two peers could answer each other for ever
        answer = writing.message(self.node_id, self._time_s, named)
        answer.error.packet = packet
        answer.error.error_message.extend(faults)
        self._out.append(frame(answer.SerializeToString()))

    def _count_refusal(
        self, node_id: str, faults: list[str], events: list[Event], content: str
    ) -> str | None:
        """Count a message that was not taken; return whose it is, if that is known."""
        named = node_id if is_uuid(node_id) else self.peer_id
        self.refused[named or ""] += 1
        events.append(Refusal(node_id=named, content=content, faults=tuple(faults)))
        return named

    _OPEN: Final = {
        "registration": _register,
        "alert": _decline_alert,
        "task": _decline_task,
        "error": _hear_error,
    }
    TAKEN: Final[Mapping[State, Mapping[str, _Taker]]] = {
        State.NEW: {"registration": _register, "error": _hear_error},
        State.REGISTERED: {
            **_OPEN,
            "status_report": _report,
            "alert_ack": _take_receipt,
        },
        State.REPORTING: {
            **_OPEN,
            "status_report": _report,
            "detection_report": _detect,
            "alert_ack": _take_receipt,
        },
        State.GONE: {"registration": _register, "error": _hear_error},
    }
    """What is taken in which state; anything else is answered with an Error."""


def _is_instant(stamp: Any) -> bool:
    """Say whether a timestamp is within what the calendar can hold."""
    in_time = 0 <= stamp.seconds <= _LAST_SECOND
    return bool(in_time and 0 <= stamp.nanos < 1_000_000_000)


def _why_unwelcome(told: pb.Registration) -> str:
    """Say why a registration cannot be accepted; nothing when it can."""
    if effector_in(told):
        return NO_EFFECTORS
    if told.icd_version != pb.ICD_VERSION:
        return f"this fusion node speaks {pb.ICD_VERSION} only"
    try:
        reading.interval_s_of(told)
    except BadValue as error:
        return str(error)
    return ""


def _why_not(state: State, content: str, node_id: str) -> str:
    """Say why a message is not taken in a state."""
    if content in {"registration_ack", "task_ack"}:
        return f"this fusion node asked for no {content}"
    if state is State.REGISTERED:
        return f"node {node_id} sent a {content} before its first status report"
    gone = "after its goodbye" if state is State.GONE else "before it registered"
    return f"node {node_id} sent a {content} {gone}"
