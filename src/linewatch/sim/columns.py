"""Columns: a table as a structure of arrays that grows and shrinks by whole rows."""

from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(slots=True, eq=False, kw_only=True)
class Columns:
    """A table whose fields are arrays with one row an item."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def kept(self, wanted: Bools | Ints) -> Self:
        """Return the rows where `wanted` holds, or those that it numbers."""
        return self._each(lambda name: getattr(self, name)[wanted])

    def joined(self, more: Self) -> Self:
        """Return these rows and then those of `more`."""
        return self._each(
            lambda name: np.concatenate((getattr(self, name), getattr(more, name)))
        )

    def _each(self, column: Any) -> Self:
        """Make a table of the same kind, column by column."""
        return type(self)(**{field.name: column(field.name) for field in fields(self)})
