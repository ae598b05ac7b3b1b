"""Tests of the words of ``linewatch plan sites``."""

from pathlib import Path

import pytest

from tests.cli.running import run
from tests.mission.conftest import write_small


@pytest.mark.parametrize(
    ("kit", "said"),
    [
        ("radar", "counts such as radar=40,camera=65, not 'radar'"),
        ("radar=1,=4", "counts such as radar=40,camera=65, not '=4'"),
        ("radar=-1", "counts such as radar=40,camera=65, not 'radar=-1'"),
        ("radar=1,camera=2,radar=3", "one count a kind, not two of radar"),
    ],
)
def test_a_kit_that_is_no_list_of_counts_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, kit: str, said: str
) -> None:
    words = ["plan", "sites", "--scenario", str(write_small(tmp_path)), "--kit", kit]
    assert run(capsys, words) == (1, "", f"linewatch: kit must be {said}\n")
