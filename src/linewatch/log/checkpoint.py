"""Checkpoints: signed entries that are kept elsewhere too, so that a cut shows.

A checkpoint says: this office has seen the log up to here. Its file holds all that is
needed to check it without the log: what the signature covers, and the digest that the
log must have at that place.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from linewatch.errors import BadFile
from linewatch.log.entry import FIRST_DIGEST, Head, Row, link
from linewatch.log.roster import Roster
from linewatch.log.sign import is_signed_by
from linewatch.log.store import MissionLog
from linewatch.scenario.whole import write_whole

FORMAT: Final = "linewatch-checkpoint-1"
"""First word of a checkpoint's file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A signed entry of a log, kept elsewhere.

    Parameters
    ----------
    seq : int
        Place in the log.
    time_s : float
        When it was made [s].
    before : bytes
        Digest of the entry before it (32 bytes).
    body_json : str
        Its fields in canonical form, with key and signature.
    """

    seq: int
    time_s: float
    before: bytes
    body_json: str

    @property
    def head(self) -> Head:
        """The head that the log had with it; as an anchor it makes a cut show."""
        kind = "checkpoint"
        digest = link(self.before, self.seq, self.time_s, kind, self.body_json)
        return Head(self.seq, digest)

    def why_not(self, roster: Roster) -> str | None:
        """Say why its signature does not hold against a roster; None when it does."""
        row = (self.seq, self.time_s, "checkpoint", self.body_json, self.head.digest)
        return why_not_signed(row, self.before, roster)


def why_not_signed(row: Row, before: bytes, roster: Roster) -> str | None:
    """Say why an entry's signature does not hold; None when it does.

    Parameters
    ----------
    row : tuple
        The entry as stored.
    before : bytes
        Digest of the entry before it.
    roster : Roster
        The keys that are trusted.
    """
    seq, time_s, kind, body_json, _ = row
    body = json.loads(body_json)
    if "signature" not in body:
        return "is not signed"
    key = roster.find(body.get("key"))
    if key is None:
        return f"is signed with key {body.get('key')}, which is not on the roster"
    if key.office != body.get("office"):
        return f"of {body.get('office')} is signed with the key of {key.office}"
    if not is_signed_by(key.public, before, seq, time_s, kind, body_json):
        return "holds a signature that is not of this entry"
    if not key.holds(time_s):
        return f"is signed with key {key.id} outside its dates"
    return None


def last_checkpoint(log: MissionLog) -> Checkpoint | None:
    """Return the newest checkpoint of a log; None without one."""
    rows = list(log.rows(1, kinds=("checkpoint",)))
    if not rows:
        return None
    seq, time_s, _, body_json, _ = rows[-1]
    before = FIRST_DIGEST
    for row in log.rows(seq - 1, to_seq=seq - 1):
        before = row[4]
    return Checkpoint(seq=seq, time_s=time_s, before=before, body_json=body_json)


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint to a file of its own, replaced whole.

    Raises
    ------
    BadFile
        If it cannot be written.
    """
    told = {
        "format": FORMAT,
        "head": str(checkpoint.head),
        "seq": checkpoint.seq,
        "time_s": checkpoint.time_s,
        "before": checkpoint.before.hex(),
        "entry": checkpoint.body_json,
    }
    write_whole(path, json.dumps(told, indent=1) + "\n")


def parse_checkpoint(path: Path, text: str) -> Checkpoint:
    """Read a checkpoint from the text of its file.

    Raises
    ------
    BadFile
        If it is none, or its parts do not belong together.
    """
    try:
        told = json.loads(text)
        made = Checkpoint(
            seq=int(told["seq"]),
            time_s=float(told["time_s"]),
            before=bytes.fromhex(told["before"]),
            body_json=str(told["entry"]),
        )
        table = isinstance(json.loads(made.body_json), dict)
        whole = table and told["format"] == FORMAT and told["head"] == str(made.head)
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise BadFile(path, f"is no checkpoint: {error!r}") from error
    if not whole:
        raise BadFile(path, "is no checkpoint: its parts do not belong together")
    return made
