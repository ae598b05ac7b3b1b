"""Writing a report: one document in four formats, each file whole or not at all."""

import json
from pathlib import Path
from typing import Final

from linewatch.errors import UnknownName
from linewatch.report.document import Document, Figure, Picture, Table
from linewatch.scenario.whole import write_whole

FORMATS: Final = ("html", "pdf", "xlsx", "json")
"""Formats that a report can be written in, by the suffix of its file."""


def write_document(path: Path, document: Document, form: str = "") -> None:
    """Write a document in the format of the file's suffix.

    Parameters
    ----------
    path : Path
        File to write; replaced whole.
    document : Document
        The report.
    form : str, optional
        One of `FORMATS`, where the suffix does not tell it.

    Raises
    ------
    UnknownName
        If the format is none of these.
    BadFile
        If the file cannot be written; one that was there before stays.
    """
    write_whole(path, document_bytes(document, form or path.suffix[1:].lower()))


def document_bytes(document: Document, form: str) -> bytes:
    """Return a document in a format; equal documents make equal bytes.

    Raises
    ------
    UnknownName
        If the format is none of `FORMATS`.
    """
    if form not in FORMATS:
        raise UnknownName("format of a report", form, FORMATS)
    # Each format loads its own library, and most runs need one of them.
    if form == "html":
        from linewatch.report.html import html_page  # noqa: PLC0415

        return html_page(document).encode()
    if form == "pdf":
        from linewatch.report.pdf import pdf_bytes  # noqa: PLC0415

        return pdf_bytes(document)
    if form == "xlsx":
        from linewatch.report.xlsx import xlsx_bytes  # noqa: PLC0415

        return xlsx_bytes(document)
    told = json.dumps(document_words(document), indent=2, ensure_ascii=False)
    return (told + "\n").encode()


def document_words(document: Document) -> dict[str, object]:
    """Return a document as plain words and numbers, for JSON."""
    return {
        "report": document.kind,
        "title": document.title,
        "on": document.on.isoformat(),
        "facts": dict(document.facts),
        "tables": {table.id: _table_words(table) for table in document.tables},
        "pictures": {one.id: _picture_words(one) for one in document.pictures},
        "remarks": list(document.remarks),
        "explain": "linewatch force explain ID",
    }


def _table_words(table: Table) -> dict[str, object]:
    """Return a table as plain words: a list of rows by title of the column."""
    return {
        "title": table.title,
        "remark": table.remark,
        "rows": [
            {
                column.title: {"value": cell.value, "id": cell.id or None}
                if isinstance(cell, Figure)
                else cell
                for column, cell in zip(table.columns, row, strict=True)
            }
            for row in table.rows
        ],
    }


def _picture_words(one: Picture) -> dict[str, object]:
    """Return a picture as plain words: its days and series."""
    return {
        "title": one.title,
        "words": one.words,
        "unit": one.unit,
        "days": [day.isoformat() for day in one.days],
        "stacked": {series.name: list(series.values) for series in one.stacked},
        "lines": {series.name: list(series.values) for series in one.lines},
    }
