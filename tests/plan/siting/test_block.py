"""Tests of kept blocks: only one that is whole and of its candidates is used again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from linewatch.plan.siting.block import Block, Sighting, _counts_in, _digest, save_whole
from linewatch.sight.cells import Mode


@pytest.mark.parametrize(
    ("values", "sites", "kept"),
    [
        ([2, 1, 3, 7, 7, 8, 9], 2, [1, 3]),
        ([2, 0, 0], 2, [0, 0]),
        ([2, 1, 3, 7, 7, 8], 2, None),  # a pair lacks
        ([2, 1, 3, 7, 7, 8, 9, 9], 2, None),  # one too many
        ([2, 1, 3, 7, 7, 8, 9], 3, None),  # of other candidates
        ([2, 1], 2, None),
        ([], 0, None),
    ],
)
def test_a_part_is_kept_only_whole(
    tmp_path: Path, values: list[int], sites: int, kept: list[int] | None
) -> None:
    path = tmp_path / "part.npy"
    save_whole(path, np.array(values, np.int32))
    counts = _counts_in(path, sites)
    assert (None if counts is None else counts.tolist()) == kept
    assert _counts_in(tmp_path / "none.npy", sites) is None


def test_a_part_that_was_cut_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "part.npy"
    save_whole(path, np.array([1, 2, 5, 6], np.int32))
    path.write_bytes(path.read_bytes()[:-1])
    assert _counts_in(path, 1) is None
    path.write_bytes(b"")
    assert _counts_in(path, 1) is None


def test_whatever_changes_what_is_seen_changes_the_name() -> None:
    """Else a block from another demand, mast or ground would be taken for this one."""
    one, high = np.array([1], np.int64), np.array([9.0])
    block = Block(number=one, row=one, col=one, above_m=high, reach_m=high)
    sighting = Sighting(
        terrain=Path("t.tif"),
        parts=Path("p"),
        target_m=1.7,
        mode=Mode.SCREEN,
        refraction=0.1,
    )
    ground = np.zeros((2, 2), np.float32)
    demand = (np.array([0, 1, 2]), np.array([0, 1], np.int32), 0)
    names = [
        _digest(block, sighting, ground, demand),
        *(
            _digest(replace(block, **{name: getattr(block, name) + 1}), *rest)
            for rest in [(sighting, ground, demand)]
            for name in ("row", "col", "above_m", "reach_m")
        ),
        *(
            _digest(block, replace(sighting, **told), ground, demand)
            for told in ({"target_m": 2.0}, {"mode": Mode.EXACT}, {"refraction": 0.2})
        ),
        _digest(block, sighting, ground + 1, demand),
        _digest(block, sighting, ground.reshape(1, 4), demand),
        _digest(block, sighting, ground, (np.array([0, 0, 2]), *demand[1:])),
        _digest(block, sighting, ground, (demand[0], demand[1] + 1, 0)),
        _digest(block, sighting, ground, (*demand[:2], 1)),
    ]
    assert len(set(names)) == len(names) == 13
    elsewhere = replace(sighting, parts=Path("q"), terrain=Path("moved.tif"))
    assert _digest(block, elsewhere, ground, demand) == names[0]
