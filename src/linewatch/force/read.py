"""Reading a ledger: the whole file balances, or nothing is loaded."""

from pathlib import Path

import numpy as np

from linewatch.errors import BadLines
from linewatch.force.balance import faults_of
from linewatch.force.kinds import CODES
from linewatch.force.ledger import Ledger
from linewatch.force.parse import NOBODY, Draft, parse
from linewatch.force.postings import postings_of
from linewatch.force.tree import Tree


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
    faults = draft.faults or faults_of(ledger)
    if faults:
        raise BadLines(path, sorted(faults))
    return ledger


def _built(draft: Draft) -> Ledger:
    """Make the columns, postings and tree of what was read."""
    columns = {
        name: np.array(column, dtype=np.int64)
        for name, column in draft.columns.items()
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


