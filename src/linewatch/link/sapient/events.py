"""What a session tells of, beside the values of `linewatch.watch.values` themselves.

A session's events are `Node` (a node joined or changed), `Status`, `Detection`,
`Alert`, and those below. None carries free text of a peer's.
"""

from dataclasses import dataclass
from enum import StrEnum

from linewatch.watch.values import Alert, Detection, Node, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A node's answer to an alert that was sent to it.

    Parameters
    ----------
    time_s : float
        When it answered, by its own message [s].
    node_id, alert_id : str
        Who answered, and to what.
    accepted : bool
        Whether it takes the alert over.
    reference : str or None
        The node's own reference for it.
    """

    time_s: float
    node_id: str
    alert_id: str
    accepted: bool
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A message that was not taken; its sender was told every fault.

    `node_id` is whom the message names, or whom the connection belongs to, or None.
    """

    node_id: str | None
    content: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A peer answered one of our messages with an Error of `faults` sentences."""

    node_id: str | None
    faults: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Skew:
    """A node's clock is `skew_s` ahead [s]; its messages are taken all the same."""

    node_id: str
    skew_s: float


class Parting(StrEnum):
    """Why a node is no longer connected."""

    GOODBYE = "goodbye"
    CLOSED = "closed"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A node is no longer connected."""

    node_id: str
    parting: Parting


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What the fusion node answered to our registration."""

    accepted: bool
    reasons: tuple[str, ...] = ()


Event = (
    Node
    | Status
    | Detection
    | Alert
    | Receipt
    | Refusal
    | Complaint
    | Skew
    | Left
    | Registered
)
"""Anything that a session tells."""
