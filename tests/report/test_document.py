"""Tests of reports: four formats, the same figures, the same bytes, the entries."""

import errno
import io
import json
import os
import re
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader

from linewatch.errors import BadFile, BadValue, UnknownName
from linewatch.force import Force
from linewatch.force.explain import explained, total_of
from linewatch.force.question import read_question
from linewatch.plan import read_factors
from linewatch.plan.account import everyone
from linewatch.plan.actuals import read_actuals
from linewatch.plan.book import Books
from linewatch.plan.cost_claims import read_cost_claims
from linewatch.plan.cost_explain import cost_explained
from linewatch.plan.scopes import read_scopes
from linewatch.report.authority import authority_summary
from linewatch.report.chart import _round_up, svg
from linewatch.report.cost import cost_report
from linewatch.report.document import (
    Column,
    Document,
    Figure,
    Form,
    Picture,
    Series,
    Table,
    plain,
    shown,
)
from linewatch.report.perstat import perstat
from linewatch.report.strength import strength_over_time
from linewatch.report.write import FORMATS, document_bytes, write_document
from linewatch.scenario import read_scenario
from tests.report.test_sitrep import read_page

ON, SINCE = date(2025, 5, 1), date(2025, 4, 1)
NASTY = "=1+1 <b>&amp;</b> \"'` #[*x*] $y$ ñ @cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def books(force: Force) -> Books:
    mission, factors = read_scenario(), read_factors()
    scopes = read_scopes(factors=factors.by_id)
    return Books(
        ledger=force.ledger,
        factors=factors,
        scopes=scopes,
        actuals=read_actuals(mission, scopes),
        claims=read_cost_claims(factors),
    )


@pytest.fixture(scope="module")
def reports(force: Force, books: Books) -> dict[str, Document]:
    asked = everyone(date(2025, 3, 1), ON)
    scope = books.scopes["full"]
    splits = ("request", "unit", "status", "month")
    return {
        "perstat": perstat(force.ledger, on=ON, since=SINCE),
        "strength": strength_over_time(force.ledger, since=SINCE, on=ON),
        "cost": cost_report(
            force.ledger, [books.book(asked, scope, by=by) for by in splits]
        ),
        "authority": authority_summary(force.rules, on=ON),
    }


def words_of(cell: str) -> str:
    """Return text without spaces, which PDF breaks lines at."""
    return re.sub(r"\s+", "", cell)


def html_cells(content: bytes, table: Table) -> list[list[str]]:
    return read_page(content.decode()).tables[table.id][1:]


def xlsx_cells(content: bytes, table: Table) -> list[list[str]]:
    book = load_workbook(io.BytesIO(content))
    rows: list[tuple[Any, ...]] = list(
        book[table.id[:31]].iter_rows(min_row=4, values_only=True)
    )
    wide = len(table.columns)
    return [
        [
            shown(float(cell) if isinstance(cell, int | float) else cell, column.form)
            for cell, column in zip((*row, *[None] * wide), table.columns, strict=False)
        ]
        for row in rows
    ]


def json_cells(content: bytes, table: Table) -> list[list[str]]:
    rows = json.loads(content)["tables"][table.id]["rows"]
    return [
        [
            shown(cell["value"] if isinstance(cell, dict) else cell, column.form)
            for column, cell in zip(table.columns, row.values(), strict=True)
        ]
        for row in rows
    ]


@pytest.mark.parametrize("kind", ["perstat", "strength", "cost", "authority"])
@pytest.mark.parametrize(
    ("form", "cells"),
    [("html", html_cells), ("xlsx", xlsx_cells), ("json", json_cells)],
)
def test_every_figure_is_read_back(
    reports: dict[str, Document],
    kind: str,
    form: str,
    cells: Callable[[bytes, Table], list[list[str]]],
) -> None:
    content = document_bytes(reports[kind], form)
    for table in reports[kind].tables:
        told = [
            [
                words_of(shown(cell, c.form))
                for cell, c in zip(row, table.columns, strict=True)
            ]
            for row in table.rows
        ]
        found = [[words_of(cell) for cell in row] for row in cells(content, table)]
        assert found == told


