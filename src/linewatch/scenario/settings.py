"""Settings: one frozen value a stage, made from a table whose keys are all known."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import TypeVar, get_args, get_type_hints

from linewatch.errors import BadValue, UnknownName

T = TypeVar("T")


def settings_from(
    kind: type[T], table: Mapping[str, object], *, where: str, also: Iterable[str] = ()
) -> T:
    """Make the settings dataclass `kind` from a table of a scenario.

    Parameters
    ----------
    kind : type
        A dataclass whose fields are the keys; each field has a default.
    table : mapping
        Keys and values from outside. An integer serves for a float; a list for a tuple.
    where : str
        Name of the table, for errors.
    also : iterable of str
        Keys that something else reads (names of files) and that are left out here.

    Raises
    ------
    UnknownName
        If a key is no field of `kind` and not in `also`.
    BadValue
        If a value is of another type, or `kind` refuses it.
    """
    hints = get_type_hints(kind)
    known = tuple(f.name for f in fields(kind))  # type: ignore[arg-type]
    left_out = set(also)
    words: dict[str, object] = {}
    for key, value in table.items():
        if key in left_out:
            continue
        if key not in known:
            raise UnknownName(f"key in [{where}]", key, sorted({*known, *left_out}))
        words[key] = _as_type(f"{where}.{key}", value, hints[key])
    return kind(**words)


def _as_type(name: str, value: object, wanted: object) -> object:
    """Check a value from outside against a field's type."""
    allowed = tuple(
        getattr(kind, "__origin__", kind) for kind in get_args(wanted) or ()
    )
    kinds = allowed if allowed and not hasattr(wanted, "__origin__") else ()
    plain = getattr(wanted, "__origin__", wanted)
    choices = kinds or (plain,)
    if tuple in choices and isinstance(value, list):
        (each, *_) = get_args(wanted)
        return tuple(_as_type(f"each of {name}", one, each) for one in value)
    if float in choices and type(value) is int:
        return float(value)
    if any(type(value) is choice for choice in choices):
        return value
    told = " or ".join(getattr(choice, "__name__", str(choice)) for choice in choices)
    raise BadValue(name, f"of type {told}", repr(value))
