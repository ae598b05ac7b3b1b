"""Paths: the last minutes of every unit's way, in rows that are used again."""

from typing import Final

import numpy as np

from linewatch.sim.columns import Floats, Ints

RING: Final = 512
"""Seconds of path that are remembered [s]: the last in file walks the first's."""


class Paths:
    """Places by unit and second: second t is in column ``t % RING`` of a unit's row.

    Rows stay where they are while units come and go, so that a full world costs no
    copy of it each second.
    """

    def __init__(self) -> None:
        self.x_m = np.zeros((64, RING))
        self.y_m = np.zeros((64, RING))
        self._free = np.arange(64)[::-1]

    def lay(
        self, x_m: Floats, y_m: Floats, v_mps: tuple[Floats, Floats], tick: int
    ) -> Ints:
        """Return rows for units that are at places [m] and came straight to them."""
        while len(self._free) < len(x_m):
            count = len(self.x_m)
            self.x_m = np.concatenate((self.x_m, np.zeros_like(self.x_m)))
            self.y_m = np.concatenate((self.y_m, np.zeros_like(self.y_m)))
            self._free = np.concatenate(
                (np.arange(2 * count - 1, count - 1, -1), self._free)
            )
        left = len(self._free) - len(x_m)
        rows, self._free = self._free[left:], self._free[:left]
        ago = (tick - np.arange(RING)) % RING  # column c holds second tick - ago[c]
        self.x_m[rows] = x_m[:, None] - v_mps[0][:, None] * ago
        self.y_m[rows] = y_m[:, None] - v_mps[1][:, None] * ago
        return rows

    def forget(self, rows: Ints) -> None:
        """Let rows be used again."""
        self._free = np.concatenate((self._free, rows))