@pytest.mark.parametrize("kind", ["perstat", "strength", "cost", "authority"])
def test_every_figure_is_in_the_pdf(reports: dict[str, Document], kind: str) -> None:
    reader = PdfReader(io.BytesIO(document_bytes(reports[kind], "pdf")))
    text = words_of("".join(page.extract_text() for page in reader.pages))
    for table in reports[kind].tables:
        for row in table.rows:
            for cell, column in zip(row, table.columns, strict=True):
                if column.form is not Form.TEXT and plain(cell) is not None:
                    assert words_of(shown(cell, column.form)) in text
        numbers = [
            "".join(
                words_of(shown(cell, c.form))
                for cell, c in zip(row, table.columns, strict=True)
                if c.form is not Form.TEXT
            )
            for row in table.rows
            if kind == "strength"
        ]
        # Figures of a row stand beside one another, in the order of the columns.
        assert all(number in text for number in numbers)
    for what, said, one in reports[kind].totals():
        assert words_of(one.id) in text
        assert words_of(said) in text, what


@pytest.mark.parametrize("kind", ["perstat", "strength", "cost", "authority"])
@pytest.mark.parametrize("form", FORMATS)
def test_equal_reports_make_equal_bytes(
    reports: dict[str, Document], kind: str, form: str
) -> None:
    first = document_bytes(reports[kind], form)
    assert document_bytes(reports[kind], form) == first
    if form == "xlsx":
        dates = {one.date_time for one in zipfile.ZipFile(io.BytesIO(first)).infolist()}
        assert dates == {(1980, 1, 1, 0, 0, 0)}


def test_every_total_can_be_asked_for_its_entries(
    reports: dict[str, Document], force: Force, books: Books
) -> None:
    asked = 0
    for report in reports.values():
        for _, _, one in report.totals():
            question = read_question(one.id)
            if question.what == "cost":
                lines = cost_explained(
                    force.ledger, books.factors, books.scopes[question.scope], question
                )
                told = sum(line.money.best for line in lines)
                assert told == pytest.approx(one.value)
            else:
                assert explained(force.ledger, question).total == one.value
            asked += 1
    assert asked > 150


def test_perstat_tells_what_the_force_counts(
    reports: dict[str, Document], force: Force
) -> None:
    units = reports["perstat"].tables[0]
    by_name = {row[0]: [plain(cell) for cell in row[2:]] for row in units.rows}
    whole = force.strength(ON)
    assert by_name["all"][:5] == [
        whole.organic,
        whole.approved,
        whole.sourced,
        whole.in_transit,
        whole.present,
    ]
    for name, one in force.by_unit(ON).items():
        if name in by_name:
            assert by_name[name][1:5] == [
                one.approved,
                one.sourced,
                one.in_transit,
                one.present,
            ]
    before = force.strength(date(2025, 3, 31)).present
    gained, lost = by_name["all"][-2:]
    assert isinstance(gained, int)
    assert isinstance(lost, int)
    assert before + gained - lost == whole.present
    sectors = reports["perstat"].tables[2]
    assert {row[0]: plain(row[1]) for row in sectors.rows} == force.by_sector(ON)


@settings(max_examples=15)
@given(
    st.integers(0, 90), st.integers(0, 60), st.sampled_from(("*", "jtf-sb", "2-sbct"))
)
def test_strength_over_time_is_that_of_each_day(
    force: Force, first: int, length: int, unit: str
) -> None:
    since = date.fromordinal(date(2025, 2, 1).toordinal() + first)
    on = date.fromordinal(since.toordinal() + length)
    report = strength_over_time(force.ledger, since=since, on=on, unit=unit)
    (table,), (picture,) = report.tables, report.pictures
    for row in table.rows:
        counted = force.strength(date.fromisoformat(str(row[0])), unit=unit)
        status = [counted.by_status[key] for key in counted.by_status]
        assert [plain(cell) for cell in row[1:]] == [
            *status,
            counted.present,
            counted.in_transit,
            counted.sourced,
            counted.approved,
        ]
    assert table.rows[0][0] == since.isoformat()
    assert table.rows[-1][0] == on.isoformat()
    told = {plain(row[0]) for row in table.rows}
    for at, day in enumerate(picture.days):
        present = sum(layer.values[at] for layer in picture.stacked)
        assert present == force.strength(day, unit=unit).present
        if day.isoformat() not in told:
            assert all(one.values[at] == one.values[at - 1] for one in picture.lines)


