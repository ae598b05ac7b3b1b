"""Statuses: what sensors say of themselves, on time and when they fail or recover."""

import math
from collections.abc import Sequence

from linewatch.sim.node import EdgeNode
from linewatch.sim.outage import Outage
from linewatch.watch.values import Health, Status


def statuses_between(
    nodes: Sequence[EdgeNode],
    outages: Sequence[Outage],
    *,
    since_s: float,
    until_s: float,
    start_s: float,
) -> tuple[Status, ...]:
    """Return what sensors say after `since_s` and up to `until_s`, in order of time.

    Every sensor reports at `start_s` and at whole multiples of its interval. One that
    fails says at once that it cannot detect, unless it falls silent; each says when it
    works again.
    """
    by_sensor: dict[int, list[Outage]] = {}
    for each in outages:
        by_sensor.setdefault(each.sensor, []).append(each)
    said: list[tuple[float, int, Status]] = []
    for sensor, one in enumerate(nodes):
        interval = one.node.status_interval_s
        first, last = math.floor(since_s / interval) + 1, math.floor(until_s / interval)
        times = {number * interval for number in range(first, last + 1)}
        failures = by_sensor.get(sensor, [])
        changes = {at for each in failures for at in (each.from_s, each.to_s)}
        changes.add(start_s)
        times |= {at for at in changes if since_s < at <= until_s}
        for at in sorted(times):
            status = _said_at(one.node.node_id, failures, at)
            if status is not None:
                said.append((at, sensor, status))
    said.sort(key=lambda each: each[:2])
    return tuple(status for _, _, status in said)


def _said_at(node_id: str, failures: Sequence[Outage], at_s: float) -> Status | None:
    """Return what a sensor says of itself at an instant; None while it is silent."""
    for each in failures:
        if each.from_s <= at_s < each.to_s:
            if each.silent:
                return None
            return Status(
                time_s=at_s, node_id=node_id, health=Health.ERROR, detecting=False
            )
    return Status(time_s=at_s, node_id=node_id, health=Health.OK)
