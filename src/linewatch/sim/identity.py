"""Identity: names of nodes and reports that the same seed makes again."""

import hashlib
from typing import Final
from uuid import UUID

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32, the digits of a ULID."""

PAIRS: Final = tuple(high + low for high in ALPHABET for low in ALPHABET)
"""Two digits at a time: 13 look-ups write a ULID."""


def node_id_of(name: str, seed: int) -> str:
    """Return the UUIDv4 of the node called `name`, lower case, the same for each seed.

    Examples
    --------
    >>> node_id_of("radar-001", 1) == node_id_of("radar-001", 1)
    True
    """
    digest = hashlib.sha256(f"linewatch sim {seed} {name}".encode()).digest()
    return str(UUID(bytes=digest[:16], version=4))


def ulid(time_s: float, low: int, high: int) -> str:
    """Return the ULID of an instant [s] and 80 bits of chance, 40 in each of two.

    References
    ----------
    "Universally Unique Lexicographically Sortable Identifier", github.com/ulid/spec.

    Examples
    --------
    >>> ulid(1740787200.0, 0, 0)
    '01JN7G1C000000000000000000'
    """
    number = (int(time_s * 1000) << 80) | (high << 40) | low
    return "".join(PAIRS[(number >> shift) & 1023] for shift in range(120, -1, -10))
