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
        if not _has_place(path):
            with path.open("wb") as file:
                yield file
            return
        with _moved(path) as beside, beside.open("wb") as file:
            yield file
            # Else a power cut may leave the new name and not the bytes.
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        why = f"cannot be written: {error.strerror or error}"
        raise BadFile(path, why) from error


@contextmanager
def whole_path(path: Path) -> Iterator[Path]:
    """Lend a path whose file takes the place of `path` when all went well.

    As `whole`, for a writer that wants a name and opens it on its own.

    Parameters
    ----------
    path : Path
        Where the file is to lie; its folder must be there.

    Yields
    ------
    Path
        Where to write; the file must be closed again within.

    Raises
    ------
    BadFile
        If it cannot be written, or is a pipe or device, which has no place to be moved
        to; what was there before stays, and no part is left.
    """
    if not _has_place(path):
        raise BadFile(path, "must be a file, not a pipe or a device")
    try:
        with _moved(path) as beside:
            yield beside
            with beside.open("rb+") as file:
                os.fsync(file.fileno())
    except OSError as error:
        why = f"cannot be written: {error.strerror or error}"
        raise BadFile(path, why) from error


def _has_place(path: Path) -> bool:
    """Whether a file can be moved to a path."""
    return not path.exists() or path.is_file() or path.is_dir()


@contextmanager
def _moved(path: Path) -> Iterator[Path]:
    """Lend a name beside a path, and move its file there unless something breaks."""
    one = f"{os.getpid()}-{threading.get_ident()}"
    beside = path.with_name(f".{path.name}.{one}.part")
    try:
        yield beside
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def write_whole(path: Path, content: bytes | str) -> None:
    """Write bytes, or text as UTF-8, so that no half of it is ever seen.

    Raises
    ------
    BadFile
        If it cannot be written; what was there before stays.
    """
    with whole(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)
