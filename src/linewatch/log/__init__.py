"""The memory: an append-only, hash-chained mission log, durable when it answers."""

from linewatch.log.chain import Checked, read_anchor, verify, write_anchor
from linewatch.log.checkpoint import Checkpoint, last_checkpoint, write_checkpoint
from linewatch.log.entry import Entry, Head
from linewatch.log.keys import read_key, write_key
from linewatch.log.roster import Roster, RosterKey, read_roster, write_roster
from linewatch.log.sign import Signer
from linewatch.log.store import MissionLog

__all__ = [
    "Checked",
    "Checkpoint",
    "Entry",
    "Head",
    "MissionLog",
    "Roster",
    "RosterKey",
    "Signer",
    "last_checkpoint",
    "read_anchor",
    "read_key",
    "read_roster",
    "verify",
    "write_anchor",
    "write_checkpoint",
    "write_key",
    "write_roster",
]
