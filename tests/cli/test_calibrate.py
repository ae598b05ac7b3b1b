"""Tests of ``linewatch calibrate``."""

import json
from pathlib import Path

import numpy as np
import pytest

from linewatch.sight import KINDS, TARGETS, range_chance, read_kinds
from tests.cli.running import run

Words = list[str | Path]
HEAD = "kind,target,range_m,shown,detected"


@pytest.fixture
def looks(tmp_path: Path) -> Path:
    """Looks of a camera as good as its figures."""
    dice = np.random.default_rng(1)
    range_m = dice.uniform(100, 7_000, 400)
    chance = range_chance(KINDS["camera"], TARGETS["walker"], range_m)
    hits = (dice.random(400) < chance).astype(int)
    rows = [f"camera,walker,{r:.1f},1,{h}" for r, h in zip(range_m, hits, strict=True)]
    path = tmp_path / "looks.csv"
    path.write_text("\n".join([HEAD, *rows]) + "\n")
    return path


def test_figures_come_with_their_interval(
    capsys: pytest.CaptureFixture[str], looks: Path
) -> None:
    status, out, err = run(capsys, ["calibrate", str(looks), "--json"])
    told = json.loads(out)["camera"]
    assert (status, err) == (0, "")
    assert told["scale"]["low"] < 1 < told["scale"]["high"]
    assert told["looks"] == 400
    status, out, _ = run(capsys, ["calibrate", str(looks)])
    assert status == 0
    assert "camera: " in out
    assert "95% within" in out


def test_a_law_of_another_form_is_warned_of(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "looks.csv"
    rows = [f"radar,walker,{r},1,{r // 2_000 % 2}" for r in range(100, 10_000, 30)]
    path.write_text("\n".join([HEAD, *rows]) + "\n")
    status, out, _ = run(capsys, ["calibrate", str(path)])
    assert status == 0
    assert "beware: the law misses by" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--visibility-km", "0"], "visibility_m must be 10 to 300000"),
        (["--level", "2"], "level must be between 0 and 1"),
    ],
)
def test_bad_words_are_told(
    capsys: pytest.CaptureFixture[str], looks: Path, words: list[str], said: str
) -> None:
    status, out, err = run(capsys, ["calibrate", str(looks), *words])
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert said in err


def test_too_few_looks_are_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "looks.csv"
    path.write_text(f"{HEAD}\nradar,walker,5,1,1\n")
    status, _, err = run(capsys, ["calibrate", str(path)])
    assert (status, err.count("\n")) == (1, 1)
    assert "looks of radar must be 20 or more within reach, not 1" in err


def test_fitted_figures_are_written_to_plan_with(
    capsys: pytest.CaptureFixture[str], looks: Path, tmp_path: Path
) -> None:
    kinds, out = tmp_path / "kinds.csv", tmp_path / "fitted.csv"
    kinds.write_text(
        "# of the maker's sheets\nkind,figure,value,source\n"
        "eye,like,camera,sheet 3\neye,mast_m,18,sheet 3\n"
    )
    looks.write_text(looks.read_text().replace("camera,", "eye,"))
    words: Words = ["calibrate", looks, "--kinds", kinds, "--out", out]
    status, said, err = run(capsys, words)
    assert (status, err) == (0, "")
    assert f"{out} holds the fitted range and ceiling of eye." in said
    file = read_kinds(out)
    assert file.remark == "of the maker's sheets"
    assert file.told == {"eye": ("like", "mast_m", "range_x", "ceiling")}
    assert file.kinds["eye"].mast_m == 18
    status, said, _ = run(capsys, [*words, "--json"])
    mean = json.loads(said)["eye"]["scale"]["mean"]
    assert float(file.rows[2].value) == pytest.approx(mean, rel=1e-5)
    assert file.kinds["eye"].anchor_m["walker"] == pytest.approx(
        mean * KINDS["camera"].anchor_m["walker"], rel=1e-4
    )


def test_looks_of_a_kind_that_no_file_tells_are_refused(
    capsys: pytest.CaptureFixture[str], looks: Path
) -> None:
    looks.write_text(looks.read_text().replace("camera,", "eye,", 1))
    status, out, err = run(capsys, ["calibrate", looks])
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "line 2: unknown sensor kind 'eye': choose from radar, camera" in err


def test_the_kinds_that_are_read_are_not_written_over(
    capsys: pytest.CaptureFixture[str], looks: Path, tmp_path: Path
) -> None:
    kinds = tmp_path / "kinds.csv"
    kinds.write_text("kind,figure,value,source\ncamera,mast_m,18,sheet 3\n")
    words: Words = ["calibrate", looks, "--kinds", kinds, "--out"]
    for out in (kinds, looks):
        status, _, err = run(capsys, [*words, out])
        assert status == 1
        assert "another file than those it is made from" in err
    status, _, err = run(capsys, [*words, tmp_path / "none" / "fitted.csv"])
    assert (status, err.count("\n")) == (1, 1)
    assert "cannot be written" in err
