"""The page that shows how to connect a sensor: its program runs."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "sapient.md"


def test_the_program_of_the_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    exec(compile(program, str(PAGE), "exec"), {"__name__": "page"})  # noqa: S102
    out = capsys.readouterr().out
    for told in (
        "Node(",
        "Status(",
        "Detection(",
        "Receipt(",
        "accepted=True",
        "Left(",
    ):
        assert told in out
