"""Tests of the situation report: its counts against the log, its pages, its edges."""

import calendar
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.area import Area
from linewatch.errors import BadValue
from linewatch.force import Force
from linewatch.force.explain import explained
from linewatch.force.question import read_question
from linewatch.log import MissionLog
from linewatch.report import Sitrep, date_time_group, sitrep, sitrep_page, sitrep_words
from tests.report.made import (
    START_S,
    alert,
    handover,
    mission,
    node,
    proposal,
    receipt,
    write,
)

VOID = {"meta", "br", "link", "img", "input"}


class Tables(HTMLParser):
    """Reads a page: its tables by id, its text, and whether its tags close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.text: list[str] = []
        self.links: list[str] = []
        self._table = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag; note a table, a row, a cell or a link."""
        named = dict(attrs)
        self.links += [str(named[key]) for key in ("src", "href") if key in named]
        if tag in VOID:
            return
        self.open.append(tag)
        if tag == "table":
            self._table = named.get("id") or ""
            self.tables[self._table] = []
        if tag == "tr":
            self.tables[self._table].append([])
        if tag in {"td", "th"}:
            self.tables[self._table][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that is open."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note text, in its cell if it is in one."""
        if "style" in self.open:
            return
        self.text.append(data)
        if self.open and {"td", "th"} & set(self.open):
            cell = self.tables[self._table][-1]
            cell[-1] = " ".join((cell[-1] + data).split())


def read_page(page: str) -> Tables:
    tables = Tables()
    tables.feed(page)
    assert tables.open == []
    return tables


@pytest.fixture
def report(log_path: Path, area: Area, force: Force) -> Iterator[Sitrep]:
    with MissionLog.open_to_read(log_path) as log:
        yield sitrep(log, area, force)


def test_each_strength_can_be_asked_for_its_entries(
    report: Sitrep, force: Force
) -> None:
    told, page = sitrep_words(report), sitrep_page(report)
    for name, number in told["strength"].items():
        word = told["strength_ids"][name]
        assert explained(force.ledger, read_question(word)).total == number
        assert f'id="{word}"' in page


def test_counts_what_the_log_holds(report: Sitrep) -> None:
    assert (report.detections, report.tracks) == (2, 2)
    assert [one.alert.alert_id for one in report.contacts] == ["alert-7", "alert-8"]
    assert (report.handed_over, report.received) == (2, 1)
    assert report.receipt_median_s == 60.0
    assert (report.tests, report.tests_received) == (1, 1)
    assert report.by_sector() == {"Tucson": 2}
    assert report.by_kind() == {"crossing": 1, "rescue": 1}


def test_tells_a_node_that_fell_silent(report: Sitrep) -> None:
    """Node 3 spoke last at 300 s and is silent after three intervals, at 480 s."""
    camera, radar = report.nodes
    assert (camera.kind, camera.registered, camera.watching) == ("camera", 1, 1)
    assert camera.share_up == 1.0
    assert (radar.registered, radar.watching) == (2, 1)
    assert radar.share_up == pytest.approx((1 + 480 / 900) / 2)


def test_strength_on_the_day_is_that_of_the_ledger(report: Sitrep) -> None:
    assert report.strength is not None
    assert (report.strength.approved, report.strength.present) == (12_200, 9_200)
    assert sum(report.strength.by_status.values()) == 9_200


def test_page_tells_the_same_as_the_words(report: Sitrep) -> None:
    page = read_page(sitrep_page(report))
    words = sitrep_words(report)
    strength = {row[0].split(":")[0]: row[1] for row in page.tables["strength"]}
    assert strength["Present for duty"] == f"{words['strength']['present']:,}"
    assert strength["Approved"] == f"{words['strength']['approved']:,}"
    assert len(page.tables["contacts"]) == 1 + len(words["contacts"])
    first = page.tables["contacts"][1]
    assert first[:5] == [
        "010002Z MAR 25",
        "crossing",
        "walker, 1 to 3",
        "660.0",
        "Tucson",
    ]
    assert first[5:] == ["U.S. Border Patrol, Tucson Sector", "after 1 min 0 s, TCA-17"]
    assert page.tables["contacts"][2][6] == "open"
    assert page.tables["sectors"] == [["Tucson", "2"]]
    assert page.tables["nodes"][1] == ["camera", "1", "1", "100.0 %"]


def test_page_tells_cost_as_a_range_with_its_scope(report: Sitrep) -> None:
    row = read_page(sitrep_page(report)).tables["offers"][1]
    assert row[1] == "$3.1 million to $7.2 million ($4.6 million)"
    assert row[2] == "incremental: what the mission adds"
    assert row[3] == "approved by JTF J3: within <120 days> & no longer"


def test_page_escapes_what_it_is_given(report: Sitrep) -> None:
    page = sitrep_page(report)
    assert "<120 days>" not in page
    assert "&lt;120 days&gt; &amp; no longer" in page


def test_page_needs_no_other_file(report: Sitrep) -> None:
    page = read_page(sitrep_page(report))
    assert page.links == []
    assert "url(" not in sitrep_page(report)


def test_page_says_that_the_ground_is_made_up(report: Sitrep) -> None:
    assert report.terrain_generated
    assert "Generated relief." in "".join(read_page(sitrep_page(report)).text)


def test_equal_logs_make_equal_reports(
    tmp_path: Path, area: Area, force: Force
) -> None:
    pages = []
    for name in ("one.db", "two.db"):
        with MissionLog.open_to_read(write(tmp_path / name)) as log:
            pages.append(sitrep_page(sitrep(log, area, force)))
    assert pages[0] == pages[1]


def test_report_on_a_day_leaves_out_what_came_later(
    tmp_path: Path, area: Area, force: Force
) -> None:
    late = [*mission()[:-1], alert(9, 90_000.0), handover("alert-9", 90_000.0)]
    with MissionLog.open_to_read(write(tmp_path / "two-days.db", late)) as log:
        first = sitrep(log, area, force, on=date(2025, 3, 1))
        both = sitrep(log, area, force)
    assert len(first.contacts) == 2
    assert first.digest == ""  # the head covers more than the report
    assert len(both.contacts) == 3
    assert both.on == date(2025, 3, 2)


def test_covers_the_watch_and_not_the_plans_before_it(
    tmp_path: Path, area: Area
) -> None:
    body = {"scenario": "test", "version": "0", "start_s": START_S + 500}
    rows = [proposal(), (START_S + 500, "start", body), alert(1, 600.0)]
    with MissionLog.open_to_read(write(tmp_path / "log.db", rows)) as log:
        report = sitrep(log, area)
    assert (report.from_s, report.to_s) == (START_S + 500, START_S + 600)


def test_log_without_an_entry_is_refused(tmp_path: Path, area: Area) -> None:
    path = write(tmp_path / "empty.db", [])
    with (
        MissionLog.open_to_read(path) as log,
        pytest.raises(BadValue, match="log must"),
    ):
        sitrep(log, area)
    path = write(tmp_path / "later.db")
    with MissionLog.open_to_read(path) as log, pytest.raises(BadValue, match="empty"):
        sitrep(log, area, on=date(2024, 1, 1))


def test_quiet_watch_without_force_is_told_too(tmp_path: Path, area: Area) -> None:
    with MissionLog.open_to_read(write(tmp_path / "quiet.db", [node(1)])) as log:
        report = sitrep(log, area)
    page = "".join(read_page(sitrep_page(report)).text)
    assert "No alerts." in page
    assert "The scenario has no force." in page
    assert sitrep_words(report)["strength"] is None
    assert report.receipt_median_s is None


def test_receipt_counts_once_and_a_refusal_not_at_all(
    tmp_path: Path, area: Area
) -> None:
    rows = [
        node(1),
        alert(1, 10.0),
        handover("alert-1", 10.0),
        receipt("alert-1", 15.0, accepted=False),
        handover("alert-1", 130.0),  # sent again
        receipt("alert-1", 140.0),
        receipt("alert-1", 150.0),
        receipt("alert-unknown", 150.0),
    ]
    with MissionLog.open_to_read(write(tmp_path / "log.db", rows)) as log:
        report = sitrep(log, area)
    assert report.contacts[0].receipt_after_s == 130.0


def test_report_has_no_field_for_a_person() -> None:
    names = {field.name for field in fields(Sitrep)}
    assert not names & {"person", "persons", "name", "names", "face", "nationality"}


@given(st.floats(0, 4e9))
def test_date_time_group_agrees_with_the_calendar(epoch_s: float) -> None:
    at = datetime.fromtimestamp(epoch_s, UTC).replace(second=0, microsecond=0)
    text = date_time_group(epoch_s)
    month = [name.upper() for name in calendar.month_abbr].index(text[8:11])
    century = at.year // 100 * 100
    read = datetime(
        century + int(text[12:]),
        month,
        int(text[:2]),
        int(text[2:4]),
        int(text[4:6]),
        tzinfo=UTC,
    )
    assert read == at


def test_start_of_the_small_mission_is_as_its_name_says() -> None:
    assert date_time_group(START_S) == "010000Z MAR 25"
