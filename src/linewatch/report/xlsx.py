"""A report as a workbook: a sheet a table, numbers as numbers, pictures as charts."""

import io
from datetime import datetime, time
from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from linewatch.report.document import (
    Column,
    Document,
    Form,
    Picture,
    Table,
    plain,
    shown,
)

FORMATS: Final = {Form.COUNT: "#,##0", Form.MONEY: "#,##0", Form.SHARE: "0.0%"}
"""How Excel shows the numbers of a column."""

WIDEST: Final = 60
"""Width of a column [characters] beyond which its words wrap."""

SHEET: Final = 31
"""Longest name of a sheet [characters]."""


def xlsx_bytes(document: Document) -> bytes:
    """Write a document as XLSX.

    Text is written as text: a cell that begins with ``=`` is no formula.
    """
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        made = datetime.combine(document.on, time())
        book.set_properties({"title": document.title, "created": made})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        _front(book.add_worksheet("report"), document, bold, wrap)
        for table in document.tables:
            sheet = book.add_worksheet(table.id[:SHEET])
            _sheet(sheet, table, bold, {f: book.add_format(_face(f)) for f in Form})
        for picture in document.pictures:
            _chart(book, picture, bold)
        _totals(book.add_worksheet("totals"), document, bold)
    return out.getvalue()


def _face(form: Form) -> dict[str, object]:
    """Return how cells of a form look."""
    look: dict[str, object] = {"valign": "top"}
    if form in FORMATS:
        look["num_format"] = FORMATS[form]
    else:
        look["text_wrap"] = True
    return look


def _front(sheet: Worksheet, document: Document, bold: Format, wrap: Format) -> None:
    """Write the title, what the report rests on, and what to know."""
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, document.title, bold)
    row = 1
    for name, said in document.facts:
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, said, wrap)
        row += 1
    for said in document.remarks:
        sheet.write_string(row, 1, said, wrap)
        row += 1


def _sheet(
    sheet: Worksheet, table: Table, bold: Format, faces: dict[Form, Format]
) -> None:
    """Write one table, its title above its header."""
    sheet.write_string(0, 0, table.title, bold)
    if table.remark:
        sheet.write_string(1, 0, table.remark)
    for at, column in enumerate(table.columns):
        sheet.write_string(2, at, column.title, bold)
        sheet.set_column(at, at, _width(table, at, column))
    for row, cells in enumerate(table.rows, start=3):
        for at, (column, cell) in enumerate(zip(table.columns, cells, strict=True)):
            value = plain(cell)
            if isinstance(value, str):
                sheet.write_string(row, at, value, faces[column.form])
            elif value is not None:
                sheet.write_number(row, at, value, faces[column.form])
    sheet.freeze_panes(3, 1)


def _width(table: Table, at: int, column: Column) -> int:
    """Return a column's width [characters]."""
    cells = (shown(row[at], column.form) for row in table.rows)
    return min(max([len(column.title), *map(len, cells)]) + 2, WIDEST)


def _chart(book: Workbook, picture: Picture, bold: Format) -> None:
    """Write a picture's numbers as a sheet, and a chart of them beside it."""
    sheet = book.add_worksheet(picture.id[:SHEET])
    series = (*picture.stacked, *picture.lines)
    for at, name in enumerate(["day", *(one.name for one in series)]):
        sheet.write_string(0, at, name, bold)
    for row, day in enumerate(picture.days, start=1):
        sheet.write_string(row, 0, day.isoformat())
        for at, one in enumerate(series, start=1):
            sheet.write_number(row, at, one.values[row - 1])
    last = len(picture.days)
    area = book.add_chart({"type": "area", "subtype": "stacked"})
    lines = book.add_chart({"type": "line"})
    for at in range(1, len(series) + 1):
        target = area if at <= len(picture.stacked) else lines
        target.add_series(
            {
                "name": [sheet.get_name(), 0, at],
                "categories": [sheet.get_name(), 1, 0, last, 0],
                "values": [sheet.get_name(), 1, at, last, at],
            }
        )
    area.combine(lines)
    # Names by reference: a chart takes words that look like one for a formula.
    right = len(series) + 2
    sheet.write_string(0, right, picture.title, bold)
    sheet.write_string(0, right + 1, picture.unit)
    area.set_title({"name": [sheet.get_name(), 0, right]})
    unit = [sheet.get_name(), 0, right + 1]
    area.set_y_axis({"name": unit, "num_format": "#,##0"})
    area.set_x_axis({"interval_unit": max(1, last // 8)})
    area.set_size({"width": 900, "height": 480})
    sheet.insert_chart(1, right, area, {"description": picture.words})


def _totals(sheet: Worksheet, document: Document, bold: Format) -> None:
    """Write the ids by which totals can be asked for their entries."""
    sheet.set_column(0, 0, 50)
    sheet.set_column(1, 1, 16)
    sheet.set_column(2, 2, 80)
    for at, name in enumerate(("total", "figure", "id")):
        sheet.write_string(0, at, name, bold)
    for row, (what, _, one) in enumerate(document.totals(), start=1):
        sheet.write_string(row, 0, what)
        sheet.write_number(row, 1, one.value)
        sheet.write_string(row, 2, one.id)
