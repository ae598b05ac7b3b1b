"""What commands read of a mission log."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from linewatch.errors import BadFile, InputError
from linewatch.force.records import Record, records_in
from linewatch.force.request import Case, cases_in
from linewatch.force.request.case import KINDS
from linewatch.log import MissionLog


def records_of(
    log: Path | None, *, known_s: float = math.inf, may_be_new: bool = False
) -> tuple[Record, ...]:
    """Read what offices put on record.

    Parameters
    ----------
    log : Path or None
        Mission log; None has no records.
    known_s : float
        Only what was known by this instant [s].
    may_be_new : bool
        A log that is not there has no records, for commands that then make it. To
        others a wrong path is a fault, not an empty log.

    Raises
    ------
    BadFile
        If the log cannot be read, or is not there and may not be new.
    """
    if log is None or (may_be_new and not log.exists()):
        return ()
    with MissionLog.open_to_read(log) as kept:
        entries = kept.read(kinds=("record",))
        with _told_of(log):
            return records_in(((e.time_s, e.body) for e in entries), known_s=known_s)


def cases_of(
    log: Path | None,
    *,
    on_s: float = math.inf,
    known_s: float = math.inf,
    may_be_new: bool = False,
) -> dict[str, Case]:
    """Read the requests of a log by id.

    Parameters
    ----------
    log : Path or None
        Mission log; None has no requests.
    on_s, known_s : float
        Only what was done, and was known, by these instants [s].
    may_be_new : bool
        A log that is not there has none, for commands that then make it.

    Raises
    ------
    BadFile
        If the log cannot be read, or is not there and may not be new.
    """
    if log is None or (may_be_new and not log.exists()):
        return {}
    with MissionLog.open_to_read(log) as kept:
        told = ((e.time_s, e.kind, e.body) for e in kept.read(kinds=KINDS))
        with _told_of(log):
            return cases_in(told, on_s=on_s, known_s=known_s)


@contextmanager
def _told_of(log: Path) -> Iterator[None]:
    """Tell which log it is whose entries make no sense, as after an edit."""
    try:
        yield
    except (InputError, KeyError, TypeError, ValueError, OverflowError) as error:
        if isinstance(error, BadFile):
            raise
        bare = not isinstance(error, InputError)
        why = f"an entry lacks or misstates {error}" if bare else str(error)
        raise BadFile(log, f"does not make sense (log verify): {why}") from error
