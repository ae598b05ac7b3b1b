"""The command ``linewatch replay``."""

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.log import verify
from linewatch.measure.clock import to_iso


def replay(
    log: Path,
    *,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Read a mission log again: check its chain and sum it up.

    Parameters
    ----------
    log
        The mission log.
    as_json
        Print one JSON object instead of a table.
    """
    found = verify(log)
    span_s = None
    if found.first_s is not None and found.last_s is not None:
        span_s = found.last_s - found.first_s
    if as_json:
        print(
            json.dumps(
                {
                    "entries": found.head.seq,
                    "head": str(found.head),
                    "kinds": found.kinds,
                    "first_s": found.first_s,
                    "last_s": found.last_s,
                    "span_s": span_s,
                }
            )
        )
        return
    for kind, number in found.kinds.items():
        print(f"{kind:12s} {number:10,d}")
    print(f"{'all':12s} {found.head.seq:10,d}")
    if span_s is not None and found.first_s is not None and found.last_s is not None:
        print(f"{to_iso(found.first_s)} to {to_iso(found.last_s)}, {span_s:,.0f} s")
