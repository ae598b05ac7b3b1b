"""Availability: which nodes are heard, which say they detect, and since when."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from linewatch.watch.values import Health, Node, Status

SILENT_AFTER: float = 3.0
"""Status intervals without word after which a node is silent [-]: one may be lost."""


@dataclass(slots=True)
class _Account:
    """What is known of one node; owned by `Availability`."""

    node: Node
    heard_s: float
    health: Health
    detecting: bool
    since_s: float
    told_s: float = -math.inf
    up_s: float = 0.0
    down_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A node began (`up`) or ceased to watch at `time_s`, for the reason `health`."""

    time_s: float
    node_id: str
    up: bool
    health: Health


@dataclass(slots=True)
class Availability:
    """The account of every node that registered.

    A node watches from its registration until it says that it does not detect, or is
    not heard for three of its status intervals; it watches again once it says so.
    """

    _accounts: dict[str, _Account] = field(default_factory=dict)

    def register(self, time_s: float, node: Node) -> list[Change]:
        """Take a registration in, also of a node that comes back."""
        known = self._accounts.get(node.node_id)
        if known is None:
            self._accounts[node.node_id] = _Account(
                node, time_s, Health.OK, detecting=True, since_s=time_s
            )
            return [
                Change(time_s=time_s, node_id=node.node_id, up=True, health=Health.OK)
            ]
        known.node = node
        return self._turn(known, time_s, Health.OK, detecting=True)

    def report(self, status: Status) -> list[Change]:
        """Take a status report in; one older than the newest changes nothing.

        A detection that came before it, though it is newer, does not make it old.
        """
        account = self._accounts.get(status.node_id)
        if account is None or status.time_s < account.told_s:
            return []
        account.told_s = status.time_s
        return self._turn(
            account, status.time_s, status.health, detecting=status.detecting
        )

    def hear(self, time_s: float, node_id: str) -> None:
        """Note that a node was heard, as by a detection."""
        account = self._accounts.get(node_id)
        if account is not None:
            account.heard_s = max(account.heard_s, time_s)

    def advance(self, until_s: float) -> list[Change]:
        """Find the nodes that have fallen silent by `until_s`."""
        changes = []
        for account in self._accounts.values():
            due_s = account.heard_s + SILENT_AFTER * account.node.status_interval_s
            if account.health is not Health.GOODBYE and due_s < until_s:
                changes += self._turn(
                    account, due_s, Health.SILENT, detecting=False, heard=False
                )
        return changes

    def _turn(
        self,
        account: _Account,
        time_s: float,
        health: Health,
        *,
        detecting: bool,
        heard: bool = True,
    ) -> list[Change]:
        """Move a node to a new state, and tell when that starts or ends its watch."""
        was = account.detecting
        gone = health in {Health.ERROR, Health.GOODBYE, Health.SILENT}
        account.health, account.detecting = health, detecting and not gone
        if heard:
            account.heard_s = max(account.heard_s, time_s)
        if account.detecting == was:
            return []
        span_s = max(time_s - account.since_s, 0.0)
        if was:
            account.up_s += span_s
        else:
            account.down_s += span_s
        account.since_s = time_s
        node_id = account.node.node_id
        return [
            Change(time_s=time_s, node_id=node_id, up=account.detecting, health=health)
        ]

    def watching(self, node_id: str) -> bool:
        """Tell whether a node watches now."""
        account = self._accounts.get(node_id)
        return account is not None and account.detecting

    def health(self, node_id: str) -> Health:
        """Return what a node said last; one never heard is silent."""
        account = self._accounts.get(node_id)
        return Health.SILENT if account is None else account.health

    def nodes(self) -> Iterator[Node]:
        """Give every node in the order of first registration."""
        return (account.node for account in self._accounts.values())

    def share_up(self, until_s: float) -> dict[str, float]:
        """Return for each node the share of time since registration that it watched."""
        shares = {}
        for node_id, account in self._accounts.items():
            open_s = max(until_s - account.since_s, 0.0)
            up_s = account.up_s + (open_s if account.detecting else 0.0)
            whole_s = account.up_s + account.down_s + open_s
            shares[node_id] = up_s / whole_s if whole_s else float(account.detecting)
        return shares

    def save(self) -> dict[str, object]:
        """Return the account of every node."""
        return {"accounts": [asdict(each) for each in self._accounts.values()]}

    def load(self, saved: Mapping[str, Any]) -> None:
        """Stand where the accounts stood that `save` was asked of."""
        self._accounts = {}
        for told in saved["accounts"]:
            node = Node(**told["node"])
            facts = {**told, "node": node, "health": Health(told["health"])}
            self._accounts[node.node_id] = _Account(**facts)
