"""Tests of kept blocks: only one that is whole and of its candidates is used again."""

from pathlib import Path

import numpy as np
import pytest

from linewatch.plan.siting.block import _counts_in, save_whole


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
