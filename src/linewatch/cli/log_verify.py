"""The command ``linewatch log verify``."""

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.errors import BadValue
from linewatch.log import Head, read_anchor, verify, write_anchor
from linewatch.measure.clock import to_iso


def log_verify(
    log: Path,
    *,
    head: str | None = None,
    anchor: Path | None = None,
    keep_anchor: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Find any edit, cut or move of entries in a mission log.

    Parameters
    ----------
    log
        The mission log.
    head
        A head noted earlier, as this command prints it: finds a cut or a rewriting.
    anchor
        A file that holds such a head.
    keep_anchor
        Keep the head of the log in this file once the log is found whole.
    as_json
        Print one JSON object instead of sentences.
    """
    if head is not None and anchor is not None:
        raise BadValue("--head and --anchor", "given one at a time", "both")
    kept = Head.parse(head) if head is not None else None
    if anchor is not None:
        kept = read_anchor(anchor)
    found = verify(log, anchor=kept)
    if keep_anchor is not None:
        write_anchor(keep_anchor, found.head)
    if as_json:
        print(
            json.dumps(
                {
                    "whole": True,
                    "anchored": found.anchored,
                    "entries": found.head.seq,
                    "head": str(found.head),
                    "kinds": found.kinds,
                    "first_s": found.first_s,
                    "last_s": found.last_s,
                }
            )
        )
        return
    print(f"{log}: whole, {found.head.seq:,} entries")
    if found.first_s is not None and found.last_s is not None:
        print(f"from {to_iso(found.first_s)} to {to_iso(found.last_s)}")
    print(f"head {found.head}")
    if not found.anchored:
        print("not anchored: a cut at the end would not show; keep the head elsewhere")
