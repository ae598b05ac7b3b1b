"""Whether a log is whole: every entry follows from those before it."""

import sqlite3
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from linewatch.errors import BadFile, LogBroken
from linewatch.log.checkpoint import parse_checkpoint, why_not_signed
from linewatch.log.entry import FIRST_DIGEST, Head, Row, link
from linewatch.log.roster import Roster
from linewatch.log.sign import BINDING, DECIDING, SIGNED
from linewatch.log.store import MissionLog, fields_of
from linewatch.scenario.whole import write_whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a whole log holds.

    Parameters
    ----------
    head : Head
        Its last entry. Kept elsewhere, it makes a later cut or rewriting show.
    kinds : dict
        Entries by kind.
    first_s, last_s : float or None
        Earliest and latest time of an event [s]; None in an empty log.
    anchored : bool
        Whether the log was compared with a head that was kept elsewhere.
    signed, unsigned : int
        Entries of the kinds that an office may sign, with a signature and without.
    held_to : bool
        Whether the signatures were held against a roster; without one nobody can say
        whose they are.
    checkpoint_seq : int
        Place of the last checkpoint; 0 without one.
    """

    head: Head
    kinds: dict[str, int]
    first_s: float | None
    last_s: float | None
    anchored: bool
    signed: int = 0
    unsigned: int = 0
    held_to: bool = False
    checkpoint_seq: int = 0


def verify(
    path: Path, *, anchor: Head | None = None, roster: Roster | None = None
) -> Checked:
    """Check every entry of a log against the chain of digests.

    Without an anchor this finds an entry that was edited, moved, put in or taken out
    from between others, unless all digests after it were computed anew. A cut at the
    end, and a log written anew from some entry on, can only be seen against an anchor:
    a head that was noted when the log was whole and was kept where its editor does not
    reach. A signed checkpoint that was kept elsewhere is such an anchor.

    With a roster every decision, record and checkpoint, and every move that decides a
    request, must hold a signature of its own office, with a key that the roster holds
    at the time of the entry; so must all that an office with a key there said. A key
    whose dates ended before a checkpoint can sign nothing after it: an early time that
    is told in the entry does not help.

    Raises
    ------
    LogBroken
        At the first entry that does not follow from those before it, or is not signed
        as the roster asks.
    BadFile
        If the file is no mission log, or damaged below the entries.
    """
    with MissionLog.open_to_read(path) as log:
        return _Walk(path, anchor, roster).run(log)


class _Walk:
    """One walk along the chain."""

    def __init__(
        self, path: Path, anchor: Head | None, roster: Roster | None = None
    ) -> None:
        self.path = path
        self.anchor = anchor
        self.roster = roster
        self.signed = 0
        self.unsigned = 0
        self.checkpoint: tuple[int, float] = (0, float("-inf"))
        self.head = Head(0, FIRST_DIGEST)
        self.kinds: Counter[str] = Counter()
        self.first_s: float | None = None
        self.last_s: float | None = None

    def run(self, log: MissionLog) -> Checked:
        damage = log.damage()
        if damage is not None:
            raise BadFile(self.path, f"damaged: {damage.splitlines()[-1]}")
        try:
            for row in log.rows(1):
                self.step(row)
                if row[2] == "snapshot":
                    self.state_is_kept(row, log)
        except sqlite3.DatabaseError as error:
            raise BadFile(self.path, f"damaged after entry {self.head.seq}") from error
        self.anchor_is_reached()
        return Checked(
            head=self.head,
            kinds=dict(sorted(self.kinds.items())),
            first_s=self.first_s,
            last_s=self.last_s,
            anchored=self.anchor is not None,
            signed=self.signed,
            unsigned=self.unsigned,
            held_to=self.roster is not None,
            checkpoint_seq=self.checkpoint[0],
        )

    def step(self, row: Row) -> None:
        seq, time_s, kind, body, digest = row
        wanted = self.head.seq + 1
        if seq != wanted:
            raise LogBroken(self.path, wanted, f"is missing: entry {seq} follows")
        if link(self.head.digest, seq, time_s, kind, body) != digest:
            raise LogBroken(self.path, seq, "does not follow from the one before")
        if kind in SIGNED:
            self.signature_holds(row)
        self.head = Head(seq, digest)
        if self.anchor is not None and self.anchor.seq == seq:
            self.anchor_is_met(self.anchor)
        self.kinds[kind] += 1
        self.first_s = time_s if self.first_s is None else min(self.first_s, time_s)
        self.last_s = time_s if self.last_s is None else max(self.last_s, time_s)

    def signature_holds(self, row: Row) -> None:
        """Count a signature, and hold it against the roster if there is one."""
        seq, time_s, kind, _, _ = row
        body = fields_of(self.path, row)
        is_signed = "signature" in body
        self.signed += is_signed
        self.unsigned += not is_signed
        if self.roster is not None and (
            is_signed
            or kind in BINDING
            or body.get("move") in DECIDING
            or any(key.office == body.get("office") for key in self.roster.keys)
        ):
            why = why_not_signed(row, self.head.digest, self.roster)
            key = self.roster.find(body.get("key"))
            at, noted_s = self.checkpoint
            ended_s = None if key is None else key.until_s
            if why is None and ended_s is not None and ended_s <= noted_s:
                why = f"is signed with a key that had ended by checkpoint {at}"
            if why is not None:
                raise LogBroken(self.path, seq, f"({kind}) {why}")
        if kind == "checkpoint" and is_signed:
            self.checkpoint = max((seq, time_s), self.checkpoint, key=lambda at: at[1])

    def state_is_kept(self, row: Row, log: MissionLog) -> None:
        seq, _, _, body, _ = row
        try:
            state = log.snapshot(seq)
        except BadFile as error:
            raise LogBroken(self.path, seq, "has lost its snapshot") from error
        if sha256(state).hexdigest() not in body:
            raise LogBroken(self.path, seq, "has another snapshot than the one logged")

    def anchor_is_met(self, anchor: Head) -> None:
        if anchor.digest != self.head.digest:
            raise LogBroken(
                self.path, anchor.seq, "is not the one that the anchor names"
            )

    def anchor_is_reached(self) -> None:
        if self.anchor is not None and self.anchor.seq > self.head.seq:
            raise LogBroken(
                self.path,
                self.head.seq + 1,
                f"is cut off: the anchor names entry {self.anchor.seq}",
            )


def write_anchor(path: Path, head: Head) -> None:
    """Keep a head in a file of one line, replaced whole, on disk when this returns."""
    write_whole(path, f"{head}\n")


def read_anchor(path: Path, *, roster: Roster | None = None) -> Head:
    """Read a head that `write_anchor` kept, or the file of a checkpoint.

    Parameters
    ----------
    path : Path
        The file.
    roster : Roster, optional
        Against which the signature of a checkpoint must hold.

    Raises
    ------
    BadFile
        If the file cannot be read, or a checkpoint is not signed as the roster asks.
    BadValue
        If it holds no head.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(path, "no readable anchor") from error
    if not text.lstrip().startswith("{"):
        return Head.parse(text)
    checkpoint = parse_checkpoint(path, text)
    why = None if roster is None else checkpoint.why_not(roster)
    if why is not None:
        raise BadFile(path, f"the checkpoint {why}")
    return checkpoint.head
