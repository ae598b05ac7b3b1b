"""Tests of posts of a scenario's own kind: which nodes may speak for them."""

from dataclasses import replace
from pathlib import Path

import pytest

from linewatch.sight import KINDS
from linewatch.watch.live import Watch
from linewatch.watch.post import Post
from tests.watch.stage import WEST_M, flat_area, node, post, watch


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> tuple[Watch, Post]:
    """A watch with one post of a kind like a radar, and that post."""
    area = flat_area(tmp_path_factory.mktemp("flat"))
    plain = post(area, "radar-b-001", WEST_M)
    own = replace(KINDS["radar"], name="radar-b", like="radar")
    made = Post(
        site=replace(plain.site, kind="radar-b"), sight=replace(plain.sight, kind=own)
    )
    return watch(area, [made]), made


def test_a_node_of_the_ordered_kind_may_register(room: tuple[Watch, Post]) -> None:
    held, made = room
    assert held.refusal(node(made)) is None
    assert held.refusal(replace(node(made), like="radar")) is None


def test_a_makers_node_may_state_its_type_alone(room: tuple[Watch, Post]) -> None:
    held, made = room
    assert held.refusal(node(made, kind="radar")) is None


@pytest.mark.parametrize("kind", ["camera", "radar-c", "other"])
def test_any_other_kind_is_refused_by_the_name_that_was_ordered(
    room: tuple[Watch, Post], kind: str
) -> None:
    held, made = room
    assert held.refusal(node(made, kind=kind)) == "the post was ordered as radar-b"
    # What a node says it is like is what its type says: no pass for another kind.
    told = replace(node(made, kind=kind), like="radar")
    assert held.refusal(told) == "the post was ordered as radar-b"


def test_a_built_in_post_takes_no_kind_that_is_like_it(tmp_path: Path) -> None:
    area = flat_area(tmp_path)
    plain = post(area, "radar-001", WEST_M)
    told = replace(node(plain, kind="radar-b"), like="radar")
    assert watch(area, [plain]).refusal(told) == "the post was ordered as radar"
