"""Tests of the big cover table: against looking one by one, resumed, and as files."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import rasterio
from rasterio import Affine

from linewatch.area import Grid
from linewatch.errors import BadFile, BadLines, BadValue
from linewatch.plan.siting import block as blocks
from linewatch.plan.siting.cover import Floats, Whole
from linewatch.plan.siting.coverfile import write_cover
from linewatch.plan.siting.files import read_cover
from linewatch.plan.siting.table import (
    Candidates,
    Look,
    Strip,
    build_cover,
    read_candidates,
    read_strip,
)
from linewatch.sight import Eye, lowest_seen
from linewatch.sight.viewshed import Mode
from tests.cli.running import run

CELL_M = 30.0
WEST_M, NORTH_M = 500_000.0, 3_600_000.0


def hills(rows: int = 60, cols: int = 90, seed: int = 3) -> np.ndarray:
    """Rolling ground [m]."""
    y, x = np.mgrid[0:rows, 0:cols]
    rng = np.random.default_rng(seed)
    ground = sum(
        rng.uniform(10, 40)
        * np.sin(x / rng.uniform(4, 15) + y / rng.uniform(4, 15) + n)
        for n in range(5)
    )
    return np.asarray(ground, np.float32)


@pytest.fixture
def terrain(tmp_path: Path) -> Path:
    """A terrain file of rolling ground with a hole."""
    ground = hills()
    ground[5:9, 5:9] = -9999
    path = tmp_path / "hills.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=ground.shape[0],
        width=ground.shape[1],
        count=1,
        dtype="float32",
        crs="EPSG:32612",
        nodata=-9999,
        transform=Affine(CELL_M, 0.0, WEST_M, 0.0, -CELL_M, NORTH_M),
    ) as file:
        file.write(ground, 1)
    return path


def centre(row: Whole, col: Whole) -> tuple[Floats, Floats]:
    """Middles of cells."""
    x = WEST_M + (col.astype(np.float64) + 0.5) * CELL_M
    return x, NORTH_M - (row.astype(np.float64) + 0.5) * CELL_M


def task(sites: int = 9, cells: int = 300) -> tuple[Candidates, Strip]:
    """Candidates and demand at random, some of it in the same cells."""
    rng = np.random.default_rng(1)
    row, col = rng.integers(10, 60, sites), rng.integers(10, 90, sites)
    x, y = centre(row, col)
    r, c = rng.integers(0, 60, cells), rng.integers(0, 90, cells)
    dx, dy = rng.uniform(-10, 10, (2, cells))
    there_x, there_y = centre(r, c)
    return (
        Candidates(
            names=tuple(f"s{n}" for n in range(sites)),
            x=x,
            y=y,
            above_m=np.full(sites, 5.0),
            reach_m=np.where(np.arange(sites) % 2, 700.0, 1_500.0),
        ),
        Strip(
            names=pa.array([f"c{n}" for n in range(cells)]),
            x=there_x + dx,
            y=there_y + dy,
            weight=rng.integers(0, 9, cells).astype(float),
        ),
    )


def plain(candidates: Candidates, strip: Strip, mode: Mode) -> set[tuple[str, str]]:
    """Look from each candidate on the whole ground; which named cells are seen."""
    ground = hills()
    ground[5:9, 5:9] = np.nan
    grid = Grid(height_m=ground, west_m=WEST_M, north_m=NORTH_M, cell_m=CELL_M)
    seen = set()
    for n, name in enumerate(candidates.names):
        eye = Eye(
            x_m=float(candidates.x[n]),
            y_m=float(candidates.y[n]),
            above_m=float(candidates.above_m[n]),
            reach_m=float(candidates.reach_m[n]),
        )
        lowest = lowest_seen(grid, eye, mode=mode)
        for j, cell in enumerate(strip.names.to_pylist()):
            row = int((NORTH_M - strip.y[j]) // CELL_M)
            col = int((strip.x[j] - WEST_M) // CELL_M)
            if lowest[row, col] <= 1.7:
                seen.add((name, cell))
    return seen


def named(path: Path) -> set[tuple[str, str]]:
    """Pairs of a parquet table."""
    table = pq.read_table(path)
    return set(zip(table["site"].to_pylist(), table["cell"].to_pylist(), strict=True))


@pytest.mark.parametrize("mode", [Mode.EXACT, Mode.SCREEN])
def test_holds_what_looking_one_by_one_sees(
    tmp_path: Path, terrain: Path, mode: Mode
) -> None:
    candidates, strip = task()
    seen = build_cover(terrain, candidates, strip, tmp_path / "parts", Look(mode=mode))
    pairs = write_cover(tmp_path / "cover.parquet", seen, candidates, strip)
    expected = plain(candidates, strip, mode)
    assert named(tmp_path / "cover.parquet") == expected
    assert pairs == len(expected) > 100


def test_any_executor_gives_the_same_table(tmp_path: Path, terrain: Path) -> None:
    candidates, strip = task(sites=20)
    one = build_cover(terrain, candidates, strip, tmp_path / "one")
    with ThreadPoolExecutor(2) as pool:
        two = build_cover(terrain, candidates, strip, tmp_path / "two", executor=pool)
    for a, b in zip(one.rows(), two.rows(), strict=True):
        assert a.tolist() == b.tolist()


def test_goes_on_where_it_was_stopped(
    tmp_path: Path, terrain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidates, strip = task(sites=30)
    parts = tmp_path / "parts"
    whole = build_cover(terrain, candidates, strip, tmp_path / "whole")
    monkeypatch.setattr("linewatch.plan.siting.table.BLOCK_SITES", 4)
    looked = 0

    def stopped(_stage: str, share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_cover(terrain, candidates, strip, parts, progress=stopped)
    there = sorted(parts.glob("part-*.npy"))
    assert there
    # One part is cut short, as by a full disk: it is made again.
    there[0].write_bytes(there[0].read_bytes()[:-7])
    look = blocks.seen_from_block

    def counted(*args: object) -> object:
        nonlocal looked
        looked += 1
        return look(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(blocks, "seen_from_block", counted)
    again = build_cover(terrain, candidates, strip, parts)
    assert again.kept == len(there) - 1
    assert 0 < looked < 30
    assert again.counts.tolist() == whole.counts.tolist()
    for a, b in zip(whole.rows(), again.rows(), strict=True):
        assert a.tolist() == b.tolist()


@pytest.mark.parametrize("change", ["target", "refraction", "demand"])
def test_what_was_looked_at_otherwise_is_looked_at_again(
    tmp_path: Path, terrain: Path, change: str
) -> None:
    candidates, strip = task()
    build_cover(terrain, candidates, strip, tmp_path / "parts")
    look = {"target": Look(target_m=3.0), "refraction": Look(refraction=0.5)}.get(
        change
    )
    if change == "demand":
        strip = replace(strip, x=strip.x[::-1])
    again = build_cover(terrain, candidates, strip, tmp_path / "parts", look)
    assert again.kept == 0
    fresh = build_cover(terrain, candidates, strip, tmp_path / "fresh", look)
    assert again.counts.tolist() == fresh.counts.tolist()


def files(folder: Path) -> list[str]:
    """Write candidates and demand as CSV; return the words that name them."""
    candidates, strip = task()
    rows = [
        f"{name},{x},{y},5,{reach}"
        for name, x, y, reach in zip(
            candidates.names,
            candidates.x,
            candidates.y,
            candidates.reach_m,
            strict=True,
        )
    ]
    (folder / "c.csv").write_text("site,x,y,above_m,reach_m\n" + "\n".join(rows) + "\n")
    rows = [
        f"{name},{x},{y},{w:g}"
        for name, x, y, w in zip(
            strip.names.to_pylist(), strip.x, strip.y, strip.weight, strict=True
        )
    ]
    rows.append(f"far,{WEST_M - 900},{NORTH_M},7")
    (folder / "d.csv").write_text("cell,x,y,weight\n" + "\n".join(rows) + "\n")
    return [
        *("--terrain", str(folder / "hills.tif")),
        *("--candidates", str(folder / "c.csv")),
        *("--demand", str(folder / "d.csv")),
        *("--workers", "1"),
    ]


@pytest.mark.usefixtures("terrain")
def test_every_format_leads_to_the_same_choice(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ["cover", *files(tmp_path)]
    told = {}
    for suffix in ("npz", "parquet", "csv", "csv.gz"):
        out = tmp_path / f"cover.{suffix}"
        status, text, err = run(capsys, [*words, "--out", str(out), "--json"])
        assert (status, err) == (0, "")
        facts = json.loads(text)
        assert facts["cells_off_terrain"] == 1
        assert not out.with_name(out.name + ".parts").exists()
        chosen = run(
            capsys,
            [
                *("site", "--sites", str(tmp_path / "c.csv")),
                *("--demand", str(tmp_path / "d.csv"), "--cover", str(out)),
                *("--choose", "3", "--out", str(tmp_path / "chosen.csv"), "--json"),
            ],
        )
        assert chosen[0] == 0
        told[suffix] = json.loads(chosen[1])
    assert told["npz"] == told["parquet"] == told["csv"] == told["csv.gz"]
    assert told["npz"]["objective"] > 0
    status, text, _ = run(capsys, [*words, "--out", str(tmp_path / "a.csv")])
    assert "9 candidates see" in text
    assert "1 cells lie off the terrain" in text


def test_an_npz_table_follows_the_order_of_the_sites(
    tmp_path: Path, terrain: Path
) -> None:
    candidates, strip = task()
    seen = build_cover(terrain, candidates, strip, tmp_path / "parts")
    write_cover(tmp_path / "cover.npz", seen, candidates, strip)
    names = strip.names.to_pylist()
    (tmp_path / "d.csv").write_text(
        "cell,weight\n"
        + "".join(f"{n},{w:g}\n" for n, w in zip(names, strip.weight, strict=True))
    )
    (tmp_path / "s.csv").write_text(
        "site\nnew\n" + "\n".join(reversed(candidates.names)) + "\n"
    )
    table = read_cover(tmp_path / "s.csv", tmp_path / "d.csv", tmp_path / "cover.npz")
    rows = list(seen.rows())
    assert np.diff(table.cover.ptr).tolist() == [0, *(len(r) for r in rows[::-1])]
    assert table.cover.weight.sum() == strip.weight.sum()
    (tmp_path / "s.csv").write_text("site\ns1\n")
    with pytest.raises(BadFile, match="holds site s0, which the sites do not"):
        read_cover(tmp_path / "s.csv", tmp_path / "d.csv", tmp_path / "cover.npz")
    (tmp_path / "bad.npz").write_bytes(b"no")
    with pytest.raises(BadFile, match="holds no cover table"):
        read_cover(tmp_path / "s.csv", tmp_path / "d.csv", tmp_path / "bad.npz")


def test_says_what_is_wrong(
    tmp_path: Path, terrain: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    candidates, strip = task()
    off = Candidates(
        names=("s0", "s1"),
        x=np.array([WEST_M - 1, WEST_M + 1]),
        y=np.array([NORTH_M - 1, NORTH_M - 1]),
        above_m=np.ones(2),
        reach_m=np.ones(2),
    )
    with pytest.raises(BadValue, match=r"on the terrain of 60 rows .* as are s0 \(x "):
        build_cover(terrain, off, strip, tmp_path / "parts")
    x, y = centre(np.array([6]), np.array([6]))
    hole = Candidates(
        names=("s0",),
        x=x,
        y=y,
        above_m=np.ones(1),
        reach_m=np.full(1, 90.0),
    )
    with pytest.raises(BadValue, match="where the terrain has data, not at row 6"):
        build_cover(terrain, hole, strip, tmp_path / "parts")
    (tmp_path / "c.csv").write_text("site,x,y,reach_m\na,1,1,0\n")
    with pytest.raises(BadLines, match="line 2: reach_m must be above 0"):
        read_candidates(tmp_path / "c.csv", Look())
    (tmp_path / "d.csv").write_text("cell,x,y,weight\na,east,1,1\n")
    with pytest.raises(BadLines, match="line 2: x must be a number, not east"):
        read_strip(tmp_path / "d.csv")
    with pytest.raises(BadValue, match="heights above the ground"):
        Look(above_m=-1.0)
    with pytest.raises(BadValue, match="reach_m must be above 0"):
        Look(reach_m=0.0)
    with pytest.raises(BadValue, match="refraction must be from -1 to 1"):
        Look(refraction=2.0)
    words = ["cover", *files(tmp_path)]
    status, _, err = run(capsys, [*words, "--out", str(tmp_path / "cover.txt")])
    assert (status, err.count("\n")) == (1, 1)
    assert "the cover file must be named .npz, .parquet, .csv, .csv.gz" in err
    assert len(candidates.names) == 9
