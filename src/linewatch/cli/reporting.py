"""What the commands that write reports have in common: where a document goes."""

import json
from pathlib import Path
from typing import Literal

from linewatch.errors import BadValue
from linewatch.report.document import Document, shown
from linewatch.report.write import FORMATS, document_words, write_document

Format = Literal["html", "pdf", "xlsx", "json"]
"""Formats, as the commands take them."""

LONGEST = 40
"""Characters of a cell that a table in the terminal shows."""


def check_out(out: Path | None, form: str | None) -> None:
    """Refuse a file whose format nobody tells, before any work is done.

    Raises
    ------
    BadValue
        If the suffix is none of the formats and no format is given, or a format is
        given without a file.
    """
    if out is None:
        if form is not None:
            raise BadValue("--out", "given with --format", "left out")
        return
    if form is None and out.suffix[1:].lower() not in FORMATS:
        rule = f"a file that ends in .{', .'.join(FORMATS)}, or --format given"
        raise BadValue("--out", rule, str(out))


def deliver(
    document: Document, *, out: Path | None, form: str | None, as_json: bool
) -> None:
    """Write a document to its file, and tell it on the terminal."""
    if out is not None:
        write_document(out, document, form or "")
    if as_json:
        print(json.dumps(document_words(document)))
        return
    if out is None:
        print(text(document))
    else:
        print(f"{document.title}.")
        print(f"Written to {out}.")


def text(document: Document) -> str:
    """Return a document as plain text; long cells are cut short."""
    told = [document.title]
    told += [f"  {name}: {said}" for name, said in document.facts]
    told += [f"{one.title}: {one.words}" for one in document.pictures]
    for table in document.tables:
        told.append(f"{table.title}")
        rows = [[_cut(column.title) for column in table.columns]]
        rows += [
            [
                _cut(shown(cell, column.form))
                for column, cell in zip(table.columns, row, strict=True)
            ]
            for row in table.rows
        ]
        wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (
                word.ljust(size) if column.form == "text" else word.rjust(size)
                for word, size, column in zip(row, wide, table.columns, strict=True)
            )
            told.append("  " + "  ".join(cells).rstrip())
    told += document.remarks
    if any(True for _ in document.totals()):
        told.append("Entries behind a total: its id is in the file (--out) and --json.")
    return "\n".join(told)


def _cut(word: str) -> str:
    """Return a cell's words, cut to fit."""
    return word if len(word) <= LONGEST else word[: LONGEST - 3] + "..."
