"""Reading a ledger: the whole file balances, or nothing is loaded."""

from collections.abc import Collection
from pathlib import Path

import numpy as np

from linewatch.errors import BadLines
from linewatch.force.balance import faults_of
from linewatch.force.declare import DECLARED
from linewatch.force.draft import NOBODY, Draft
from linewatch.force.kinds import CODES
from linewatch.force.ledger import Ledger
from linewatch.force.parse import parse
from linewatch.force.postings import postings_of
from linewatch.force.tree import Tree
from linewatch.force.words import split


def read_ledger(path: Path) -> Ledger:
    """Read a ledger file and check that it balances.

    Raises
    ------
    BadFile
        If the file cannot be read as text.
    BadLines
        If lines break the syntax, do not balance, or assert what the ledger does not
        count; all of them are told, and nothing is loaded.
    """
    draft = parse(path)
    ledger = _built(draft)
    faults = [*draft.faults, *faults_of(ledger, _doubted(draft))]
    if faults:
        raise BadLines(path, sorted(faults))
    return ledger


def _doubted(draft: Draft) -> Collection[int]:
    """Return the units of lines that could not be read; all, where one names none."""
    doubted: set[int] = set()
    for line in {line for line, _ in draft.faults}:
        tokens = split(draft.texts[line - 1])
        if tokens[0] in DECLARED or (tokens[1:2] and tokens[1] in _MOVE_NOTHING):
            continue
        named = {draft.unit_numbers[name] for name in tokens if name in draft.units}
        doubted |= named or set(range(len(draft.units)))
    return doubted


_MOVE_NOTHING = ("count", "claim", "extend")


def _built(draft: Draft) -> Ledger:
    """Make the columns, postings and tree of what was read."""
    columns = {
        name: np.array(column, dtype=np.int64) for name, column in draft.columns.items()
    }
    units = tuple(draft.units.values())
    parents = (draft.unit_numbers.get(unit.parent or "", NOBODY) for unit in units)
    changes = np.flatnonzero(
        (columns["kind"] == CODES["attach"]) | (columns["kind"] == CODES["detach"])
    )
    changes = changes[np.argsort(columns["on"][changes], kind="stable")]
    tree = Tree(
        home=np.fromiter(parents, dtype=np.int64, count=len(units)),
        on=columns["on"][changes],
        known=columns["known"][changes],
        kind=columns["kind"][changes],
        unit=columns["unit"][changes],
        parent=columns["other"][changes],
    )
    return Ledger(
        path=draft.path,
        units=units,
        numbers=draft.unit_numbers,
        places=tuple(draft.places.values()),
        items=tuple(draft.item_numbers),
        kits=draft.kits,
        cites=draft.cites,
        columns=columns,
        words=draft.words,
        texts=tuple(draft.texts),
        postings=postings_of(columns, draft.words),
        tree=tree,
    )
