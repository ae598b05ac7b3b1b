"""Tests of published events held against the ledger."""

from datetime import date
from pathlib import Path

import pytest

from linewatch.errors import BadFile, BadLines
from linewatch.force import read_events, read_force, read_ledger, reconcile
from linewatch.force.events import COLUMNS
from linewatch.scenario import read_scenario
from tests.force.ledgers import write

SHARED = (
    Path(__file__).parents[2].parent / "shared" / "domain" / "force_events_2025.csv"
)
HEAD = """\
cite ap "AP, https://ap.example/1"
cite nyt "NYT, https://nyt.example/2"
2025-03-01 unit alpha "Alpha"
"""


def table(folder: Path, *rows: str) -> Path:
    """Write a table of events; return its path."""
    path = folder / "events.csv"
    path.write_text("\n".join((",".join(COLUMNS), *rows)) + "\n", encoding="utf-8")
    return path


def test_figures_are_entered_claimed_or_missing(tmp_path: Path) -> None:
    ledger = read_ledger(
        write(
            tmp_path,
            "2025-03-01 order alpha 60 T10 ^ap\n2025-03-02 order alpha 40 T10 ^ap\n"
            "2025-03-03 claim alpha 500 approved ^nyt\n",
            head=HEAD,
        )
    )
    events = read_events(
        table(
            tmp_path,
            "2025-03,alpha,,,100,ordered,T10,https://ap.example/1",
            "2025-03-01,alpha,,,60,ordered,T10,https://ap.example/1 ; and others",
            "2025-spring,alpha,,,500,told,T10,(https://nyt.example/2)",
            "2025-03-03,alpha,,,500,told,T10,https://ap.example/1",
            "2025-03-03,alpha,,,,told,T10,https://ap.example/1",
        )
    )
    found = reconcile(ledger, events)
    assert [one.held for one in found] == ["entered", "entered", "claimed", "missing"]
    assert [entry.count for entry in found[0].entries] == [60, 40]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025-03-05", date(2025, 3, 5), date(2025, 3, 5)),
        ("2025-02", date(2025, 2, 1), date(2025, 2, 28)),
        ("2025-12", date(2025, 12, 1), date(2025, 12, 31)),
        ("2025-fall", date(2025, 9, 1), date(2025, 11, 30)),
    ],
)
def test_a_date_may_be_a_month_or_a_season(
    tmp_path: Path, text: str, first: date, last: date
) -> None:
    (event,) = read_events(table(tmp_path, f"{text},a,,,5,told,T10,s"))
    assert (event.first, event.last) == (first, last)


def test_faults_are_told_together(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "soon,a,,,5,told,T10,s",
        "2025-13,a,,,5,told,T10,s",
        "2025-03-01,a,,,many,told,T10,s",
        "2025-03-01,Alpha 5; Bravo 7,,,13,told,T10,s",
    )
    with pytest.raises(BadLines) as raised:
        read_events(path)
    assert [line for line, _ in raised.value.faults] == [2, 3, 4, 5]
    assert "its parts add up to 12, not 13" in str(raised.value)


def test_a_file_of_another_kind(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n", encoding="utf-8")
    with pytest.raises(BadFile, match="must have the columns date,element"):
        read_events(tmp_path / "x.csv")
    with pytest.raises(BadFile, match="cannot be read"):
        read_events(tmp_path / "none.csv")
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(BadFile, match="not CSV in UTF-8"):
        read_events(tmp_path / "x.csv")


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="shared/ is not beside this checkout")
def test_every_published_figure_of_2025_is_in_the_built_in_ledger() -> None:
    events = read_events(SHARED)
    assert len(events) == 23
    found = reconcile(read_force(read_scenario()).ledger, events)
    missing = [one.event.element for one in found if one.held == "missing"]
    assert missing == []
    assert len(found) == sum(event.people is not None for event in events)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="shared/ is not beside this checkout")
def test_the_package_of_may_adds_up_to_1115() -> None:
    package = next(event for event in read_events(SHARED) if event.people == 1_115)
    assert len(package.parts) == 8
    assert sum(package.parts) == 1_115
