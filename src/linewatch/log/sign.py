"""Signatures: who holds an office's key, and what a signature covers.

A signature is Ed25519 (RFC 8032) over the digest of the entry before and the canonical
form of the entry itself, without the signature. It can therefore stand in one place of
one log only: taken out, moved or put into another log, it no longer holds.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from linewatch.errors import BadValue
from linewatch.log.entry import canonical

SIGNED: Final = ("checkpoint", "decision", "finding", "move", "record", "request")
"""Kinds of entry that an office may sign."""

BINDING: Final = ("checkpoint", "decision", "record")
"""Kinds that bind others: against a roster each must be signed."""

DECIDING: Final = ("decide", "extend", "refuse")
"""Moves of a request that decide it: against a roster each must be signed. Any other
entry that may be signed must be when its office has a key on the roster."""

SEED_SIZE: Final = 32
"""Size of what a private key is made from [bytes]."""

_PREFIX: Final = b"linewatch signature 1\n"
"""Tells these signatures from any other use of a key."""

_ID_DIGITS: Final = 16
"""Hexadecimal digits of a key's id: 64 bits tell the keys of a roster apart."""


def key_id(public: bytes) -> str:
    """Return the id of a public key: the head of its SHA-256.

    Examples
    --------
    >>> key_id(bytes(32))
    '66687aadf862bd77'
    """
    return sha256(public).hexdigest()[:_ID_DIGITS]


@dataclass(frozen=True, slots=True)
class Signer:
    """An office with its private key.

    Parameters
    ----------
    office : str
        The office, as the approval chain names it.
    key : Ed25519PrivateKey
        Its private key; it is never shown.
    """

    office: str
    key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def from_seed(cls, office: str, seed: bytes) -> "Signer":
        """Make a signer of 32 bytes that nobody else knows.

        Raises
        ------
        BadValue
            If there are not 32 of them, or the office has no name.
        """
        if len(seed) != SEED_SIZE:
            raise BadValue("seed of a key", f"{SEED_SIZE} bytes", f"{len(seed)}")
        if not office.strip():
            raise BadValue("office", "named", "empty")
        return cls(office, Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def public(self) -> bytes:
        """The public key that a roster holds (32 bytes)."""
        return self.key.public_key().public_bytes_raw()

    def sign(
        self, before: bytes, seq: int, time_s: float, kind: str, body_json: str
    ) -> str:
        """Return the body of an entry, in canonical form, with key and signature."""
        body = json.loads(body_json)
        body.pop("signature", None)
        body["key"] = key_id(self.public)
        told = message(before, seq, time_s, kind, canonical(body))
        body["signature"] = self.key.sign(told).hex()
        return canonical(body)


def message(before: bytes, seq: int, time_s: float, kind: str, body_json: str) -> bytes:
    """Return the bytes that a signature covers; `body_json` is without it."""
    entry = f'[{seq},{time_s!r},"{kind}",{body_json}]'
    return _PREFIX + before + entry.encode()


def is_signed_by(  # noqa: PLR0913 - an entry has that many parts
    public: bytes, before: bytes, seq: int, time_s: float, kind: str, body_json: str
) -> bool:
    """Tell whether the signature in an entry's body holds for a public key."""
    body = json.loads(body_json)
    try:
        signature = bytes.fromhex(body.pop("signature"))
        told = message(before, seq, time_s, kind, canonical(body))
        Ed25519PublicKey.from_public_bytes(public).verify(signature, told)
    except (InvalidSignature, KeyError, TypeError, ValueError):
        return False
    return True


def signer_for(signers: Iterable[Signer], office: object) -> Signer | None:
    """Return the signer of an office; None when none of them is it."""
    return next((each for each in signers if each.office == office), None)
