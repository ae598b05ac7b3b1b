"""Key files: a private key on disk, for its owner alone."""

import os
import stat
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from linewatch.errors import BadFile
from linewatch.log.sign import Signer

OFFICE: Final = "Office: "
"""Begins the line of a key file that names its office."""

OWNER_ONLY: Final = 0o600
"""Permissions of a key file: its owner reads and writes it, nobody else."""


def write_key(path: Path, signer: Signer, *, passphrase: bytes | None = None) -> None:
    """Write a private key to a new file that its owner alone can read.

    Parameters
    ----------
    path : Path
        File to make. One that is there is never written over.
    signer : Signer
        Office and key.
    passphrase : bytes, optional
        Without which the file is of no use.

    Raises
    ------
    BadFile
        If the file is there, or cannot be written.
    """
    lock: KeySerializationEncryption = NoEncryption()
    if passphrase:
        lock = BestAvailableEncryption(passphrase)
    pem = signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(made, "wb") as file:
            file.write(f"{OFFICE}{signer.office}\n".encode() + pem)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise BadFile(path, "exists already; a key is never written over") from error
    except OSError as error:
        raise BadFile(path, f"cannot be written: {error.strerror}") from error


def read_key(path: Path, *, passphrase: bytes | None = None) -> Signer:
    """Read a private key and the office that it speaks for.

    Raises
    ------
    BadFile
        If the file cannot be read, others may read it, it needs another passphrase, or
        it holds no Ed25519 key.
    """
    try:
        others = stat.S_IMODE(path.stat().st_mode) & 0o077
        text = path.read_bytes()
    except OSError as error:
        raise BadFile(path, f"cannot be read: {error.strerror}") from error
    if others:
        raise BadFile(path, "others may read it: chmod 600 it, or make a new key")
    first, _, pem = text.partition(b"\n")
    office = first.decode("utf-8", "replace").removeprefix(OFFICE).strip()
    if not first.startswith(OFFICE.encode()) or not office:
        raise BadFile(path, f"is no key file: it must begin with {OFFICE.strip()!r}")
    try:
        key = load_pem_private_key(pem, password=passphrase or None)
    except TypeError as error:
        needs = "a passphrase" if passphrase is None else "no passphrase"
        raise BadFile(path, f"needs {needs}") from error
    except ValueError as error:
        why = "no key, or another passphrase" if passphrase else "no key"
        raise BadFile(path, f"holds {why}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadFile(path, "holds a key of another kind than Ed25519")
    return Signer(office, key)
