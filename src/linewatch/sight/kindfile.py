"""A scenario's own sensor kinds: a table of figures, each with its source."""

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from linewatch.errors import BadValue, InputError, UnknownName
from linewatch.scenario.table import Faults, number, read_table
from linewatch.scenario.whole import write_whole
from linewatch.sight.chance import law_of, lost_per_m
from linewatch.sight.figures import NUMBERS, Figure, changed
from linewatch.sight.kind import Criterion, Law, SensorKind
from linewatch.sight.kinds import KIND_NAMES, KINDS, TARGET_NAMES, TARGETS

COLUMNS: Final = ("kind", "figure", "value", "source")

_RADIANS: Final = {f"{n[:-4]}_deg": n for n in NUMBERS if n.endswith("_rad")}
"""Flat name in radians by the name in degrees that the file uses."""

_DEGREES: Final = {name: told for told, name in _RADIANS.items()}

TOLD_NUMBERS: Final[Mapping[str, Figure]] = {
    _DEGREES.get(name, name): one
    if name not in _DEGREES
    else replace(one, low=math.degrees(one.low), high=math.degrees(one.high))
    for name, one in NUMBERS.items()
}
"""Every number under its name in the file, angles in degrees."""

LABEL_LENGTH: Final = 120
"""Longest label [characters]: as long as a log takes."""

RANGE_X: Final = Figure(low=0.01, high=100)
"""Factor on every anchor of a kind [-], those that its file tells included."""

BANDS_UM: Final = Figure(low=0.3, high=15)
"""What one wavelength of an image may be [um]."""

FIGURES: Final[tuple[str, ...]] = (
    "like",
    "label",
    *TOLD_NUMBERS,
    "range_x",
    "bands_um",
    "criterion",
)
"""Every figure that a file may tell."""