def test_strength_refuses_days_out_of_order(force: Force) -> None:
    with pytest.raises(BadValue, match="from first to last"):
        strength_over_time(force.ledger, since=ON, on=SINCE)
    with pytest.raises(UnknownName, match="unit"):
        strength_over_time(force.ledger, since=SINCE, on=ON, unit="nobody")
    with pytest.raises(BadValue, match="first day"):
        perstat(force.ledger, on=SINCE, since=ON)


def test_authority_tells_every_pair_and_its_rule(reports: dict[str, Document]) -> None:
    counts, matrix, rules, *_ = reports["authority"].tables
    outside = counts.rows[0]
    pairs = [cell for row in matrix.rows for cell in row[1:]]
    for column, word in enumerate(("allowed", "conditional", "prohibited"), start=1):
        assert outside[column] == pairs.count(word)
    by_pair = {(row[0], row[1]): row for row in rules.rows}
    assert by_pair["arrest apprehension", "T10"][2] == "prohibited"
    for row in matrix.rows:
        for status, answer in zip(("T10", "T32", "SAD"), row[1:], strict=True):
            assert by_pair[row[0], status][2] == answer
            assert by_pair[row[0], status][5]
            conditional = answer == "conditional"
            assert bool(by_pair[row[0], status][4]) == conditional


def test_authority_changes_with_date_and_place(force: Force) -> None:
    before, after = (
        authority_summary(force.rules, on=on, zones=["none"])
        for on in (date(2025, 3, 1), date(2025, 4, 1))
    )
    patrol = [
        next(row for row in one.tables[1].rows if row[0] == "detect monitor patrol")
        for one in (before, after)
    ]
    assert [row[1] for row in patrol] == ["prohibited", "conditional"]
    assert len(before.tables) == 3
    with pytest.raises(UnknownName, match="zone"):
        authority_summary(force.rules, on=ON, zones=["moon"])


def nasty() -> Document:
    return Document(
        kind="test",
        title=NASTY,
        on=ON,
        facts=(("fact", NASTY),),
        tables=(
            Table(
                id="t",
                title=NASTY,
                columns=(Column(title="a"), Column(title="b", form=Form.COUNT)),
                rows=(
                    (NASTY, Figure(value=1234, id="present:2025-05-01")),
                    ("x", None),
                ),
                remark=NASTY,
            ),
        ),
        pictures=(
            Picture(
                id="p",
                title=NASTY,
                words=NASTY,
                unit=NASTY,
                days=(SINCE, ON),
                stacked=(Series(name=NASTY, values=(1, 2)),),
                lines=(),
            ),
        ),
        remarks=(NASTY,),
    )


def test_words_from_outside_stay_words() -> None:
    page = document_bytes(nasty(), "html").decode()
    assert "<b>" not in page
    read = read_page(page)
    assert read.tables["t"][1][0] == " ".join(NASTY.split())
    pdf = PdfReader(io.BytesIO(document_bytes(nasty(), "pdf")))
    text = words_of("".join(one.extract_text() for one in pdf.pages))
    assert words_of(NASTY)[:20] in text
    book = load_workbook(io.BytesIO(document_bytes(nasty(), "xlsx")))
    cell = book["t"]["A4"]
    assert (cell.value, cell.data_type) == (NASTY, "s")
    assert json.loads(document_bytes(nasty(), "json"))["title"] == NASTY


