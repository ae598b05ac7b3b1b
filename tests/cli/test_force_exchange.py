"""Tests of ``linewatch force import`` and ``linewatch force export``."""

import json
from pathlib import Path

import pytest

from linewatch.force.exchange import FORMS, form_of
from linewatch.scenario import BUILT_IN, read_scenario
from tests.cli.running import run
from tests.force.ledgers import SENT, write
from tests.force.test_msdl import HOSTILE

Words = list[str | Path]

NAMES = {
    "orbat": "force.json",
    "msdl": "force.xml",
    "tpfdd": "force.xlsx",
    "perstat": "force.csv",
}


@pytest.mark.parametrize("form", FORMS)
def test_the_built_in_force_goes_out_and_comes_back(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, form: str
) -> None:
    out, ledger = tmp_path / NAMES[form], tmp_path / "back.ledger"
    words: list[str | Path] = [
        "force",
        "export",
        out,
        "--format",
        form,
        "--on",
        "2025-03-01",
        "--json",
    ]
    status, told, err = run(capsys, words)
    assert (status, err) == (0, "")
    made = json.loads(told)
    assert (made["format"], made["out"]) == (form, str(out))
    assert all({"what", "times", "first"} == set(one) for one in made["losses"])
    status, told, err = run(capsys, ["force", "import", out, "--out", ledger, "--json"])
    assert (status, err) == (0, "")
    assert json.loads(told)["format"] == form
    status, told, _ = run(
        capsys, ["force", "--ledger", ledger, "--on", "2025-05-01", "--json"]
    )
    assert status == 0
    present = json.loads(told)["strength"]["present"]
    assert (
        present == {"orbat": 12_200, "msdl": 0, "tpfdd": 4_700, "perstat": 9_200}[form]
    )


@pytest.mark.parametrize("header", ["ULN,UNIT,PAX,STATUS", "UNIT,DATE,STATUS,ASSIGNED"])
def test_a_table_without_rows_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, header: str
) -> None:
    path = tmp_path / "none.csv"
    path.write_text(f"{header}\n")
    form = "tpfdd" if "ULN" in header else "perstat"
    out = tmp_path / "out.ledger"
    words = ["force", "import", str(path), "--format", form, "--out", str(out)]
    status, _, err = run(capsys, words)
    assert (status, err.count("\n")) == (1, 1)
    assert "has a header and no rows" in err
    assert not out.exists()


def test_losses_are_told_in_sentences(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = write(tmp_path, SENT)
    status, told, _ = run(
        capsys, ["force", "export", tmp_path / "f.json", "--ledger", path]
    )
    assert status == 0
    assert (
        "Not held there:\n  sources and notes of entries (4 times, first line 10)"
        in told
    )
    status, told, _ = run(
        capsys,
        ["force", "import", tmp_path / "f.json", "--out", tmp_path / "back.ledger"],
    )
    assert (status, told.splitlines()[1:]) == (0, ["Nothing was lost."])


def test_what_was_known_then_is_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = write(
        tmp_path, SENT + "2025-03-05 arrive alpha -5 T10 @bliss ^ap known=2025-04-01\n"
    )
    out = tmp_path / "p.csv"
    for known, present in (([], "45"), (["--known", "2025-03-31"], "50")):
        words: list[str | Path] = [
            "force",
            "export",
            out,
            "--format=perstat",
            "--ledger",
            path,
            *known,
        ]
        assert run(capsys, words)[0] == 0
        row = out.read_text().splitlines()[2].split(",")
        assert (row[0], row[6]) == ("alpha", present)


def test_a_report_is_held_against_a_ledger(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = write(tmp_path, SENT)
    report = tmp_path / "r.csv"
    report.write_text("unit,date,status,assigned,present\nalpha,2025-03-05,T10,80,51\n")
    out = tmp_path / "held.ledger"
    words: list[str | Path] = [
        "force",
        "import",
        report,
        "--out",
        out,
        "--ledger",
        path,
    ]
    status, _, err = run(capsys, words)
    assert status == 1
    assert "r.csv: line 2: counts 51 present of alpha, but the ledger has 50" in err
    assert not out.exists()
    status, told, _ = run(capsys, [*words, "--as", "claim"])
    assert (status, "3 units, 6 entries" in told) == (0, True)
    status, told, _ = run(capsys, ["force", "--ledger", out, "--on", "2025-03-05"])
    assert "claim of 2025-03-05, alpha T10 present: 51 against 50" in told


def test_movements_are_written_beside_the_ledger(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    table = tmp_path / "t.csv"
    table.write_text(
        "ULN,FORCE,PAX,STATUS,ORIGIN,DESTINATION,ALD,RDD,TASK\n"
        "A1,2nd SBCT,200,T10,Fort Carson,Fort Bliss,C010,C014,patrol\n"
    )
    movements = tmp_path / "m.csv"
    words: Words = ["force", "import", table, "--out", tmp_path / "t.ledger"]
    words += ["--c-day", "2025-03-01", "--movements", movements]
    status, _, err = run(capsys, words)
    assert (status, err) == (0, "")
    assert (
        movements.read_text()
        .splitlines()[1]
        .startswith(
            "A1,2nd SBCT,,200,0,people,Fort Carson,Fort Bliss,2025-03-11,2025-03-15,5"
        )
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.json", "", "x.json: is empty"),
        ("x.xml", HOSTILE["laughs"], "x.xml: declares a document type or entities"),
        ("x.csv", "a,b\n1,2\n", "needs a column ULN (deployment table) or UNIT, DATE"),
        ("x.kml", "<kml/>", "ends in .kml: .json, .xml, .csv and .xlsx are read"),
        ("x.csv", "uln,force,pax\n,,x\n", "line 2, ULN: must be 1 to 7"),
    ],
)
def test_a_bad_file_is_one_line_and_nothing_is_written(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    name: str,
    content: str,
    said: str,
) -> None:
    (tmp_path / name).write_text(content)
    out = tmp_path / "out.ledger"
    status, told, err = run(capsys, ["force", "import", tmp_path / name, "--out", out])
    assert (status, told, err.count("\n")) == (1, "", 1)
    assert said in err
    assert not out.exists()
    assert sorted(tmp_path.iterdir()) == [tmp_path / name]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["import", "none.json", "--out", "x"], 1, "none.json: cannot be read"),
        (["import", "x.json"], 2, "--out"),
        (["export", "x.csv"], 1, "give --format orbat, msdl, tpfdd or perstat"),
        (["export", "x.json", "--format", "word"], 2, "word"),
        (["export", "x.json", "--on", "soon"], 1, "date must be"),
        (["import", "x", "--out", "y", "--status", "T1"], 1, "unknown duty status"),
    ],
)
def test_bad_words_are_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str], status: int, said: str
) -> None:
    got, out, err = run(capsys, ["force", *words])
    assert (got, out) == (status, "")
    assert said in err
    assert err.count("\n") == 1


