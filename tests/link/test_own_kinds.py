"""Tests of nodes of a scenario's own kinds: registered as the type they are like."""

from dataclasses import replace

import pytest

from linewatch.link.sapient import pb, writing
from linewatch.link.sapient.kinds import KINDS, NODE_TYPES, like_of, type_of
from linewatch.link.sapient.reading import node_of
from tests.link.messages import START_S, node

TYPE = pb.Registration.NodeType


@pytest.mark.parametrize(
    ("kind", "like", "number"),
    [
        ("radar", None, TYPE.NODE_TYPE_RADAR),
        ("radar-b", "radar", TYPE.NODE_TYPE_RADAR),
        ("tap", "seismic", TYPE.NODE_TYPE_SEISMIC),
        ("spotter", "person", TYPE.NODE_TYPE_OTHER),
        ("lidar", "camera", TYPE.NODE_TYPE_LIDAR),
        ("odd", None, TYPE.NODE_TYPE_OTHER),
    ],
)
def test_a_node_registers_as_the_type_of_what_it_is_like(
    kind: str, like: str | None, number: int
) -> None:
    told = writing.registration(replace(node(kind=kind), like=like), START_S)
    (definition,) = told.registration.node_definition
    assert definition.node_type == type_of(kind, like) == number
    assert list(definition.node_sub_type) == [kind]


@pytest.mark.parametrize("like", ["radar", "camera", "seismic", "acoustic"])
def test_a_node_of_ones_own_kind_comes_back_whole(like: str) -> None:
    sent = replace(node(name="tap-001", kind="tap"), like=like)
    told = writing.registration(sent, START_S)
    assert node_of(told, lon_deg=sent.lon_deg, lat_deg=sent.lat_deg) == sent


def test_a_kind_that_we_know_is_like_no_other() -> None:
    for kind, number in NODE_TYPES.items():
        assert like_of(kind, number) is None
        assert like_of("odd", number) == KINDS[number]
    assert like_of("odd", TYPE.NODE_TYPE_OTHER) is None
