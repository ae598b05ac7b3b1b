"""Scopes: what a cost counts and what it leaves out, as a table that users edit."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from linewatch.errors import BadFile, BadValue, UnknownName
from linewatch.plan.cost import SCOPE_LENGTH
from linewatch.plan.table import Cell, note, one_of, read_rows, text
from linewatch.scenario import BUILT_IN, Scenario

SCOPES: Final = BUILT_IN / "scopes.csv"
"""The scopes that ship with Linewatch; a scenario may name its own file."""

INSTALLATIONS: Final = "installations"
"""The line that says whether what bases spend is in; every scope must hold it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeLine:
    """One line of a scope: a price for some of the days, or something left out.

    Parameters
    ----------
    scope, line : str
        The scope and the line of it, in words.
    counts : {'in', 'out'}
        Whether the scope counts it.
    status : str
        Duty status whose days it prices; empty for all.
    item : str
        ``people`` or a kind of kit; empty for a line that is out.
    factor : str
        Planning factor that prices a day; empty for a line that is out.
    payer : str
        Who pays: ``federal`` or ``state``.
    note : str
        Why it is in or out, with the source where there is one.

    Raises
    ------
    BadValue
        If a line that is in has no item or no factor, or one that is out has either.
    """

    scope: str
    line: str
    counts: str
    status: str
    item: str
    factor: str
    payer: str
    note: str

    def __post_init__(self) -> None:
        inside = self.counts == "in"
        if not inside == bool(self.item) == bool(self.factor):
            rule = "given with a line that is in, and only with it"
            raise BadValue("item and factor", rule, repr(self.line))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A scope: its name and its lines.

    Parameters
    ----------
    name : str
        Such as ``incremental``.
    lines : tuple of ScopeLine
        What is in and what is out.

    Raises
    ------
    BadValue
        If nothing is in, a line is there twice, or it does not say whether
        installations are in or out.
    """

    name: str
    lines: tuple[ScopeLine, ...]

    def __post_init__(self) -> None:
        names = [one.line for one in self.lines]
        if not self.inside:
            raise BadValue(f"scope {self.name}", "of one line in or more", "none")
        for line in names:
            if names.count(line) > 1:
                raise BadValue(f"scope {self.name}", "of different lines", repr(line))
        if INSTALLATIONS not in names:
            rule = f"with a line {INSTALLATIONS!r}, in or out"
            raise BadValue(f"scope {self.name}", rule, "without one")

    @property
    def inside(self) -> tuple[ScopeLine, ...]:
        """Lines that are counted."""
        return tuple(one for one in self.lines if one.counts == "in")

    @property
    def outside(self) -> tuple[ScopeLine, ...]:
        """Lines that are left out."""
        return tuple(one for one in self.lines if one.counts == "out")

    @property
    def said(self) -> str:
        """The scope in one line that fits a mission log's entry.

        What is left out is named as far as the length allows, and the rest counted.
        """
        named = {one.line: one.counts for one in self.lines}
        head = f"{self.name}, {INSTALLATIONS} {named[INSTALLATIONS]}"
        left = [one.line for one in self.outside if one.line != INSTALLATIONS]
        for kept in range(len(left), -1, -1):
            more = len(left) - kept
            words = [*left[:kept], *([f"{more} more"] if more else [])]
            told = f"{head}; without {', '.join(words)}" if words else head
            if len(told) <= SCOPE_LENGTH:
                return told
        return head[:SCOPE_LENGTH]


def read_scopes(
    scenario: Scenario | None = None,
    *,
    factors: Iterable[str],
    items: Iterable[str] | None = None,
) -> dict[str, Scope]:
    """Read the scopes: the scenario's own if it names a file, else the built-in ones.

    Parameters
    ----------
    scenario : Scenario, optional
        Its ``[plan] scopes`` names the file.
    factors : iterable of str
        Planning factors that may price a line.
    items : iterable of str, optional
        People and kinds of kit that there are; any when left out.

    Raises
    ------
    BadFile, BadLines
        If the file cannot be read, is empty, or a row or scope breaks a rule.
    """
    path = SCOPES
    if scenario is not None and "scopes" in scenario.table("plan"):
        path = scenario.file("plan", "scopes")
    return scopes_in(path, factors=factors, items=items)


def scopes_in(
    path: Path, *, factors: Iterable[str], items: Iterable[str] | None = None
) -> dict[str, Scope]:
    """Read the scopes of one file; see `read_scopes`."""
    rows = read_rows(
        path,
        ScopeLine,
        {
            "scope": text,
            "line": text,
            "counts": one_of(("in", "out")),
            "status": one_of(("", "T10", "T32", "SAD")),
            "item": note if items is None else one_of(("", *items)),
            "factor": _one_of_or_none(factors),
            "payer": one_of(("federal", "state")),
            "note": text,
        },
    )
    found: dict[str, list[ScopeLine]] = {}
    for row in rows:
        found.setdefault(row.scope, []).append(row)
    try:
        return {
            name: Scope(name=name, lines=tuple(lines)) for name, lines in found.items()
        }
    except BadValue as error:
        raise BadFile(path, str(error)) from error


def scope_called(scopes: dict[str, Scope], name: str) -> Scope:
    """Return a scope by its name.

    Raises
    ------
    UnknownName
        If there is none.
    """
    if name not in scopes:
        raise UnknownName("scope", name, tuple(scopes))
    return scopes[name]


def _one_of_or_none(names: Iterable[str]) -> Cell:
    """Make a reader of a cell that holds one of the names, or nothing."""
    return one_of({*names, ""})
