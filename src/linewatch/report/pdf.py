"""A report as PDF: tagged for screen readers, the same bytes for the same report.

Typst sets it from a template that takes the document as data. It reads no font of the
machine, and every file keeps PDF/UA-1, so headings, header cells and the words of a
picture reach those who do not see the page.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, time
from importlib.resources import files
from typing import Final

from typst import Compiler

from linewatch.report.chart import svg
from linewatch.report.document import Cell, Document, Form, Table, shown

STANDARD: Final = "ua-1"
"""Standard of accessible PDF, ISO 14289-1."""

NARROW: Final = 6
"""Columns of a table beyond which the page is turned."""

LONGEST: Final = 34
"""Characters of a cell beyond which its column gets no wider."""


def pdf_bytes(document: Document) -> bytes:
    """Write a document as PDF."""
    template = files("linewatch.report").joinpath("templates/document.typ")
    compiler = Compiler(template.read_bytes(), ignore_system_fonts=True)
    made = compiler.compile(
        format="pdf",
        sys_inputs={"document": json.dumps(_words(document))},
        pdf_standards=[STANDARD],
        timestamp=datetime.combine(document.on, time(), UTC),
    )
    assert isinstance(made, bytes)  # noqa: S101  a PDF is one file
    return made


def _words(document: Document) -> dict[str, object]:
    """Return what the template reads."""
    return {
        "title": document.title,
        "wide": any(len(table.columns) > NARROW for table in document.tables),
        "facts": [list(fact) for fact in document.facts],
        "pictures": [
            {"title": one.title, "words": one.words, "svg": svg(one)}
            for one in document.pictures
        ],
        "tables": [_table(table) for table in document.tables],
        "remarks": list(document.remarks),
        "totals": [[what, said, one.id] for what, said, one in document.totals()],
    }


def _table(table: Table) -> dict[str, object]:
    """Return a table as the template reads it: its cells one after the other."""
    return {
        "title": table.title,
        "remark": table.remark,
        "header": [column.title for column in table.columns],
        "numbers": [column.form is not Form.TEXT for column in table.columns],
        "widths": [
            _width(column.title, (row[at] for row in table.rows), column.form)
            for at, column in enumerate(table.columns)
        ],
        "cells": [
            shown(cell, column.form)
            for row in table.rows
            for column, cell in zip(table.columns, row, strict=True)
        ],
    }


def _width(title: str, cells: Iterable[Cell], form: Form) -> int:
    """Return how wide a column is beside the others: its longest cell, in bounds."""
    longest = max([len(title), *(len(shown(cell, form)) for cell in cells)])
    return min(max(longest, 6), LONGEST)
