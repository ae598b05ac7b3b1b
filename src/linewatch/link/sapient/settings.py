"""How the two ends of a connection behave."""

import ssl
from dataclasses import dataclass
from typing import Final

from linewatch.errors import BadValue
from linewatch.link.sapient.codec import LARGEST_FRAME
from linewatch.link.sapient.ids import is_uuid, uuid_from

LARGEST_SKEW_S: Final = 5.0
"""Difference of clocks that is told [s]. The reference middleware rejects messages over
0.9 s old, and so loses what a radio buffered; here they are taken and flagged."""

FUSION_NODE_ID: Final = uuid_from("linewatch fusion node")
"""Our own id, unless another is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """How the fusion node takes connections.

    Parameters
    ----------
    node_id : str
        UUID of this fusion node.
    tls : ssl.SSLContext or None
        Wraps every connection; a context that asks for client certificates lets in
        only nodes that hold one.
    largest_skew_s : float
        Difference of clocks that is told [s].
    largest_frame : int
        Longest message taken [bytes].
    """

    node_id: str = FUSION_NODE_ID
    tls: ssl.SSLContext | None = None
    largest_skew_s: float = LARGEST_SKEW_S
    largest_frame: int = LARGEST_FRAME

    def __post_init__(self) -> None:
        if not is_uuid(self.node_id):
            raise BadValue(
                "node_id of the fusion node", "a version 4 UUID", self.node_id
            )
        if not self.largest_skew_s > 0:
            raise BadValue("largest_skew_s", "above 0", self.largest_skew_s)
        if not self.largest_frame > 0:
            raise BadValue("largest_frame", "above 0", self.largest_frame)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSettings:
    """How a node reaches its fusion node.

    Parameters
    ----------
    tls : ssl.SSLContext or None
        Wraps the connection.
    tries : int
        Attempts to connect before it gives up.
    first_wait_s, longest_wait_s : float
        Wait after the first failure [s], doubled after each, up to the longest.
    answer_s : float
        How long the answer to a registration may take [s].
    """

    tls: ssl.SSLContext | None = None
    tries: int = 6
    first_wait_s: float = 0.1
    longest_wait_s: float = 5.0
    answer_s: float = 10.0

    def __post_init__(self) -> None:
        if not self.tries >= 1:
            raise BadValue("tries", "at least 1", self.tries)
        for name in ("first_wait_s", "longest_wait_s", "answer_s"):
            if not getattr(self, name) > 0:
                raise BadValue(name, "above 0", getattr(self, name))

    def waits_s(self) -> list[float]:
        """Return the waits between attempts [s]."""
        return [
            min(self.first_wait_s * 2**turn, self.longest_wait_s)
            for turn in range(self.tries - 1)
        ]
