"""Tests of tables: every bad row told at once, with its line."""

from pathlib import Path

import pytest

from linewatch.errors import BadFile, BadLines, BadValue
from linewatch.scenario.table import number, read_table, words

COLUMNS = ("name", "km")


def table_of(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_bytes(text.encode())
    return path


def test_rows_keep_their_lines_whatever_stands_above(tmp_path: Path) -> None:
    text = "# from here\n#  and there\nkm,name\n1,a\n\n 2 ,b\n"
    table = read_table(table_of(tmp_path, text), COLUMNS)
    assert table.rows == ((4, {"km": "1", "name": "a"}), (6, {"km": "2", "name": "b"}))
    assert table.remark == "from here and there"


def test_mark_of_windows_editors_is_no_column(tmp_path: Path) -> None:
    table = read_table(table_of(tmp_path, "\ufeffname,km\r\na,1\r\n"), COLUMNS)
    assert table.rows == ((2, {"name": "a", "km": "1"}),)


@pytest.mark.parametrize(
    "text", ["", "# only a remark\n", "name\n", "name,km,more\na,1,2\n", "name,name\n"]
)
def test_other_columns_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadFile, match=r"must have name,km or name,mi$"):
        read_table(table_of(tmp_path, text), COLUMNS, ("name", "mi"))


@pytest.mark.parametrize("text", ["name,km\n", "# from here\nname,km\n\n"])
def test_a_header_without_rows_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadFile, match="has a header and no rows"):
        read_table(table_of(tmp_path, text), COLUMNS)


def test_rows_of_another_length_are_told_together(tmp_path: Path) -> None:
    path = table_of(tmp_path, "name,km\na\nb,2\nc,3,4\n")
    with pytest.raises(BadLines) as caught:
        list(read_table(path, COLUMNS).read(lambda cells: words(cells, "name")))
    assert caught.value.faults == (
        (2, "has 1 cells for 2 columns"),
        (4, "has 3 cells for 2 columns"),
    )


def test_bad_cells_are_told_together(tmp_path: Path) -> None:
    path = table_of(tmp_path, "name,km\na,x\n,2\nc,3\nd,nan\ne,inf\n")

    def row(cells: dict[str, str]) -> tuple[str, float]:
        return words(cells, "name"), number(cells, "km")

    seen: list[object] = []
    with pytest.raises(BadLines) as caught:
        seen.extend(read_table(path, COLUMNS).read(row))
    assert [at for at, _ in caught.value.faults] == [2, 3, 5, 6]
    assert "km must be a number, not 'x'" in str(caught.value)
    assert "name must be filled in, not empty" in str(caught.value)


def test_files_that_are_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read"):
        read_table(tmp_path / "none.csv", COLUMNS)
    path = tmp_path / "table.csv"
    path.write_bytes(b"name,km\n\xff\xfe,1\n")
    with pytest.raises(BadFile, match="is not UTF-8 text"):
        read_table(path, COLUMNS)
    path.write_text('name,km\n"' + "x" * 200_000 + '",1\n')
    with pytest.raises(BadFile, match="is not CSV"):
        read_table(path, COLUMNS)


def test_a_number_is_finite() -> None:
    assert number({"km": "1e3"}, "km") == 1000.0
    with pytest.raises(BadValue):
        number({"km": "-inf"}, "km")
