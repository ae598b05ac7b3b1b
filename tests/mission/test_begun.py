"""Tests of ``linewatch watch`` on a log in which a watch has begun."""

from pathlib import Path

import pytest

from linewatch.log import MissionLog
from linewatch.measure.clock import to_iso
from linewatch.mission.orders import order_entries, start_entry
from linewatch.mission.prepare import Prepared, exercise_decisions
from linewatch.plan import write_proposal
from tests.cli.running import run


@pytest.fixture
def begun(small: Prepared, tmp_path: Path) -> Path:
    """A log in which the watch of the small scenario has begun."""
    log = tmp_path / "begun.log"
    with MissionLog.open(log) as opened:
        entries = order_entries(
            small.proposals,
            exercise_decisions(small),
            small.posts,
            start_s=small.start_s,
            until_s=small.start_s + 60.0,
            ask=small.authority,
        )
        begins = start_entry(
            "small", seed=0, start_s=small.start_s, until_s=small.start_s + 60.0
        )
        opened.append([*entries, begins])
    return log


def test_another_start_is_refused_once_the_log_has_begun(
    capsys: pytest.CaptureFixture[str], small_folder: Path, begun: Path, small: Prepared
) -> None:
    words = [
        "watch",
        "--log",
        str(begun),
        "--scenario",
        str(small_folder),
        "--port",
        "0",
    ]
    status, out, err = run(capsys, [*words, "--start", "2031-01-01T00:00:00Z"])
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert f"--start must be {to_iso(small.start_s)}, when this log began" in err


def test_another_proposal_is_refused_once_the_log_has_begun(
    capsys: pytest.CaptureFixture[str],
    small_folder: Path,
    begun: Path,
    small: Prepared,
) -> None:
    deploy, sites = small.proposals[0], small.proposals[1]
    other = begun.parent / "other.json"
    write_proposal(other, deploy)
    words = [
        "watch",
        "--log",
        str(begun),
        "--scenario",
        str(small_folder),
        "--port",
        "0",
    ]
    status, out, err = run(capsys, [*words, "--proposal", str(other)])
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert f"--proposal must be the one that this log orders ({sites.id})" in err
