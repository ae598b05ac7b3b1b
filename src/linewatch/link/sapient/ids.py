"""The identifiers that SAPIENT asks for: ULIDs of reports, UUIDs of nodes.

They are made from what is handed in and not from chance, so that a mission that is run
again names everything alike.
"""

import re
from hashlib import sha256
from typing import Final
from uuid import UUID

_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS: Final = tuple(a + b for a in _CROCKFORD for b in _CROCKFORD)

# 26 characters hold 130 bits and a ULID has 128, so the first is at most 7.
_ULID: Final = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}").fullmatch
_UUID: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
).fullmatch


def is_ulid(text: str) -> bool:
    """Say whether a text is a ULID in upper case."""
    return _ULID(text) is not None


def is_uuid(text: str) -> bool:
    """Say whether a text is a UUID of version 4 in lower case."""
    return _UUID(text) is not None


def uuid_from(name: str) -> str:
    """Return the UUID, in the form of version 4, that belongs to a name.

    Examples
    --------
    >>> uuid_from("radar-001") == uuid_from("radar-001")
    True
    >>> is_uuid(uuid_from("radar-001"))
    True
    """
    return str(UUID(bytes=sha256(name.encode()).digest()[:16], version=4))


def ulid_from(name: str, time_s: float) -> str:
    """Return the ULID that belongs to a name and a time [s] since 1970.

    Examples
    --------
    >>> is_ulid(ulid_from("crossing-17", 1740787200.0))
    True
    """
    return ulid(time_s, int.from_bytes(sha256(name.encode()).digest()[:10], "big"))


def ulid(time_s: float, rest: int) -> str:
    """Return the ULID of a time [s] since 1970 and 80 bits.

    It has 26 characters of Crockford's alphabet, written two at a time. See
    "Universally Unique Lexicographically Sortable Identifier", github.com/ulid/spec.

    Examples
    --------
    >>> ulid(1740787200.0, 0)
    '01JN7G1C000000000000000000'
    """
    number = int(time_s * 1_000) << 80 | rest
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])


class Ulids:
    """Makes ULIDs of one source: a time, a digest of the source's name, and a count.

    The digest has 48 bits and the count 32, so two sources clash only when their
    digests do, and one source never within four thousand million reports.

    Examples
    --------
    >>> ulids = Ulids("radar-001")
    >>> first, second = ulids.at(1740787200.0), ulids.at(1740787200.0)
    >>> is_ulid(first), first < second
    (True, True)
    """

    def __init__(self, source: str) -> None:
        digest = int.from_bytes(sha256(source.encode()).digest()[:6], "big")
        self._source = digest << 32
        self._count = 0

    def at(self, time_s: float) -> str:
        """Return the next ULID for a time [s] since 1970."""
        made = ulid(time_s, self._source | self._count)
        self._count = (self._count + 1) & 0xFFFF_FFFF
        return made