def test_movements_are_of_deployment_tables_only(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    report = tmp_path / "r.csv"
    report.write_text("unit,date,status,assigned,present\nalpha,2025-03-05,T10,80,51\n")
    words: list[str | Path] = [
        "force",
        "import",
        report,
        "--out",
        tmp_path / "o",
        "--movements",
        "m",
    ]
    status, _, err = run(capsys, words)
    assert status == 1
    assert "--movements must be left out unless FILE is a TPFDD, not perstat" in err


def test_an_empty_ledger_has_nothing_to_write(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = write(tmp_path, "", head="# nothing\n")
    words: Words = ["force", "export", tmp_path / "x.json", "--ledger", path]
    assert "holds no entry to write" in run(capsys, words)[2]


def test_the_ending_of_a_name_tells_the_kind(tmp_path: Path) -> None:
    assert form_of(Path("A.JSON")) == "orbat"
    assert form_of(Path("a.xml")) == "msdl"
    path = tmp_path / "a.csv"
    path.write_text("unit,date,assigned,present\n")
    assert form_of(path) == "perstat"


@pytest.mark.parametrize(
    ("form", "asked"),
    [
        ("orbat", ["--c-day", "2025-03-01"]),
        ("orbat", ["--ledger", "force.ledger"]),
        ("msdl", ["--ledger", "force.ledger"]),
        ("msdl", ["--status", "T10"]),
        ("tpfdd", ["--side", "Blue"]),
        ("perstat", ["--side", "Blue"]),
        ("perstat", ["--c-day", "2025-03-01"]),
    ],
)
def test_what_means_nothing_for_a_file_is_not_passed_over(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, form: str, asked: list[str]
) -> None:
    path, out = tmp_path / NAMES[form], tmp_path / "out.ledger"
    assert run(capsys, ["force", "export", path, "--format", form])[0] == 0
    status, told, err = run(capsys, ["force", "import", path, "--out", out, *asked])
    assert (status, told) == (1, "")
    assert err.startswith(f"linewatch: {asked[0]} must be left out unless the file is")
    assert err.endswith(f"not given for {form}\n")
    assert not out.exists()


def test_two_files_have_two_names(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lines, out = tmp_path / "lines.csv", tmp_path / "out.csv"
    lines.write_text(
        "ULN,FORCE,PAX,STATUS,ORIGIN,DESTINATION,ALD,LAD,TASK\n"
        "A1,a,5,T10,fort,camp,2025-03-01,2025-03-03,patrol\n"
    )
    words: Words = ["force", "import", lines, "--out", out, "--movements", out]
    status, _, err = run(capsys, words)
    assert status == 1
    assert "--movements must be another file than --out" in err
    assert not out.exists()


@pytest.mark.parametrize("form", ["orbat", "msdl", "perstat"])
def test_a_workbook_holds_a_deployment_table_only(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, form: str
) -> None:
    out = tmp_path / "out.xlsx"
    status, _, err = run(capsys, ["force", "export", out, "--format", form])
    assert status == 1
    assert f"a workbook holds a tpfdd only; name {form} otherwise" in err
    assert not out.exists()


@pytest.mark.parametrize("form", ["msdl", "tpfdd"])
def test_characters_that_xml_cannot_hold_are_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, form: str
) -> None:
    ledger = tmp_path / "bell.ledger"
    title = '"Army military police and engineers ordered on 22 January"'
    text = read_scenario(BUILT_IN).file("force", "ledger").read_text(encoding="utf-8")
    assert title in text
    ledger.write_text(text.replace(title, '"bell\x07\x1f"'), encoding="utf-8")
    out, back = tmp_path / NAMES[form], tmp_path / "back.ledger"
    status, told, err = run(capsys, ["force", "export", out, "--ledger", ledger])
    assert (status, err) == (0, "")
    assert "control characters, told as U+FFFD (" in told
    status, _, err = run(capsys, ["force", "import", out, "--out", back])
    assert (status, err) == (0, "")
    assert "bell\ufffd\ufffd" in back.read_text(encoding="utf-8")
