"""Keys at the command line: which file signs, and what unlocks it."""

import sys
from getpass import getpass
from pathlib import Path

from linewatch.errors import BadFile
from linewatch.log import Signer, read_key


def signer_from(key: Path | None, passphrase_file: Path | None) -> tuple[Signer, ...]:
    """Read the key that signs; none when no file is named.

    Raises
    ------
    BadFile
        If a file cannot be read, or the key needs another passphrase.
    """
    if key is None:
        return ()
    phrase = passphrase_from(passphrase_file)
    try:
        return (read_key(key, passphrase=phrase),)
    except BadFile as error:
        # Only a person at a terminal can be asked; a script names a file.
        if error.why != "needs a passphrase" or not sys.stdin.isatty():
            raise
        return (read_key(key, passphrase=getpass(f"passphrase of {key}: ").encode()),)


def passphrase_from(file: Path | None) -> bytes | None:
    """Read a passphrase, the first line of a file; None when no file is named.

    Raises
    ------
    BadFile
        If the file cannot be read, or its first line is empty.
    """
    if file is None:
        return None
    try:
        phrase = file.read_bytes().split(b"\n", 1)[0].strip(b"\r")
    except OSError as error:
        raise BadFile(file, f"cannot be read: {error.strerror}") from error
    if not phrase:
        raise BadFile(file, "its first line must be the passphrase")
    return phrase


def of_office(signers: tuple[Signer, ...], office: str, key: Path | None) -> None:
    """Refuse a key of another office than the one that acts.

    Raises
    ------
    BadFile
        If the key's office is another.
    """
    for signer in signers:
        if signer.office != office and key is not None:
            raise BadFile(key, f"is the key of {signer.office}, not of {office}")
