"""Tests that the README's quick lines print what it says they print."""

from pathlib import Path

import pytest

from tests.cli.running import run

README = (Path(__file__).parents[1] / "README.md").read_text()
LINES = [
    line.removeprefix("    $ linewatch ")
    for line in README.splitlines()
    if line.startswith(("    $ linewatch force", "    $ linewatch may"))
]


def test_the_readme_opens_with_a_picture_that_is_there() -> None:
    assert README.count("docs/images/page.png") == 1
    assert (Path(__file__).parents[1] / "docs/images/page.png").stat().st_size > 50_000


@pytest.mark.parametrize("line", LINES)
def test_each_quick_line_prints_what_stands_below_it(
    capsys: pytest.CaptureFixture[str], line: str
) -> None:
    status, out, err = run(capsys, line.split())
    assert (status, err) == (0, "")
    told = "\n".join(f"    {each}" for each in out.rstrip().splitlines())
    assert told in README


def test_three_quick_lines_were_found() -> None:
    assert len(LINES) == 3
