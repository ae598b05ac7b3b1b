"""Tests of ``linewatch area terrain``: from a catalogue to a scenario's ground."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from linewatch.area import read_area
from linewatch.scenario import read_scenario
from tests.cli.running import run
from tests.link.stac import catalogues
from tests.link.stac.catalogues import COLLECTION, static
from tests.link.stac.server import Shelf, served

LINE = '{"type": "LineString", "coordinates": [[-111.8, 31.33], [-110.48, 31.33]]}'
HEAD = '[scenario]\nstart = "2026-01-01"\n[area]\nline = "line.geojson"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Folder of a scenario of a short line."""
    made = tmp_path / "pipe"
    made.mkdir()
    (made / "line.geojson").write_text(LINE)
    (made / "scenario.toml").write_text(HEAD)
    return made


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A static catalogue, served."""
    with served(Shelf()) as made:
        static(made, tmp_path)
        yield made


def words_for(
    shelf: Shelf, folder: Path, *, collection: str = COLLECTION, within_km: str = "10"
) -> list[str]:
    return [
        *("area", "terrain", "fetch", "--scenario", str(folder)),
        *("--catalogue", f"{shelf.address}/catalog.json", "--collection", collection),
        *("--within-km", within_km, "--out", str(folder / "heights")),
    ]


def test_a_scenario_stands_on_fetched_ground(
    capsys: pytest.CaptureFixture[str], shelf: Shelf, folder: Path
) -> None:
    status, out, err = run(capsys, words_for(shelf, folder))
    assert (status, err) == (0, "")
    assert "terrain.vrt: 2 tiles" in out
    assert "They cover 100.0%" in out
    assert "the sha256 of the catalogue: 2" in out
    toml = f'{HEAD}terrain = "heights/terrain.vrt"\n'
    (folder / "scenario.toml").write_text(toml)
    ground = read_area(read_scenario(folder)).terrain
    assert not ground.generated
    area = read_area(read_scenario(folder))
    x_m, y_m = area.place_xy(area.line.length_m / 2)
    lon, lat = area.plane.to_geo(x_m, y_m)
    told = float(ground.height_m(x_m, y_m))
    assert told == pytest.approx(100 * (float(lon) + 120) + 10 * float(lat), abs=1)


def test_a_second_run_asks_for_no_tile(
    capsys: pytest.CaptureFixture[str], shelf: Shelf, folder: Path
) -> None:
    run(capsys, words_for(shelf, folder))
    before = sum(path.endswith(".tif") for _, path, _ in shelf.asked)
    status, out, _ = run(capsys, [*words_for(shelf, folder), "--json"])
    told = json.loads(out)
    assert status == 0
    assert sum(path.endswith(".tif") for _, path, _ in shelf.asked) == before == 2
    assert [tile["checked"] for tile in told["tiles"]] == ["sha256", "sha256"]
    assert told["covered"] == 1.0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"within_km": "0"}, "--within-km must be above 0"),
        ({"collection": "none"}, "has no collection none"),
    ],
)
def test_bad_words_are_told_in_one_line(
    capsys: pytest.CaptureFixture[str],
    shelf: Shelf,
    folder: Path,
    words: dict[str, str],
    said: str,
) -> None:
    status, out, err = run(capsys, words_for(shelf, folder, **words))
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert said in err


def test_tiles_of_ones_own_are_joined(
    capsys: pytest.CaptureFixture[str], shelf: Shelf, folder: Path
) -> None:
    for name in ("-112", "-111"):
        (folder / f"{name}.tif").write_bytes(shelf.files[f"/north/{name}.tif"])
    joined = folder / "all.vrt"
    words = ["area", "terrain", "join", str(folder), "--out", str(joined)]
    status, out, _ = run(capsys, words)
    assert (status, out) == (0, f"{joined}: 2 tiles\n")
    status, out, _ = run(capsys, [*words, "--json"])  # itself is no tile of its own
    assert (status, json.loads(out)["terrain"]) == (0, str(joined))
    status, _, err = run(capsys, [*words[:3], str(folder / "none"), *words[4:]])
    assert (status, err.count("\n")) == (1, 1)


@pytest.mark.parametrize("within", ["-1", "0", "nan", "inf", "501"])
def test_how_far_is_told_in_the_unit_that_was_given(
    capsys: pytest.CaptureFixture[str], within: str
) -> None:
    words = ["area", "terrain", "fetch", "--within-km", within]
    status, out, err = run(capsys, words)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "--within-km must be above 0, at most 500, not " in err


def test_without_a_network_what_was_fetched_serves(
    capsys: pytest.CaptureFixture[str], shelf: Shelf, folder: Path
) -> None:
    words = words_for(shelf, folder)
    assert run(capsys, words)[0] == 0
    (folder / "heights/terrain.vrt").unlink()
    asked = len(shelf.asked)
    status, out, err = run(capsys, [*words, "--offline", "--json"])
    told = json.loads(out)
    assert (status, err, len(shelf.asked)) == (0, "", asked)
    assert (told["covered"], told["line_not_covered_km"]) == (1.0, [])
    assert (folder / "heights/terrain.vrt").is_file()
    # A longer line is not held as a whole: what is missing is said.
    longer = LINE.replace("-110.48", "-109.48")
    (folder / "line.geojson").write_text(longer)
    status, out, _ = run(capsys, [*words, "--offline"])
    assert status == 0
    assert "No tile holds the line from km 172 to 221" in out.replace("\n", " ")
    assert len(shelf.asked) == asked


@pytest.mark.parametrize("harm", ["gone", "cut", "nothing fetched"])
def test_without_a_network_a_gap_in_the_cache_is_told(
    capsys: pytest.CaptureFixture[str], shelf: Shelf, folder: Path, harm: str
) -> None:
    words = words_for(shelf, folder)
    if harm != "nothing fetched":
        run(capsys, words)
        tile = folder / "heights/tile_-111_31.tif"
        body = tile.read_bytes()
        tile.unlink()
        if harm == "cut":
            tile.write_bytes(body[:-1])
    status, out, err = run(capsys, [*words, "--offline"])
    assert (status, out, err.count("\n")) == (1, "", 1)
    said = "tells of no tile" if harm == "nothing fetched" else "fetch it again"
    assert said in err


def test_no_network_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str],
    shelf: Shelf,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("urllib3.util.retry.Retry.sleep", lambda *_: None)
    words = words_for(shelf, folder)
    at = words.index("--catalogue") + 1
    words[at] = "http://127.0.0.1:9/catalog.json"
    status, out, err = run(capsys, words)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "cannot be read" in err


def test_tiles_of_two_grids_are_joined_and_said(
    capsys: pytest.CaptureFixture[str], shelf: Shelf, folder: Path, tmp_path: Path
) -> None:
    for name in ("-112", "-111"):
        (folder / f"{name}.tif").write_bytes(shelf.files[f"/north/{name}.tif"])
    catalogues.SIDE, side = 30, catalogues.SIDE
    try:
        (folder / "far.tif").write_bytes(catalogues.tile_bytes(-110, 31, tmp_path))
    finally:
        catalogues.SIDE = side
    joined = folder / "all.vrt"
    words = ["area", "terrain", "join", str(folder), "--out", str(joined)]
    status, out, _ = run(capsys, words)
    assert status == 0
    assert out.startswith(f"{joined}: 3 tiles\n1 of 3 tiles resampled (bilinear) onto")
    status, out, _ = run(capsys, [*words, "--json"])
    assert json.loads(out)["resampled"] == [str(folder / "far.tif")]
    like = [*words, "--like", str(folder / "far.tif"), "--json"]
    assert len(json.loads(run(capsys, like)[1])["resampled"]) == 2
    toml = f'{HEAD}terrain = "all.vrt"\n'
    (folder / "scenario.toml").write_text(toml)
    status, out, _ = run(capsys, ["area", "--scenario", str(folder)])
    assert "2 of 3 tiles resampled (bilinear) onto the grid of far.tif" in out
