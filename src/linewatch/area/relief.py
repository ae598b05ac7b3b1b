"""Generated relief: ground to work on where no real heights are given."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linewatch.area._kernels_relief import relief_at, relief_grid
from linewatch.area.grid import Grid
from linewatch.area.window import window_of
from linewatch.errors import BadValue

Floats = NDArray[np.float64]

SOURCE: Final = "generated relief, not real ground"


@dataclass(frozen=True, slots=True)
class Relief:
    """Heights made up from a seed: basins, ranges with crests, and rough ground.

    The height of a place depends on the place on the plane and the seed alone: windows
    that overlap agree to the bit, and so do two machines. Five octaves of ridged noise
    from 17 km to 0.8 km stand on an upland of 330 km waves, where a mask of 61 km waves
    tells ranges from basins; four octaves from 2.3 km to 0.16 km roughen the rest.

    Parameters
    ----------
    seed : int
        Chooses the ground; 0 or above.

    Raises
    ------
    BadValue
        If the seed is below 0 or too large.

    References
    ----------
    F. K. Musgrave, C. E. Kolb and R. S. Mace, The synthesis and rendering of eroded
    fractal terrains, SIGGRAPH 1989, doi:10.1145/74333.74337.
    """

    seed: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**31:
            raise BadValue("terrain_seed", "a whole number from 0 to 2^31", self.seed)

    @property
    def generated(self) -> bool:
        """True: no survey is behind these heights."""
        return True

    @property
    def source(self) -> str:
        """Where the heights come from."""
        return f"{SOURCE} (seed {self.seed})"

    def window(
        self,
        *,
        west_m: float,
        south_m: float,
        east_m: float,
        north_m: float,
        cell_m: float,
    ) -> Grid:
        """Return the cells that cover a window of the plane [m].

        See `Terrain.window` for how the window is rounded outward.

        Raises
        ------
        BadValue
            If the window or the cell is empty, or there are too many cells.
        """
        at = window_of(
            west_m=west_m,
            south_m=south_m,
            east_m=east_m,
            north_m=north_m,
            cell_m=cell_m,
        )
        x, y = at.centres()
        return at.grid(relief_grid(x, y, self.seed))

    def height_m(self, x_m: ArrayLike, y_m: ArrayLike) -> Floats:
        """Return heights [m] at places on the plane [m], any one shape."""
        x, y = np.broadcast_arrays(np.asarray(x_m, float), np.asarray(y_m, float))
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise BadValue("place", "finite", "NaN or infinite")
        return relief_at(x.flatten(), y.flatten(), self.seed).reshape(x.shape)
