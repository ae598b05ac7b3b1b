"""Tests of ``linewatch calibrate``."""

import json
from pathlib import Path

import numpy as np
import pytest

from linewatch.sight import KINDS, TARGETS, range_chance
from tests.cli.running import run

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
