"""Compiled search for the nearest piece of a line. Callers have checked everything."""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Floats = NDArray[np.float64]


@kernel
def along_line(
    x_m: Floats,
    y_m: Floats,
    line_x_m: Floats,
    line_y_m: Floats,
    line_chainage_m: Floats,
    boxes_m: Floats,
    leaf: int,
) -> tuple[Floats, Floats]:
    """Return the chainage and the signed offset [m] of each place on the plane.

    Parameters
    ----------
    x_m, y_m : ndarray of float64, shape (n,)
        Places on the plane [m].
    line_x_m, line_y_m, line_chainage_m : ndarray of float64, shape (m + 1,)
        Points of the line on the plane [m] and their chainage [m], growing.
    boxes_m : ndarray of float64, shape (2 * leaves, 4)
        Binary tree in heap order: node k has the children 2k and 2k + 1, the last
        half are leaves; each row is west, south, east, north [m] of what it holds.
    leaf : int
        Pieces of the line in one leaf.

    Returns
    -------
    chainage_m, offset_m : ndarray of float64, shape (n,)
        An offset is in geodesic metres: plane metres over the piece's own stretch.

    Notes
    -----
    Branch and bound, the nearer child first. Of two equally near pieces the earlier
    one counts, so the answer does not depend on the order of the places.
    """
    pieces = line_x_m.size - 1
    leaves = boxes_m.shape[0] // 2
    chainage = np.empty(x_m.size)
    offset = np.empty(x_m.size)
    stack = np.empty(128, dtype=np.int64)
    waiting = np.empty(128)
    best = 0
    for place in range(x_m.size):
        px, py = x_m[place], y_m[place]
        # The piece nearest to the place before bounds the search: tracks move little.
        best_part, best_sq = 0.0, np.inf
        first = best
        depth = 1
        stack[0], waiting[0] = 1, 0.0
        start, stop = first, first + 1
        node = 0
        while True:
            for piece in range(start, stop):
                ax, ay = line_x_m[piece], line_y_m[piece]
                dx, dy = line_x_m[piece + 1] - ax, line_y_m[piece + 1] - ay
                part = ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy)
                part = min(max(part, 0.0), 1.0)
                ex, ey = px - ax - part * dx, py - ay - part * dy
                sq = ex * ex + ey * ey
                if sq < best_sq or (sq == best_sq and piece < best):
                    best, best_part, best_sq = piece, part, sq
            start = stop = 0
            while depth > 0:
                depth -= 1
                if waiting[depth] > best_sq:
                    continue
                node = stack[depth]
                if node >= leaves:
                    start = (node - leaves) * leaf
                    stop = min(start + leaf, pieces)
                    break
                near, far = 2 * node, 2 * node + 1
                ex = max(boxes_m[near, 0] - px, px - boxes_m[near, 2], 0.0)
                ey = max(boxes_m[near, 1] - py, py - boxes_m[near, 3], 0.0)
                near_sq = ex * ex + ey * ey
                ex = max(boxes_m[far, 0] - px, px - boxes_m[far, 2], 0.0)
                ey = max(boxes_m[far, 1] - py, py - boxes_m[far, 3], 0.0)
                far_sq = ex * ex + ey * ey
                if far_sq < near_sq:
                    near, far, near_sq, far_sq = far, near, far_sq, near_sq
                if far_sq <= best_sq:
                    stack[depth], waiting[depth] = far, far_sq
                    depth += 1
                if near_sq <= best_sq:
                    stack[depth], waiting[depth] = near, near_sq
                    depth += 1
            if start == stop:
                break
        ax, ay = line_x_m[best], line_y_m[best]
        dx, dy = line_x_m[best + 1] - ax, line_y_m[best + 1] - ay
        plane_m = np.hypot(dx, dy)
        ground_m = line_chainage_m[best + 1] - line_chainage_m[best]
        ux, uy = dx / plane_m, dy / plane_m
        # Nearest to a corner, the side is told by both pieces that meet there.
        other = best
        if best_part == 0.0 and best > 0:
            other = best - 1
        elif best_part == 1.0 and best < pieces - 1:
            other = best + 1
        if other != best:
            vx = line_x_m[other + 1] - line_x_m[other]
            vy = line_y_m[other + 1] - line_y_m[other]
            size = np.hypot(vx, vy)
            ux, uy = ux + vx / size, uy + vy / size
        ex, ey = px - ax - best_part * dx, py - ay - best_part * dy
        side = 1.0 if ux * ey - uy * ex >= 0.0 else -1.0
        chainage[place] = line_chainage_m[best] + best_part * ground_m
        offset[place] = side * np.sqrt(best_sq) * ground_m / plane_m
    return chainage, offset
