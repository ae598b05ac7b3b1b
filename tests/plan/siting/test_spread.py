"""Tests of the cover table spread over processes: Dask, and work that is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from linewatch.plan.siting.heap import keep_heap
from linewatch.plan.siting.table import build_cover
from tests.cli.running import run
from tests.plan.siting.test_table import files, task
from tests.plan.siting.test_table import terrain as terrain  # noqa: PLC0414

ROOT = Path(__file__).parents[3]


def rows_of(path: Path) -> list[list[int]]:
    """Return what each site sees, from a table of arrays."""
    with np.load(path) as arrays:
        ptr, ind = arrays["ptr"], arrays["ind"]
    return [ind[a:b].tolist() for a, b in pairwise(ptr)]


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """A Dask scheduler with two workers, each a process of its own."""
    pytest.importorskip("distributed", reason="dask.distributed is not installed")
    script = (
        "import sys, warnings\n"
        "warnings.simplefilter('ignore')\n"
        "from distributed import LocalCluster\n"
        "if __name__ == '__main__':\n"
        "    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True,\n"
        "                      host='127.0.0.1', dashboard_address=None) as cluster:\n"
        "        print(cluster.scheduler_address, flush=True)\n"
        "        sys.stdin.read()\n"
    )
    path = tmp_path / "cluster.py"
    path.write_text(script)
    words = [sys.executable, str(path)]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tmp_path
    ) as made:
        assert made.stdout is not None
        assert made.stdin is not None
        try:
            yield made.stdout.readline().strip()
        finally:
            made.stdin.close()
            made.wait(timeout=60)


@pytest.mark.filterwarnings("default")  # Dask's own are not ours
@pytest.mark.usefixtures("terrain")
def test_dask_makes_the_same_table(
    scheduler: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["cover", *files(tmp_path)]
    here, there = tmp_path / "here.npz", tmp_path / "there.npz"
    assert run(capsys, [*words, "--out", str(here)])[0] == 0
    status, out, err = run(capsys, [*words, "--out", str(there), "--dask", scheduler])
    assert (status, "9 candidates see" in out) == (0, True), err
    assert here.read_bytes() == there.read_bytes()
    assert sum(map(len, rows_of(there))) > 100


KILLED = """
import sys, time
from pathlib import Path
from linewatch.plan.siting import block, table

table.BLOCK_SITES = 4
look = block.seen_from_block
seen = Path(sys.argv[1])

def slow(given, n, *more):
    with seen.open("a") as file:
        file.write(f"{int(given.number[n])}\\n")
    time.sleep(float(sys.argv[2]))
    return look(given, n, *more)

block.seen_from_block = slow
from linewatch.cli import main
main(sys.argv[3:])
"""


def test_what_was_killed_goes_on_and_looks_from_nowhere_twice(
    tmp_path: Path, terrain: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Killed at once, as by the system when memory runs out: nothing is tidied up."""
    assert terrain.exists()
    script, seen = tmp_path / "killed.py", tmp_path / "seen.txt"
    script.write_text(KILLED)
    words = ["cover", *files(tmp_path), "--json", "--out", str(tmp_path / "cover.npz")]

    def start(pause_s: float, log: Path) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, str(script), str(log), str(pause_s), *words],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    parts = tmp_path / "cover.npz.parts"
    with start(0.3, seen) as first:
        until = time.monotonic() + 120
        while not list(parts.glob("part-*.npy")) and time.monotonic() < until:
            assert first.poll() is None, first.communicate()
            time.sleep(0.02)
        os.kill(first.pid, signal.SIGKILL)
        assert first.wait() == -signal.SIGKILL
    before = [int(n) for n in seen.read_text().split()]
    done = len(list(parts.glob("part-*.npy")))
    assert done
    assert len(before) < 9
    assert not (tmp_path / "cover.npz").exists()
    again = tmp_path / "again.txt"
    with start(0.0, again) as second:
        out, err = second.communicate(timeout=120)
        assert second.returncode == 0, err
    after = [int(n) for n in again.read_text().split()]
    # Only the block that was in work when it was killed is looked from anew.
    assert len(after) == len(set(after))
    finished = set(range(9)) - set(after)
    assert finished <= set(before)
    assert f'"blocks_kept": {done}' in out
    assert not parts.exists()
    whole = tmp_path / "killed.npz"
    (tmp_path / "cover.npz").rename(whole)
    assert run(capsys, words)[0] == 0
    assert whole.read_bytes() == (tmp_path / "cover.npz").read_bytes()


def test_a_process_may_keep_what_it_frees() -> None:
    """Told by the C library in a process of its own; elsewhere it is let be."""
    told = subprocess.run(
        [sys.executable, "-c",
         "from linewatch.plan.siting.heap import keep_heap; print(keep_heap())"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert told.stdout.strip() in ("True", "False")


def test_where_memory_cannot_be_kept_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "plan9")
    assert not keep_heap()


def test_processes_make_the_same_table(tmp_path: Path, terrain: Path) -> None:
    candidates, strip = task(sites=12)
    one = build_cover(terrain, candidates, strip, tmp_path / "one")
    two = build_cover(terrain, candidates, strip, tmp_path / "two", workers=2)
    both: Any = zip(one.rows(), two.rows(), strict=True)
    for a, b in both:
        assert a.tolist() == b.tolist()


@pytest.mark.filterwarnings("default")
@pytest.mark.usefixtures("terrain")
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere://x", "one two"])
def test_a_scheduler_that_is_not_there_is_told(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    address: str,
) -> None:
    pytest.importorskip("distributed", reason="dask.distributed is not installed")
    monkeypatch.setattr("linewatch.cli.cover.DASK_WAIT", "1s")
    words = ["cover", *files(tmp_path), "--out", str(tmp_path / "c.npz")]
    status, out, err = run(capsys, [*words, "--dask", address])
    assert (status, out) == (1, "")
    assert err.splitlines()[-1].startswith(f"linewatch: {address}: ")
    assert "no Dask scheduler answers" in err
    assert not (tmp_path / "c.npz.parts").exists()


@pytest.mark.usefixtures("terrain")
def test_dask_that_is_not_installed_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    words = ["cover", *files(tmp_path), "--out", str(tmp_path / "c.npz")]
    status, out, err = run(capsys, [*words, "--dask", "tcp://127.0.0.1:8786"])
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "pip install 'linewatch[dask]'" in err
