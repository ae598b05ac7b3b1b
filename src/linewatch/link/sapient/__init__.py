"""SAPIENT (BSI Flex 335 v2.0): how sensors, fusion nodes and command posts speak.

`FusionServer` listens for nodes and hands on `linewatch.watch.values`; `EdgeClient` is
a node and `CivilDeskClient` a civil authority's desk. `FusionSession` and `EdgeSession`
are the same without sockets.
"""

from linewatch.link.sapient.client import CivilDeskClient, EdgeClient
from linewatch.link.sapient.edge import EdgeSession
from linewatch.link.sapient.events import (
    Complaint,
    Event,
    Left,
    Parting,
    Receipt,
    Refusal,
    Registered,
    Skew,
)
from linewatch.link.sapient.ids import Ulids, ulid_from, uuid_from
from linewatch.link.sapient.server import Counts, FusionServer
from linewatch.link.sapient.session import FusionSession
from linewatch.link.sapient.settings import (
    FUSION_NODE_ID,
    ClientSettings,
    ServerSettings,
)

__all__ = [
    "FUSION_NODE_ID",
    "CivilDeskClient",
    "ClientSettings",
    "Complaint",
    "Counts",
    "EdgeClient",
    "EdgeSession",
    "Event",
    "FusionServer",
    "FusionSession",
    "Left",
    "Parting",
    "Receipt",
    "Refusal",
    "Registered",
    "ServerSettings",
    "Skew",
    "Ulids",
    "ulid_from",
    "uuid_from",
]
