"""Outputs that are never written over what they are made from."""

from collections.abc import Iterable
from pathlib import Path

from linewatch.errors import BadValue


def never_over(outs: Iterable[Path], inputs: Iterable[Path | None]) -> None:
    """Refuse to write a file over one that is read, by whatever path.

    Parameters
    ----------
    outs : iterable of Path
        Files to be written.
    inputs : iterable of Path or None
        Files that are read; None for those that were not given.

    Raises
    ------
    BadValue
        If one is the other.
    """
    read = {path.resolve() for path in inputs if path is not None}
    for out in outs:
        if out.resolve() in read:
            rule = "another file than those it is made from"
            raise BadValue("the output", rule, str(out))
