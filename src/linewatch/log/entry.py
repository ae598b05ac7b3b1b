"""One entry of the log, its canonical form, and the chain of digests."""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from linewatch.errors import BadValue
from linewatch.log.schema import KEPT_BESIDE, checked

FIRST_DIGEST: Final = sha256(b"linewatch log 1").digest()
"""What the first entry's digest is chained to; the same in every log, so that two runs
with one seed make the same chain."""

canonical: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode
"""Write plain values as canonical JSON: sorted keys, no spaces, shortest floats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of the mission log.

    Parameters
    ----------
    seq : int
        Place in the log, from 1 without gaps.
    time_s : float
        Time of the event, not of the writing [s].
    kind : str
        A key of `linewatch.log.schema.FIELDS`.
    body : mapping
        Fields by name.
    digest : bytes
        SHA-256 over the digest before it and this entry's canonical form (32 bytes).
    """

    seq: int
    time_s: float
    kind: str
    body: Mapping[str, object]
    digest: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a log: number and digest of its last entry; 0 when it is empty."""

    seq: int
    digest: bytes

    def __str__(self) -> str:
        return f"{self.seq}:{self.digest.hex()}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """Read a head as `str` writes it.

        Raises
        ------
        BadValue
            If it is not a number, a colon and 64 hexadecimal digits.
        """
        seq, _, digest = text.strip().partition(":")
        try:
            head = cls(int(seq), bytes.fromhex(digest))
        except ValueError:
            head = cls(-1, b"")
        if head.seq < 0 or len(head.digest) != sha256().digest_size:
            raise BadValue("head", "a number, a colon and 64 hex digits", repr(text))
        return head


@dataclass(frozen=True, slots=True)
class Draft:
    """A checked entry that has no place in the log yet, and who is to sign it."""

    time_s: float
    kind: str
    body_json: str
    beside: bytes | None
    sign: "Sign | None" = None

    def signed_by(self, sign: "Sign | None") -> "Draft":
        """Return it as it is to be signed once it has its place; None signs nothing."""
        return replace(self, sign=sign)


Sign = Callable[[bytes, int, float, str, str], str]
"""Takes digest before, place, time, kind and body; returns the body, signed."""


def drafted(time_s: float, kind: str, body: Mapping[str, object]) -> Draft:
    """Check an entry and write its body in canonical form.

    Raises
    ------
    BadValue, UnknownName
        If the time is not finite, or the body breaks the schema of its kind.
    """
    if not math.isfinite(time_s):
        raise BadValue("time of an entry", "finite", time_s)
    fields = checked(kind, body)
    time_s = (
        float(time_s) + 0.0
    )  # SQLite gives -0.0 back as 0.0, and the digest differs
    beside = fields.pop(KEPT_BESIDE, None)
    if isinstance(beside, bytes):
        fields["sha256"] = sha256(beside).hexdigest()
        fields["size"] = len(beside)
        return Draft(time_s, kind, canonical(fields), beside)
    return Draft(time_s, kind, canonical(fields), None)


def link(before: bytes, seq: int, time_s: float, kind: str, body_json: str) -> bytes:
    """Return the digest of an entry from the digest before it.

    It covers place, time, kind and body, so none can change without the next digest
    changing too.
    """
    return sha256(before + f'[{seq},{time_s!r},"{kind}",{body_json}]'.encode()).digest()


Row = tuple[int, float, str, str, bytes]
"""A row of the table `entry`: seq, time_s, kind, body as JSON, digest."""


def chained(head: Head, drafts: Iterable[Draft]) -> Iterator[Row]:
    """Give each draft its place and digest after `head`."""
    seq, digest = head.seq, head.digest
    for draft in drafts:
        seq += 1
        time_s, kind, body_json = draft.time_s, draft.kind, draft.body_json
        if draft.sign is not None:
            body_json = draft.sign(digest, seq, time_s, kind, body_json)
        digest = link(digest, seq, time_s, kind, body_json)
        yield seq, time_s, kind, body_json, digest
