"""Node types and object classes of SAPIENT, and what they are called here."""

from typing import Final

from linewatch.link.sapient import pb
from linewatch.watch.values import Target

_Type = pb.Registration.NodeType

EFFECTORS: Final = frozenset(
    {
        _Type.NODE_TYPE_KINETIC,
        _Type.NODE_TYPE_JAMMER,
        _Type.NODE_TYPE_CYBER,
        _Type.NODE_TYPE_LDEW,
        _Type.NODE_TYPE_RFDEW,
    }
)
"""Types of node that act on what they see. The watch supports; it never acts."""

EFFECTOR_WORDS: Final = frozenset(
    {"cyber", "effector", "jammer", "jamming", "kinetic", "ldew", "rfdew", "weapon"}
)
"""Words of a capability or sub-type that make a node of any type an effector."""

NODE_TYPES: Final = {
    "radar": _Type.NODE_TYPE_RADAR,
    "lidar": _Type.NODE_TYPE_LIDAR,
    "camera": _Type.NODE_TYPE_CAMERA,
    "seismic": _Type.NODE_TYPE_SEISMIC,
    "acoustic": _Type.NODE_TYPE_ACOUSTIC,
    "proximity": _Type.NODE_TYPE_PROXIMITY_SENSOR,
    "passive-rf": _Type.NODE_TYPE_PASSIVE_RF,
    "human": _Type.NODE_TYPE_HUMAN,
    "mobile": _Type.NODE_TYPE_MOBILE_NODE,
    "pointable": _Type.NODE_TYPE_POINTABLE_NODE,
    "desk": _Type.NODE_TYPE_FUSION_NODE,
    "fusion": _Type.NODE_TYPE_FUSION_NODE,
}
"""Type of node by kind; a kind that is not here registers as ``OTHER``."""

KINDS: Final = {number: kind for kind, number in NODE_TYPES.items()}
"""Kind by type of node, for a node that states no sub-type we know."""

CLASS_OF_TARGET: Final = {
    Target.WALKER: "Human",
    Target.VEHICLE: "Land Vehicle",
    Target.FLYER: "Air Vehicle",
    Target.UNKNOWN: "Unknown",
}
"""Class that our own nodes report."""

_TARGET_OF_WORD: Final = {
    "human": Target.WALKER,
    "person": Target.WALKER,
    "pedestrian": Target.WALKER,
    "walker": Target.WALKER,
    "vehicle": Target.VEHICLE,
    "land vehicle": Target.VEHICLE,
    "ground vehicle": Target.VEHICLE,
    "car": Target.VEHICLE,
    "truck": Target.VEHICLE,
    "motorcycle": Target.VEHICLE,
    "air vehicle": Target.FLYER,
    "aircraft": Target.FLYER,
    "drone": Target.FLYER,
    "flyer": Target.FLYER,
    "uas": Target.FLYER,
    "uav": Target.FLYER,
}


def target_of(word: str) -> Target:
    """Return the target that a class names; unknown for animals, boats and the rest.

    Examples
    --------
    >>> target_of("Land_Vehicle")
    <Target.VEHICLE: 'vehicle'>
    >>> target_of("Sea Vehicle")
    <Target.UNKNOWN: 'unknown'>
    """
    plain = word.lower().replace("_", " ").replace("-", " ")
    return _TARGET_OF_WORD.get(plain, Target.UNKNOWN)


def type_of(kind: str, like: str | None = None) -> pb.Registration.NodeType.ValueType:
    """Return the type of node of a kind, or else of the kind that it is like."""
    return NODE_TYPES.get(kind) or NODE_TYPES.get(like or "", _Type.NODE_TYPE_OTHER)


def like_of(kind: str, node_type: pb.Registration.NodeType.ValueType) -> str | None:
    """Return what a kind is like by its type of node; None of a kind we know."""
    return None if kind in NODE_TYPES else KINDS.get(node_type)


def effector_in(registration: pb.Registration) -> bool:
    """Say whether a registration describes a node that acts on what it sees."""
    if any(told.node_type in EFFECTORS for told in registration.node_definition):
        return True
    said = [told.category for told in registration.capabilities]
    for definition in registration.node_definition:
        said.extend(definition.node_sub_type)
    return any(
        not EFFECTOR_WORDS.isdisjoint(text.lower().replace("_", " ").split())
        for text in said
    )
