"""The door to the compiler: the only module that imports Numba."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit

__all__ = ["kernel"]

P = ParamSpec("P")
R = TypeVar("R")


def kernel(loop: Callable[P, R]) -> Callable[P, R]:
    """Compile a serial loop to machine code and keep its types for the checker.

    The code is cached beside the source, so only the first run waits. The cache does
    not see changes in other files: a kernel calls only kernels of its own file. It
    frees the interpreter's lock, divides as NumPy does (no exception) and keeps the
    order of sums, so that equal input gives equal bits. There is no parallel variant:
    two threads inside Numba's fallback layer end the process, and parallel loops
    jitter; cores are used by processes instead.
    """
    compiled = njit(cache=True, nogil=True, error_model="numpy")(loop)
    return cast("Callable[P, R]", compiled)