def test_a_pdf_can_be_read_aloud(reports: dict[str, Document]) -> None:
    """PDF/UA-1: tagged, with language, title and words for the picture."""
    content = document_bytes(reports["strength"], "pdf")
    root: Any = PdfReader(io.BytesIO(content)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-US"
    assert "/StructTreeRoot" in root
    metadata = PdfReader(io.BytesIO(content)).xmp_metadata
    assert metadata is not None
    assert b"pdfuaid" in metadata.stream.get_data()


def test_the_picture_has_axes_legend_and_words(reports: dict[str, Document]) -> None:
    (picture,) = reports["strength"].pictures
    drawn = ET.fromstring(svg(picture))  # noqa: S314  our own
    space = "{http://www.w3.org/2000/svg}"
    assert drawn.get("role") == "img"
    titles = [one.text for one in drawn.iter(f"{space}title")]
    assert titles[0] == picture.title
    (words,) = drawn.iter(f"{space}desc")
    assert words.text == picture.words
    texts = {one.text for one in drawn.iter(f"{space}text")}
    assert {one.name for one in (*picture.stacked, *picture.lines)} <= texts
    assert {"people", "0", "15,000", "1 Apr 2025", "1 May 2025"} <= texts


def test_the_picture_draws_each_value_where_it_belongs() -> None:
    picture = Picture(
        id="p",
        title="t",
        words="w",
        unit="u",
        days=tuple(date(2025, 5, day) for day in (1, 2, 3)),
        stacked=(),
        lines=(Series(name="n", values=(0, 10, 10)),),
    )
    (path,) = re.findall(
        r'<path d="M([^"]*)" fill="none" stroke="#1b2733" stroke-w', svg(picture)
    )
    points = [tuple(map(float, one.split())) for one in path.split("L")]
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points
    assert y0 == y1 > y2 == y3
    assert x1 == x2 == (x0 + x3) / 2


@given(st.floats(1, 1e9))
def test_the_axis_ends_above_the_highest_value(value: float) -> None:
    assert value <= _round_up(value) <= 2 * value + 1e-6


def test_a_file_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "r.html"
    write_document(path, nasty())
    before = path.read_bytes()
    with pytest.raises(BadFile, match="cannot be written"):
        write_document(tmp_path / "none" / "r.html", nasty())

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BadFile, match="cannot be written: No space left"):
        write_document(path, nasty())
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_pipe_is_written_into_and_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(path.read_bytes)
        write_document(path, nasty(), "json")
        assert json.loads(read.result(timeout=30))["report"] == "test"
    assert path.is_fifo()


def test_a_format_is_told_by_suffix_or_by_word(tmp_path: Path) -> None:
    write_document(tmp_path / "r.PDF", nasty())
    assert (tmp_path / "r.PDF").read_bytes().startswith(b"%PDF")
    write_document(tmp_path / "r", nasty(), "json")
    assert json.loads((tmp_path / "r").read_text())["report"] == "test"
    with pytest.raises(UnknownName, match="html, pdf, xlsx, json"):
        write_document(tmp_path / "r.docx", nasty())
    assert not (tmp_path / "r.docx").exists()


def test_a_row_of_another_width_is_refused() -> None:
    with pytest.raises(BadValue, match="of 1 cells"):
        Table(id="t", title="t", columns=(Column(title="a"),), rows=(("x", "y"),))


def test_costs_and_their_ids_agree_with_the_ledger(
    reports: dict[str, Document], force: Force
) -> None:
    tables = {table.id: table for table in reports["cost"].tables}
    assert {"lines", "by-unit", "by-status", "by-month", "claims", "actuals"} <= set(
        tables
    )
    all_of_it = tables["lines"].rows[-1]
    for part in ("by-unit", "by-status", "by-month"):
        rows = tables[part].rows
        best = sum(float(plain(row[-2]) or 0) for row in rows)
        assert best == pytest.approx(float(plain(all_of_it[-2]) or 0))
        for row in rows:
            days = row[1]
            assert isinstance(days, Figure)
            if days.value:
                assert total_of(force.ledger, read_question(days.id)) == days.value
