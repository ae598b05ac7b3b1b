"""Tests of ports of entry."""

from pathlib import Path

import pytest

from linewatch.area import Line
from linewatch.area.ports import COLUMNS, read_ports
from linewatch.errors import BadFile, BadLines
from linewatch.scenario import BUILT_IN


def table_of(folder: Path, *rows: str) -> Path:
    path = folder / "ports.csv"
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n")
    return path


def test_the_border_has_28_from_san_ysidro_to_brownsville(border: Line) -> None:
    ports = read_ports(BUILT_IN / "ports.csv", border)
    assert len(ports) == len({port.code for port in ports}) == 28
    assert (ports[0].name, ports[-1].name) == ("San Ysidro", "Brownsville")
    chainages = [port.chainage_m for port in ports]
    assert chainages == sorted(chainages)


def test_ports_lie_where_the_crossing_is(border: Line) -> None:
    """By the survey's mileposts: 9.0 km from the sea, and 188.9 km apart."""
    at_m = {
        port.name: port.chainage_m
        for port in read_ports(BUILT_IN / "ports.csv", border)
    }
    assert at_m["San Ysidro"] == pytest.approx(9_000, abs=500)
    apart_m = at_m["Nogales"] - at_m["Lukeville"]
    assert apart_m == pytest.approx(188_900, abs=500)


@pytest.mark.shared
def test_ports_agree_with_the_surveyed_line(border: Line, shared: Path) -> None:
    """Mileposts on the survey and on ours differ by no more than the lines do."""
    survey = (shared / "data/border/ports_of_entry_us_mexico.csv").read_text()
    rows = [row.split(",") for row in survey.splitlines()[1:]]
    told_m = {row[0]: float(row[-1]) * 1000 for row in rows}
    for port in read_ports(BUILT_IN / "ports.csv", border):
        assert port.chainage_m == pytest.approx(told_m[port.code], abs=11_000)


def test_bad_rows_are_told_together(bend: Line, tmp_path: Path) -> None:
    path = table_of(
        tmp_path,
        "1,Good,-109.9,31.4,us",
        "1,Again,-109.9,31.4,us",
        "2,Far,-109.9,32.4,us",
        ",Nameless,-109.9,31.4,us",
        "4,Nowhere,-109.9,,us",
        "5,Unsourced,-109.9,31.4,",
    )
    with pytest.raises(BadLines) as caught:
        read_ports(path, bend)
    assert [at for at, _ in caught.value.faults] == [4, 5, 6, 7]
    twice = table_of(tmp_path, "1,Good,-109.9,31.4,us", "1,Again,-109.9,31.4,us")
    with pytest.raises(BadLines, match="line 3: code 1 is there twice"):
        read_ports(twice, bend)


def test_a_table_of_no_ports_is_refused(bend: Line, tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="must have a row or be left out"):
        read_ports(table_of(tmp_path), bend)
