"""Tests that the pages under docs/ keep up with the program."""

import subprocess
import sys
from pathlib import Path

import pytest
from cyclopts import App

from linewatch.cli import app

ROOT = Path(__file__).parents[1]
PAGES = "\n".join(page.read_text() for page in sorted((ROOT / "docs").rglob("*.md")))


def commands(part: App, before: str = "") -> list[str]:
    """Return every command by its words, those under a group too."""
    found: list[str] = []
    for name in part:
        if name.startswith("-"):
            continue
        inner = part[name]
        words = f"{before}{name}"
        below = commands(inner, f"{words} ") if before == "" else []
        found += below or [words]
    return found


@pytest.mark.parametrize("command", commands(app))
def test_each_command_has_a_page_and_a_help_line(command: str) -> None:
    assert f"$ linewatch {command}" in PAGES
    part = app
    for word in command.split():
        part = part[word]
    assert part.help


def test_the_documentation_builds_without_a_warning(tmp_path: Path) -> None:
    words = ["-W", "--keep-going", "-q", "-b", "html", "-d", str(tmp_path / "kept")]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *words, str(ROOT / "docs"), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=str)
def test_no_page_is_a_stub(page: Path) -> None:
    text = page.read_text()
    assert text.startswith(("# ", "(")), page
    assert "TODO" not in text
