"""Edge node: a placed sensor as the simulated world knows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from linewatch.link.sapient.ids import uuid_from
from linewatch.measure.plane import Plane
from linewatch.sight import Sight
from linewatch.watch.values import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeNode:
    """A placed sensor: look k is at ``sight.phase_s + k * sight.kind.period_s``, UTC.

    Parameters
    ----------
    node : Node
        Who it is to the watch.
    sight : Sight
        Its chance of detection: the same object as the plan's.
    convergence_rad, scale : float
        The plane's at its place: true azimuth less plane azimuth [rad], and metres on
        the plane per metre on the ground [-].
    """

    node: Node
    sight: Sight
    convergence_rad: float
    scale: float


def node_id_of(name: str, seed: int) -> str:
    """Return the UUID of the node called `name`, the same again for each seed."""
    return uuid_from(f"linewatch sim {seed} {name}")


def nodes_of(
    sights: Sequence[Sight], plane: Plane, *, seed: int, status_interval_s: float
) -> tuple[EdgeNode, ...]:
    """Make the nodes of placed sensors, in their order; `seed` names the nodes."""
    made = []
    for sight in sights:
        lon, lat = plane.to_geo(sight.eye.x_m, sight.eye.y_m)
        node = Node(
            node_id=node_id_of(sight.name, seed),
            name=sight.name,
            kind=sight.kind.name,
            like=sight.kind.like or None,
            lon_deg=float(lon),
            lat_deg=float(lat),
            status_interval_s=status_interval_s,
        )
        one = EdgeNode(
            node=node,
            sight=sight,
            convergence_rad=plane.convergence_rad(node.lon_deg, node.lat_deg),
            scale=plane.scale(node.lon_deg, node.lat_deg),
        )
        made.append(one)
    return tuple(made)
