"""The plain way: one entry after another, pools in a dictionary."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date

from linewatch.force.kinds import KINDS
from linewatch.force.values import WHILE, Entry, Pool

POOLS = {
    "approved": set(Pool),
    "sourced": set(Pool) - {Pool.UNSOURCED},
    "in_transit": {Pool.TRANSIT},
    "present": {Pool.PRESENT},
}


def pools(
    entries: Iterable[Entry], on: date, known: date | None = None
) -> Counter[tuple[str, str, str | None, Pool]]:
    """Return what each unit, item and status holds in each pool."""
    held: Counter[tuple[str, str, str | None, Pool]] = Counter()
    for entry in entries:
        if entry.on > on or (known is not None and entry.known > known):
            continue
        kind = KINDS[entry.kind]
        takes = kind.takes
        if "was=injured" in entry.text:
            takes = Pool.INJURED
        elif "was=leave" in entry.text:
            takes = Pool.LEAVE
        key = entry.unit, entry.item, entry.status
        if entry.kind == "status":
            absent = re.search("while=([a-z]+)", entry.text)
            pool = WHILE[absent[1]] if absent else Pool.PRESENT
            held[entry.unit, entry.item, entry.other, pool] -= entry.count
            held[*key, pool] += entry.count
            continue
        if takes is not None:
            held[*key, takes] -= entry.count
        if kind.gives is not None:
            held[*key, kind.gives] += entry.count
    return held


def five(
    entries: Iterable[Entry], on: date, known: date | None = None
) -> dict[str, int]:
    """Return the strengths in people, but for organic."""
    held = pools(entries, on, known)
    return {
        name: sum(
            number
            for (_, item, _, pool), number in held.items()
            if item == "people" and pool in counted
        )
        for name, counted in POOLS.items()
    }
