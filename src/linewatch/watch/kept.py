"""A state as bytes: plain values as JSON, arrays and bytes beside them.

Nothing in it can run when it is read, for a log may come from anywhere.
"""

import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from linewatch.errors import BadValue

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORDS: Final = "words"
"""Name under which the plain values are kept."""

BESIDE: Final = "\x00array"
"""Key of what stands for an array in the plain values: no state has such a key."""

BYTES: Final = "\x00bytes"
"""The same for bytes."""


def packed(state: Mapping[str, object]) -> bytes:
    """Write a state as bytes that `unpacked` reads back to the bit.

    Parameters
    ----------
    state : mapping of str to object
        Nested mappings with keys of text, sequences, numbers, text, truths, None,
        bytes, and arrays of numbers. Infinite numbers are kept.
    """
    arrays: dict[str, NDArray[Any]] = {}

    def beside(value: object) -> object:
        name = f"a{len(arrays)}"
        if isinstance(value, np.ndarray):
            arrays[name] = value
            return {BESIDE: name}
        if isinstance(value, bytes):
            arrays[name] = np.frombuffer(value, np.uint8)
            return {BYTES: name}
        raise TypeError(f"{type(value).__name__} cannot be kept")

    words = json.dumps(dict(state), default=beside).encode()
    file = io.BytesIO()
    told = {WORDS: np.frombuffer(words, np.uint8), **arrays}
    np.savez(file, allow_pickle=False, **told)
    return zlib.compress(file.getvalue(), 1)


def unpacked(blob: bytes) -> dict[str, Any]:
    """Read a state that `packed` wrote; sequences come back as lists.

    Raises
    ------
    BadValue
        If the bytes are no such state.
    """
    try:
        arrays, words = _parts(blob)

        def back(told: dict[str, Any]) -> Any:
            if BESIDE in told:
                return arrays[told[BESIDE]]
            return arrays[told[BYTES]].tobytes() if BYTES in told else told

        state = json.loads(words, object_hook=back)
    except BROKEN as error:
        raise BadValue("a kept state", "whole", str(error)) from error
    if not isinstance(state, dict):
        raise BadValue("a kept state", "a mapping", type(state).__name__)
    return state


BROKEN: Final = (
    *(zlib.error, zipfile.BadZipFile, ValueError, KeyError, EOFError, TypeError),
    *(OSError, NotImplementedError, AttributeError, RecursionError),
)
"""What bytes that are no state may come to."""


def _parts(blob: bytes) -> tuple[dict[str, "NDArray[Any]"], bytes]:
    """Return the arrays of a state by name, and its plain values as JSON."""
    with np.load(io.BytesIO(zlib.decompress(blob)), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return arrays, arrays.pop(WORDS).tobytes()


def same(blob: bytes, state: Mapping[str, object]) -> bool:
    """Tell whether bytes keep a state, however they are compressed.

    Arrays are held to the bit, plain numbers to their value: a watch is told whole
    seconds as whole numbers, and reads them from its log as floating-point ones.
    """
    try:
        (arrays, words), (ours, said) = _parts(blob), _parts(packed(state))
    except BROKEN:
        return False
    return _values(words) == _values(said) and _bits(arrays) == _bits(ours)


def _values(words: bytes) -> object:
    """Return plain values; what is no number compares as its name does."""
    return json.loads(words, parse_constant=str)


def _bits(arrays: Mapping[str, "NDArray[Any]"]) -> dict[str, object]:
    """Return all that there is to arrays."""
    return {n: (a.dtype.str, a.shape, a.tobytes()) for n, a in arrays.items()}
