"""The memory: an append-only, hash-chained mission log, durable when it answers."""

from linewatch.log.chain import Checked, read_anchor, verify, write_anchor
from linewatch.log.entry import Entry, Head
from linewatch.log.store import MissionLog

__all__ = [
    "Checked",
    "Entry",
    "Head",
    "MissionLog",
    "read_anchor",
    "verify",
    "write_anchor",
]
