"""Tests of paths that are remembered."""

import numpy as np
import pytest

from linewatch.sim.paths import RING, Paths


def laid(paths: Paths, count: int, at_m: float, tick: int = 0) -> np.ndarray:
    place = np.full(count, at_m)
    return paths.lay(place, -place, (np.full(count, 2.0), np.zeros(count)), tick)


@pytest.mark.parametrize("tick", [-21_600, -1, 0, 5, 511, 512, 7777])
def test_a_new_path_came_straight_to_its_place(tick: int) -> None:
    paths = Paths()
    row = laid(paths, 1, 100.0, tick)[0]
    ago = np.arange(RING)
    assert paths.x_m[row, (tick - ago) % RING] == pytest.approx(100.0 - 2.0 * ago)
    assert (paths.y_m[row] == -100.0).all()


def test_rows_in_use_are_never_given_twice_and_never_move() -> None:
    paths, dice = Paths(), np.random.default_rng(1)
    used: dict[int, float] = {}
    for turn in range(300):
        if used and dice.random() < 0.45:
            gone = dice.choice(
                list(used), dice.integers(1, len(used) + 1), replace=False
            )
            paths.forget(gone)
            for row in gone.tolist():
                del used[row]
        rows = laid(paths, int(dice.integers(0, 40)), float(turn)).tolist()
        assert len(set(rows)) == len(rows)
        assert not set(rows) & set(used)
        used |= dict.fromkeys(rows, float(turn))
        assert all(paths.x_m[row, 0] == at for row, at in used.items())
    assert len(paths.x_m) > 64
