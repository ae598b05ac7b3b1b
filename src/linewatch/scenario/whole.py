"""Writing a file whole: whoever reads it finds all of it, or what was there before."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from linewatch.errors import BadFile


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes the place of `path` when all went well.

    It grows beside its place, under a name of its own by process and thread, and is
    moved there in one step. A pipe or device, such as ``/dev/stdout``, has no place to
    be moved to: it is written into.

    Parameters
    ----------
    path : Path
        Where the file is to lie; its folder must be there.

    Yields
    ------
    binary file
        Takes the bytes.

    Raises
    ------
    BadFile
        If it cannot be written; what was there before stays, and no part is left.
    """
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            with path.open("wb") as file:
                yield file
            return
        one = f"{os.getpid()}-{threading.get_ident()}"
        beside = path.with_name(f".{path.name}.{one}.part")
        try:
            with beside.open("wb") as file:
                yield file
                # Else a power cut may leave the new name and not the bytes.
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except BaseException:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        why = f"cannot be written: {error.strerror or error}"
        raise BadFile(path, why) from error


def write_whole(path: Path, content: bytes | str) -> None:
    """Write bytes, or text as UTF-8, so that no half of it is ever seen.

    Raises
    ------
    BadFile
        If it cannot be written; what was there before stays.
    """
    with whole(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)
