"""One connection of our own node to a fusion node: values in, bytes out, and back.

The far end of `linewatch.link.sapient.session`, again without socket and clock. A
sensor and a civil desk are both nodes: the desk's messages are receipts.
"""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Final

from google.protobuf.message import DecodeError

from linewatch.errors import BadValue
from linewatch.link.sapient import pb, reading, writing
from linewatch.link.sapient.codec import Frames, frame
from linewatch.link.sapient.events import Complaint, Event, Refusal, Registered
from linewatch.link.sapient.ids import Ulids, is_uuid
from linewatch.link.sapient.place import Dialect
from linewatch.link.sapient.validate import faults_of
from linewatch.watch.values import Detection, Health, Node, Status


class EdgeState(StrEnum):
    """How far a node's connection has come."""

    NEW = "new"
    WAITING = "waiting"
    REGISTERED = "registered"
    REFUSED = "refused"
    GONE = "gone"


_PLAIN: Final = Dialect()


class EdgeSession:
    """A node's end of one connection.

    Parameters
    ----------
    node : Node
        What registers. Its kind ``desk`` is a civil authority's desk.
    takes_alerts : bool
        Whether alerts are accepted, with a receipt, rather than rejected.
    """

    def __init__(self, node: Node, *, takes_alerts: bool = False) -> None:
        if not is_uuid(node.node_id):
            raise BadValue("node_id", "a UUID of version 4 in lower case", node.node_id)
        self.node = node
        self.state = EdgeState.NEW
        self.sent = 0
        """Messages made so far, as the fusion node counts them."""
        self._takes_alerts = takes_alerts
        self._ulids = Ulids(node.node_id)
        self._frames = Frames()
        self._status: Status | None = None
        self._out: list[bytes] = []
        self._time_s = 0.0

    @property
    def broken(self) -> bool:
        """Whether the stream from the fusion node cannot be followed."""
        return self._frames.fault is not None

    def restart(self) -> None:
        """Begin anew on another connection; ids and counts go on."""
        self.state = EdgeState.NEW
        self._frames = Frames()
        self._status = None
        self._out.clear()

    def register(self, time_s: float) -> bytes:
        """Return the registration, the first message of a connection."""
        self.state = EdgeState.WAITING
        self._time_s = time_s
        return self._framed(writing.registration(self.node, time_s))

    def report(self, status: Status) -> bytes:
        """Return a status report: new with its place when it says another thing.

        Raises
        ------
        BadValue
            If the node is not registered.
        """
        self._must_be_registered()
        self._time_s = status.time_s
        is_first = self._status is None
        is_new = self._status is None or self._status != replace(
            status, time_s=self._status.time_s
        )
        self._status = status
        return self._framed(
            writing.status_report(
                status,
                self._ulids.at(status.time_s),
                node=self.node if is_first else None,
                is_new=is_new,
            )
        )

    def detect(self, seen: Iterable[Detection]) -> bytes:
        """Return detections as one piece of the stream, a message each.

        Raises
        ------
        BadValue
            If the node is not registered.
        """
        self._must_be_registered()
        pieces = [
            frame(writing.detection_report(one).SerializeToString()) for one in seen
        ]
        self.sent += len(pieces)
        return b"".join(pieces)

    def goodbye(self, time_s: float) -> bytes:
        """Return the last status report of a connection."""
        status = Status(time_s=time_s, node_id=self.node.node_id, health=Health.GOODBYE)
        out = self.report(status)
        self.state = EdgeState.GONE
        return out

    def receive(self, chunk: bytes) -> list[Event]:
        """Take bytes from the fusion node and return what they tell, in order."""
        events: list[Event] = []
        for packet in self._frames.feed(chunk):
            self._take(packet, events)
        return events

    def outbox(self) -> bytes:
        """Return the answers that wait to be sent, once."""
        out = b"".join(self._out)
        self._out.clear()
        return out

    def _must_be_registered(self) -> None:
        if self.state is not EdgeState.REGISTERED:
            raise BadValue(
                "connection", "registered before anything is sent", self.state
            )

    def _framed(self, message: pb.SapientMessage) -> bytes:
        self.sent += 1
        return frame(message.SerializeToString())

    def _take(self, packet: bytes, events: list[Event]) -> None:
        try:
            message = pb.SapientMessage.FromString(packet)
        except DecodeError:
            self._refuse(None, packet, ["the packet is no SapientMessage"], events)
            return
        faults = faults_of(message)
        if faults:
            self._refuse(message, packet, faults, events)
            return
        match message.WhichOneof("content"):
            case "registration_ack":
                self._hear_answer(message.registration_ack, events)
            case "alert":
                self._take_alert(message, packet, events)
            case "task":
                self._decline_task(message)
            case "error":
                faults_told = len(message.error.error_message)
                events.append(Complaint(node_id=message.node_id, faults=faults_told))
            case other:
                self._refuse(message, packet, [f"a node takes no {other}"], events)

    def _hear_answer(self, told: pb.RegistrationAck, events: list[Event]) -> None:
        if self.state is EdgeState.WAITING:
            accepted = told.acceptance
            self.state = EdgeState.REGISTERED if accepted else EdgeState.REFUSED
        reasons = tuple(told.ack_response_reason)
        events.append(Registered(accepted=told.acceptance, reasons=reasons))

    def _take_alert(
        self, message: pb.SapientMessage, packet: bytes, events: list[Event]
    ) -> None:
        """Give a receipt for an alert at once: it is in the events when it goes out."""
        try:
            alert = reading.alert_of(message, _PLAIN)
        except BadValue as error:
            self._refuse(message, packet, [str(error)], events)
            return
        self._time_s = max(self._time_s, alert.time_s)
        if self._takes_alerts:
            events.append(alert)
        answer = writing.alert_answer(
            self.node.node_id,
            message,
            self._time_s,
            reason="" if self._takes_alerts else "this node takes no alerts",
            reference=self._ulids.at(self._time_s) if self._takes_alerts else "",
        )
        self._out.append(self._framed(answer))

    def _decline_task(self, message: pb.SapientMessage) -> None:
        answer = writing.message(self.node.node_id, self._time_s, message.node_id)
        answer.task_ack.task_id = message.task.task_id
        answer.task_ack.task_status = pb.TaskAck.TASK_STATUS_REJECTED
        answer.task_ack.reason.append("this node takes no tasks")
        self._out.append(self._framed(answer))

    def _refuse(
        self,
        message: pb.SapientMessage | None,
        packet: bytes,
        faults: list[str],
        events: list[Event],
    ) -> None:
        """Tell the fusion node every fault of its message, unless that is an Error."""
        content = "" if message is None else message.WhichOneof("content") or ""
        events.append(Refusal(node_id=None, content=content, faults=tuple(faults)))
        if content == "error":
            return
        answer = writing.message(self.node.node_id, self._time_s)
        answer.error.packet = packet
        answer.error.error_message.extend(faults)
        self._out.append(self._framed(answer))