RESERVED: Final = frozenset(
    {
        *("desk", "fusion", "other", "aircraft", "human"),
        *("cyber", "effector", "jammer", "jamming", "kinetic", "ldew", "rfdew"),
        "weapon",
    }
)
"""Names that mean something else to a watch: a desk, or a node that it refuses."""

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,31}").fullmatch
"""What a SAPIENT node may register as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow:
    """One figure of one kind, as a file tells it, with its source."""

    kind: str
    figure: str
    value: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KindFile:
    """What a file of kinds tells; the built-in kinds without one.

    Parameters
    ----------
    kinds : mapping of str to SensorKind
        Every kind that a scenario with it has: the built-in ones first, altered or not.
    rows : tuple of KindRow
        Its rows, in their order.
    remark : str
        Its leading lines that begin with ``#``, joined.
    """

    kinds: Mapping[str, SensorKind] = field(default_factory=lambda: KINDS)
    rows: tuple[KindRow, ...] = ()
    remark: str = ""

    @property
    def told(self) -> dict[str, tuple[str, ...]]:
        """Figures that the file tells, by kind."""
        names = dict.fromkeys(row.kind for row in self.rows)
        return {n: tuple(r.figure for r in self.rows if r.kind == n) for n in names}


def read_kinds(path: Path) -> KindFile:
    """Read a scenario's own kinds.

    A kind that is built in is altered figure by figure. A new one has a row ``like``
    with the built-in kind that it takes every other figure from.

    Raises
    ------
    BadFile
        If the file cannot be read or is no such table.
    BadLines
        If rows are bad; all are told.
    """
    table = read_table(path, COLUMNS)
    faults = table.faults()
    rows: list[KindRow] = []
    by_kind: dict[str, dict[str, _Told]] = {}
    for line, cells in table.rows:
        row = KindRow(**cells)
        rows.append(row)
        if not row.source or not row.source.isprintable():
            rule = "one line that says where the figure comes from"
            faults.add(line, str(BadValue("source", rule, repr(row.source))))
        try:
            _check_names(row)
        except InputError as error:
            faults.add(line, str(error))
            continue
        mine = by_kind.setdefault(row.kind, {})
        if row.figure in mine:
            first = mine[row.figure].line
            faults.add(line, f"{row.kind},{row.figure} stands on line {first} already")
        else:
            mine[row.figure] = _Told(line, row)
    made = {name: _made(name, mine, faults) for name, mine in by_kind.items()}
    faults.told.sort()
    faults.stop()
    kinds = {**KINDS, **{name: kind for name, kind in made.items() if kind}}
    return KindFile(
        kinds=MappingProxyType(kinds), rows=tuple(rows), remark=table.remark
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """A row and its line."""

    line: int
    row: KindRow


def _check_names(row: KindRow) -> None:
    """Refuse a kind or a figure that cannot be."""
    if row.kind in RESERVED:
        raise BadValue("kind", "no word that means something else", repr(row.kind))
    if not _NAME(row.kind):
        rule = "a letter, then at most 31 letters, digits and hyphens, in lower case"
        raise BadValue("kind", rule, repr(row.kind))
    if row.figure not in FIGURES:
        raise UnknownName("figure", row.figure, FIGURES)


def _made(name: str, told: Mapping[str, _Told], faults: Faults) -> SensorKind | None:
    """Make one kind of its rows; None where it is not known what it is like."""
    kind = _begun(name, told, faults)
    if kind is None:
        return None
    for figure, each in told.items():
        try:
            if figure == "range_x":
                _number(each.row, RANGE_X)
            elif figure != "like":
                kind = _with(kind, each.row)
        except InputError as error:
            faults.add(each.line, str(error))
    for figure, why in _idle(kind):
        if figure in told:
            faults.add(told[figure].line, why)
    return kind if faults.told else _finished(kind, told, faults)


def _finished(
    kind: SensorKind, told: Mapping[str, _Told], faults: Faults
) -> SensorKind:
    """Put the factor over the anchors and the source; note a law that cannot be."""
    if "range_x" in told:
        kind = kind.scaled(float(told["range_x"].row.value))
    try:
        law_of(kind, TARGETS["walker"])
    except BadValue as error:
        last = max(each.line for each in told.values())
        faults.add(last, f"{kind.name}: {error}")
    base = KINDS[kind.family]
    said = [f"{f} {t.row.value}: {t.row.source}" for f, t in told.items()]
    source = "; ".join([*said, f"all else as {base.name}: {base.source}"])
    return replace(kind, source=source)


def _begun(name: str, told: Mapping[str, _Told], faults: Faults) -> SensorKind | None:
    """Return the built-in kind that rows alter, or that a new kind is like."""
    like = told.get("like")
    if name in KINDS:
        if like is not None:
            faults.add(like.line, f"{name} is built in itself: it is like no other")
        return KINDS[name]
    if like is None:
        line = min(each.line for each in told.values())
        rule = f"{name},like,KIND with KIND one of {', '.join(KIND_NAMES)}"
        faults.add(line, f"{name} is not built in: it needs a row {rule}")
        return None
    if like.row.value not in KINDS:
        unknown = UnknownName("built-in kind", like.row.value, KIND_NAMES)
        faults.add(like.line, str(unknown))
        return None
    return replace(KINDS[like.row.value], name=name, like=like.row.value)


def _with(kind: SensorKind, row: KindRow) -> SensorKind:
    """Return a kind with the figure that a row tells.

    Raises
    ------
    BadValue
        If the value cannot be, or the kind's law does not ask for the figure.
    """
    name, value = row.figure, row.value
    if name == "label":
        if not value or len(value) > LABEL_LENGTH or not value.isprintable():
            rule = f"one line of at most {LABEL_LENGTH} characters"
            raise BadValue(name, rule, repr(value))
        return replace(kind, label=value)
    if name in ("bands_um", "criterion"):
        _must_serve(kind, row, Figure(low=0, high=0, laws=(Law.IMAGE,)))
        if name == "bands_um":
            parts = [replace(row, value=part) for part in value.split()]
            if not parts:
                raise BadValue(name, "one or more numbers with spaces between", "empty")
            return replace(kind, bands_um=tuple(_number(p, BANDS_UM) for p in parts))
        if value not in list(Criterion):
            raise BadValue(name, f"one of {', '.join(Criterion)}", repr(value))
        return replace(kind, criterion=Criterion(value))
    figure = TOLD_NUMBERS[name]
    _must_serve(kind, row, figure)
    told = _number(row, figure)
    if name in _RADIANS:
        return changed(kind, _RADIANS[name], math.radians(told))
    return changed(kind, name, told)


def _must_serve(kind: SensorKind, row: KindRow, figure: Figure) -> None:
    """Refuse a figure that would change nothing."""
    if kind.law not in figure.laws or kind.gives not in figure.gives:
        rule = f"a figure of a sensor like {kind.family}"
        raise BadValue("figure", rule, row.figure)


def _number(row: KindRow, figure: Figure) -> float:
    """Return the value of a row as a number that the figure allows."""
    value = number({row.figure: row.value}, row.figure)
    if not figure.allows(value):
        raise BadValue(row.figure, figure.rule, row.value)
    return value


def _idle(kind: SensorKind) -> Iterable[tuple[str, str]]:
    """Yield figures that do nothing, or cannot be, beside the others, and why."""
    if not kind.widest_m > 0:
        for target in TARGET_NAMES:
            yield f"reach_{target}_m", f"{kind.name} reaches nothing of any class"
    for target in TARGET_NAMES:
        reach, anchor = f"reach_{target}_m", f"anchor_{target}_m"
        far, near = kind.reach_m.get(target, 0.0), kind.anchor_m.get(target, 0.0)
        if near > 0 and not far > 0:
            yield anchor, f"{anchor} does nothing: {reach} of {kind.name} is 0"
        if far > 0 and not near > 0:
            yield reach, f"{reach} does nothing: {anchor} of {kind.name} is 0"
    if kind.law is Law.IMAGE:
        lost = lost_per_m(kind.bands_um, None) * kind.widest_m
        if not kind.contrast > lost:
            why = f"contrast must be above {lost:.2f}, what clear air takes of it over "
            why += f"the reach of {kind.name}, not {kind.contrast:g}"
            for figure in (
                "contrast",
                "bands_um",
                *(f"reach_{t}_m" for t in TARGET_NAMES),
            ):
                yield figure, why


def write_kinds(path: Path, rows: Iterable[KindRow], remark: str = "") -> None:
    """Write a file of kinds, whole or not at all.

    Raises
    ------
    BadFile
        If it cannot be written.
    """
    out = io.StringIO()
    if remark:
        out.write(f"# {remark}\n")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows((row.kind, row.figure, row.value, row.source) for row in rows)
    write_whole(path, out.getvalue())


def with_rows(rows: Iterable[KindRow], new: Iterable[KindRow]) -> tuple[KindRow, ...]:
    """Return rows with new ones in the place of those of the same kind and figure."""
    took = {(row.kind, row.figure): row for row in new}
    kept = [took.pop((row.kind, row.figure), row) for row in rows]
    return (*kept, *took.values())
