"""Running the command line inside a test."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from linewatch.cli import main


def run(
    capsys: pytest.CaptureFixture[str], words: Sequence[str | Path]
) -> tuple[int, str, str]:
    """Run the command line; return its exit status and what it wrote."""
    status = 0
    try:
        main([str(word) for word in words])
    except SystemExit as stop:
        status = int(stop.code or 0)
    out, err = capsys.readouterr()
    return status, out, err
