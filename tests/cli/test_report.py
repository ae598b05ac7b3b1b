"""Tests of ``linewatch report perstat|strength|cost|authority``."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from linewatch.cli.reporting import LONGEST, text
from linewatch.report.document import Column, Document, Form, Table
from linewatch.scenario import BUILT_IN
from tests.cli.running import run

ON = "2025-05-01"
REPORTS = ("perstat", "strength", "cost", "authority")


@pytest.mark.parametrize("kind", REPORTS)
@pytest.mark.parametrize(
    ("suffix", "head"), [("html", b"<!doc"), ("pdf", b"%PDF"), ("xlsx", b"PK")]
)
def test_writes_each_format(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    kind: str,
    suffix: str,
    head: bytes,
) -> None:
    path = tmp_path / f"r.{suffix}"
    status, out, err = run(capsys, ["report", kind, "--on", ON, "--out", path])
    assert (status, err) == (0, "")
    assert out.endswith(f"Written to {path}.\n")
    first = path.read_bytes()
    assert first.startswith(head)
    run(capsys, ["report", kind, "--on", ON, "--out", path])
    assert path.read_bytes() == first


@pytest.mark.parametrize("kind", REPORTS)
def test_prints_one_object_that_equals_the_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "r.json"
    words: list[str | Path] = ["report", kind, "--on", ON, "--out", path, "--json"]
    status, out, err = run(capsys, words)
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert told == json.loads(path.read_text())
    assert told["report"] == kind


@pytest.mark.parametrize("kind", REPORTS)
def test_prints_tables_without_a_file(
    capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    status, out, err = run(capsys, ["report", kind, "--on", ON])
    assert (status, err) == (0, "")
    assert "2025-05-01" in out.splitlines()[0]


def test_long_cells_are_cut_on_the_terminal() -> None:
    table = Table(
        id="t",
        title="A table",
        columns=(Column(title="a"), Column(title="b", form=Form.COUNT)),
        rows=(("x" * 99, 1_234.0), ("y", None)),
    )
    document = Document(
        kind="k", title="T", on=date(2025, 5, 1), facts=(), tables=(table,)
    )
    *_, head, first, second = text(document).splitlines()
    assert first == "  " + "x" * (LONGEST - 3) + "...  1,234"
    assert len(first) == len(head) == len(second)


def test_ids_of_a_report_answer(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["report", "perstat", "--on", ON, "--json", "--from", "2025-04-01"]
    told = json.loads(run(capsys, words)[1])
    row = next(r for r in told["tables"]["units"]["rows"] if r["Unit"] == "2-sbct")
    for column in ("Present", "Authorized", "Organic", "Gained"):
        answer = run(capsys, ["force", "explain", row[column]["id"], "--json"])[1]
        assert json.loads(answer)["total"] == row[column]["value"]


def test_a_day_before_is_reported_as_it_was_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["report", "perstat", "--on", "2025-03-15", "--json"]
    now, then = (
        json.loads(run(capsys, [*words, *known])[1])
        for known in ([], ["--known", "2025-02-01"])
    )
    assert "what was known by 2025-02-01" in then["facts"]["As of"]
    assert now["tables"]["units"]["rows"] != then["tables"]["units"]["rows"]


def test_a_unit_and_a_zone_narrow_a_report(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["report", "strength", "--on", ON, "--unit", "2-sbct", "--json"]
    told = json.loads(run(capsys, words)[1])
    assert told["tables"]["days"]["rows"][-1]["Present"]["value"] == 2_400
    words = ["report", "authority", "--on", ON, "--zone", "nda", "--json"]
    told = json.loads(run(capsys, words)[1])
    assert next(iter(told["tables"])) == "counts"
    assert len(told["tables"]) == 3
    met = ["--met", "zone_notice_recorded"]
    freed = json.loads(run(capsys, [*words, *met])[1])
    counts = [one["tables"]["counts"]["rows"][0] for one in (told, freed)]
    assert counts[1]["allowed"] > counts[0]["allowed"]


def test_authority_counts_what_the_log_has_on_record(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    log = str(tmp_path / "records.log")
    for name, more in (
        ("zone_notice_recorded", ["--on", "2025-04-25", "--known", "2025-05-20"]),
        ("federal_request_recorded", ["--on", "2025-03-01"]),
        ("land_owner_recorded", ["--on", "2025-03-01", "--place", "El Paso"]),
        ("defense_secretary_approved", ["--on", "2025-03-01", "--until", "2025-05-01"]),
    ):
        made = ["decide", "record", name, "--by", "Secretary of Defense"]
        made += ["--reference", "memo", "--log", log, *more]
        assert run(capsys, made)[0] == 0
    words = ["report", "authority", "--on", ON, "--zone", "nda", "--json"]
    bare = json.loads(run(capsys, words)[1])
    told = json.loads(run(capsys, [*words, "--log", log])[1])
    then = json.loads(run(capsys, [*words, "--log", log, "--known", ON])[1])
    met = "zone_notice_recorded", "federal_request_recorded"
    stated = [word for name in met for word in ("--met", name)]
    same = json.loads(run(capsys, [*words, *stated])[1])
    rules = "rules-national_defense_area"
    assert told["tables"][rules] == same["tables"][rules]
    assert told["tables"][rules] != then["tables"][rules] != bare["tables"][rules]
    counted = [row["Counts here"] for row in told["tables"]["records"]["rows"]]
    assert counted == ["yes", "yes", "no, at its place only", "no, not on that day"]
    assert len(then["tables"]["records"]["rows"]) == 3
    assert "records" not in bare["tables"]


def test_authority_reads_the_rules_that_a_scenario_adds(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "own"
    shutil.copytree(BUILT_IN, folder)
    table = (folder / "authority.csv").read_text().splitlines()
    columns = next(line for line in table if line.startswith("rule,")).split(",")
    row = {
        "rule": "governor-tows",
        "task": "tow_cars",
        "status": "SAD",
        "zone": "*",
        "layer": "law",
        "answer": "allowed",
        "citation": "own",
    }
    cells = ",".join(row.get(name, "") for name in columns)
    (folder / "own.csv").write_text(f"{','.join(columns)}\n{cells}\n")
    settings = folder / "scenario.toml"
    named = settings.read_text().replace("[force]", '[force]\nmore_rules = "own.csv"')
    settings.write_text(named)
    words = ["report", "authority", "--on", ON, "--zone", "outside", "--json"]
    told = json.loads(run(capsys, [*words, "--scenario", str(folder)])[1])
    rows = told["tables"]["matrix-none"]["rows"]
    assert [row["SAD"] for row in rows if row["Task"] == "tow cars"] == ["allowed"]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["perstat", "--on", ON, "--out", "r.docx"], 1, ".html, .pdf, .xlsx, .json"),
        (["perstat", "--on", ON, "--format", "pdf"], 1, "--out"),
        (["perstat", "--on", "soon"], 1, "date"),
        (["perstat", "--on", ON, "--from", "2025-06-01"], 1, "first day"),
        (["strength", "--on", "2025-01-01"], 1, "from first to last"),
        (["strength", "--on", ON, "--unit", "nobody"], 1, "unit"),
        (["cost", "--on", ON, "--scope", "total"], 1, "incremental, full"),
        (["authority", "--on", ON, "--zone", "moon"], 1, "zone"),
        (["authority", "--on", ON, "--met", "luck"], 1, "unknown condition 'luck'"),
        (["authority", "--on", ON, "--log", "none.log"], 1, "no such mission log"),
        (["authority", "--on", ON, "--known", ON], 1, "--known must be given with"),
        (["authority", "--on", ON, "--format", "doc", "--out", "r"], 2, "doc"),
        (["perstat"], 2, "--on"),
        (["perstat", "--on", ON, "--out", "nowhere/r.pdf"], 1, "cannot be written"),
    ],
)
def test_says_what_is_wrong_in_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str], status: int, said: str
) -> None:
    got, out, err = run(capsys, ["report", *words])
    assert (got, out) == (status, "")
    assert said in err
    assert err.count("\n") == 1
