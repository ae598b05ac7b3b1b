"""Compiled loops of the big cover table. Callers have checked every argument."""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Heights = NDArray[np.float32]
Marks = NDArray[np.uint8]
Whole = NDArray[np.int64]
Cells = NDArray[np.int32]


@kernel
def seen_spots(
    marks: Marks,
    top: int,
    left: int,
    row_ptr: Whole,
    col: Cells,
    out: Cells,
) -> int:
    """Fill the spots whose cells are marked 1, as seen; return how many.

    The window's first cell is at row `top` and column `left`. The spots of row `y` are
    ``row_ptr[y]:row_ptr[y + 1]``, their columns in `col` growing.
    """
    rows, cols = marks.shape
    n = 0
    for y in range(rows):
        at, end = row_ptr[top + y], row_ptr[top + y + 1]
        low, high = at, end
        while low < high:
            middle = (low + high) // 2
            if col[middle] < left:
                low = middle + 1
            else:
                high = middle
        for spot in range(low, end):
            x = col[spot] - left
            if x >= cols:
                break
            if marks[y, x] == 1:
                out[n] = spot
                n += 1
    return n


@kernel
def top_of(parent: Whole, here: int) -> int:
    """Return the highest cell of the hill that a cell belongs to."""
    root = here
    while parent[root] != root:
        root = parent[root]
    while parent[here] != root:
        after = parent[here]
        parent[here] = root
        here = after
    return root


@kernel
def prominences(height_m: Heights, order: Whole) -> Heights:
    """Return the prominence [m] of each summit; 0 elsewhere.

    `order` holds the cells with ground, the highest first. The water falls: cells come
    out of it one by one, and where two hills meet, the lower summit stands above that
    pass by its prominence. The highest of all stands above the lowest ground.
    """
    rows, cols = height_m.shape
    flat = height_m.reshape(-1)
    parent = np.full(rows * cols, -1, dtype=np.int64)
    out = np.zeros(rows * cols, dtype=np.float32)
    for here in order:
        parent[here] = here
        y, x = here // cols, here % cols
        for dy in range(-1, 2):
            for dx in range(-1, 2):
                if not (0 <= y + dy < rows and 0 <= x + dx < cols):
                    continue
                near = (y + dy) * cols + x + dx
                if near == here or parent[near] < 0:
                    continue
                one, other = top_of(parent, here), top_of(parent, near)
                if one == other:
                    continue
                if flat[one] > flat[other]:
                    one, other = other, one
                out[one] = flat[one] - flat[here]
                parent[one] = other
    if order.size:
        last = flat[order[-1]]
        for here in order:
            if parent[here] == here:
                out[here] = flat[here] - last
    return out.reshape(rows, cols)
