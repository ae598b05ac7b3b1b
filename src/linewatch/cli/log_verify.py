"""The command ``linewatch log verify``."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.errors import BadValue
from linewatch.log import (
    Checked,
    Head,
    read_anchor,
    read_roster,
    verify,
    write_anchor,
)
from linewatch.measure.clock import to_iso


def log_verify(
    log: Path,
    *,
    head: str | None = None,
    anchor: Path | None = None,
    keep_anchor: Path | None = None,
    keys: Path | None = None,
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
        A file that holds such a head, or a checkpoint that was kept elsewhere.
    keep_anchor
        Keep the head of the log in this file once the log is found whole.
    keys
        Roster of the offices' public keys: every decision must be signed by its office.
    as_json
        Print one JSON object instead of sentences.
    """
    if head is not None and anchor is not None:
        raise BadValue("--head and --anchor", "given one at a time", "both")
    kept = Head.parse(head) if head is not None else None
    roster = None if keys is None else read_roster(keys)
    if anchor is not None:
        kept = read_anchor(anchor, roster=roster)
    found = verify(log, anchor=kept, roster=roster)
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
                    "signed": found.signed,
                    "unsigned": found.unsigned,
                    "held_to_roster": found.held_to,
                    "checkpoint": found.checkpoint_seq,
                }
            )
        )
        return
    print(f"{log}: whole, {found.head.seq:,} entries")
    if found.first_s is not None and found.last_s is not None:
        print(f"from {_when(found.first_s)} to {_when(found.last_s)}")
    print(f"head {found.head}")
    for line in _notes(found):
        print(line)


def _when(time_s: float) -> str:
    """Write an instant, also one that lies beyond all calendars."""
    try:
        return to_iso(time_s)
    except OverflowError:
        return f"{time_s:g} s since 1970"


def _notes(found: Checked) -> Iterator[str]:
    """Say what the signatures show, and what cannot be shown."""
    if found.signed and found.held_to:
        yield f"{found.signed} signatures hold against the roster"
    elif found.signed:
        yield f"{found.signed} signatures not checked: name the roster with --keys"
    if found.unsigned:
        yield f"{found.unsigned} decisions, requests or records without a signature"
    if not found.anchored and found.checkpoint_seq:
        yield (
            f"not anchored: a cut behind checkpoint {found.checkpoint_seq} would not "
            "show; give the file kept of the last one with --anchor"
        )
    elif not found.anchored:
        yield "not anchored: a cut at the end would not show; keep the head elsewhere"
