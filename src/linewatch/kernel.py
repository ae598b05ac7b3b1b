"""The door to the compiler: the only module that imports Numba."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar, cast, overload

from numba import config, njit

__all__ = ["kernel"]

P = ParamSpec("P")
R = TypeVar("R")


@overload
def kernel(loop: Callable[P, R]) -> Callable[P, R]: ...
@overload
def kernel(
    *, packs: bool = ..., joins: bool = ...
) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def kernel(
    loop: Callable[P, R] | None = None, *, packs: bool = False, joins: bool = False
) -> Callable[P, R] | Callable[[Callable[P, R]], Callable[P, R]]:
    """Compile a serial loop to machine code and keep its types for the checker.

    The code is cached beside the source, so only the first run waits. The cache does
    not see changes in other files: a kernel calls only kernels of its own file. It
    frees the interpreter's lock, divides as NumPy does (no exception) and keeps the
    order of sums, so that equal input gives equal bits. There is no parallel variant:
    two threads inside Numba's fallback layer end the process, and parallel loops
    jitter; cores are used by processes instead.

    Parameters
    ----------
    loop : callable
        The loop.
    packs : bool, default False
        Let the compiler pack neighbouring statements of equal form into one vector
        instruction (LLVM's superword packing, which Numba leaves off): for loops that
        spell out their lanes. Sums keep their order, so the bits stay the same.
    joins : bool, default False
        Lay its code into the kernels that call it: for short loops over many arrays,
        each of which is seven numbers to hand over.
    """
    if loop is None:
        return lambda loop: _compiled(loop, packs=packs, joins=joins)
    return _compiled(loop, packs=packs, joins=joins)


def _compiled(loop: Callable[P, R], *, packs: bool, joins: bool) -> Callable[P, R]:
    """Wrap a loop so that its first call compiles it."""
    door = njit(cache=True, nogil=True, error_model="numpy", forceinline=joins)
    compiled: Any = door(loop)
    if packs and hasattr(compiled, "compile"):  # with the compiler off it has none
        plain = compiled.compile

        def compile_packed(types: Any) -> Any:
            with _packing():
                return plain(types)

        compiled.compile = compile_packed
    return cast("Callable[P, R]", compiled)


@contextmanager
def _packing() -> Iterator[None]:
    """Switch superword packing on; compiling holds Numba's own lock."""
    settings: Any = config
    before = settings.SLP_VECTORIZE
    settings.SLP_VECTORIZE = 1
    try:
        yield
    finally:
        settings.SLP_VECTORIZE = before
