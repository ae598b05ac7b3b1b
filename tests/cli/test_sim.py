"""Tests of ``linewatch sim``: a small park's fence against a real SAPIENT server."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from linewatch.link.sapient import Event, FusionServer
from linewatch.scenario import BUILT_IN
from linewatch.watch.values import Detection, Health, Node, Status
from tests.cli.running import run

LEDGER = """\
cite test "made for a test"
place here base "Here"
kit radar "Radar"
2025-01-01 unit crew "Crew" @here
2025-01-02 open crew 2 radar @here ^test
"""


class Listening:
    """A SAPIENT server in a thread of its own."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.port = 0
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._end: asyncio.Event | None = None
        self._thread = threading.Thread(
            target=self._loop.run_until_complete, args=[self._serve()]
        )
        self._thread.start()
        self._ready.wait(20)

    def take(self, events: Sequence[Event]) -> None:
        """Keep what was told."""
        self.events += events

    def stop(self) -> None:
        """End the server and its thread, once it has read what was sent."""
        if self._end is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(20)
        self._loop.close()

    async def _serve(self) -> None:
        self._end = asyncio.Event()
        async with FusionServer(self.take) as server:
            self.port = server.port
            self._ready.set()
            await self._end.wait()
            async with asyncio.timeout(20):
                while server.connected:  # noqa: ASYNC110 - the server has no such event
                    await asyncio.sleep(0.05)


@pytest.fixture
def watch() -> Iterator[Listening]:
    """Return a server that listens, and end it."""
    server = Listening()
    yield server
    server.stop()


@pytest.fixture
def park(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a small scenario: 40 km of fence and two radars."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "park"
    folder.mkdir()
    line = {
        "type": "Feature",
        "properties": {},
        "geometry": {
            "type": "LineString",
            "coordinates": [[30.0, -2.0], [30.2, -2.02], [30.36, -2.0]],
        },
    }
    (folder / "line.geojson").write_text(json.dumps(line), encoding="utf-8")
    (folder / "force.ledger").write_text(LEDGER, encoding="utf-8")
    toml = f"""\
[scenario]
name = "a park"
start = "2025-03-01T00:00:00Z"
[area]
line = "line.geojson"
[force]
ledger = "force.ledger"
authority = "{BUILT_IN / "authority.csv"}"
[sim]
persons_per_encounter = 10000.0
"""
    (folder / "scenario.toml").write_text(toml, encoding="utf-8")
    return folder


def test_runs_the_sensors_of_the_plan_against_a_watch(
    capsys: pytest.CaptureFixture[str], watch: Listening, park: Path
) -> None:
    words = ["sim", "--to", f"127.0.0.1:{watch.port}", "--scenario", str(park)]
    status, out, err = run(capsys, [*words, "--hours", "0.05", "--speed", "100"])
    watch.stop()
    assert (status, err) == (0, "")
    first, last = out.splitlines()
    assert first == "2 sensors and a civil desk registered; 2025-03-01T00:00:00Z"
    assert last.startswith("2025-03-01T00:03:00Z  ")
    nodes = {one.name: one.kind for one in watch.events if isinstance(one, Node)}
    assert sorted(nodes.values()) == ["desk", "radar", "radar"]
    count = sum(isinstance(one, Detection) for one in watch.events)
    assert f" {count:,} detections" in last
    assert count > 10
    goodbyes = [
        one
        for one in watch.events
        if isinstance(one, Status) and one.health is Health.GOODBYE
    ]
    assert len(goodbyes) == 3


def test_stands_the_sensors_of_a_proposal_and_begins_when_told(
    capsys: pytest.CaptureFixture[str], watch: Listening, park: Path, tmp_path: Path
) -> None:
    sites = tmp_path / "sites.json"
    plan = ["plan", "sites", "--scenario", str(park), "--out", str(sites)]
    assert run(capsys, [*plan, "--kit", "radar=1,seismic=1"])[0] == 0
    words = ["sim", "--to", f"127.0.0.1:{watch.port}", "--scenario", str(park)]
    words += ["--proposal", str(sites), "--start", "2025-01-05T10:00:00Z"]
    status, out, err = run(capsys, [*words, "--hours", "0.01", "--speed", "100"])
    watch.stop()
    assert (status, err) == (0, "")
    assert out.startswith("2 sensors and a civil desk registered; 2025-01-05T10:00:00Z")
    told = json.loads(sites.read_text(encoding="utf-8"))
    names = {one["name"] for one in told["body"]["sites"]}
    nodes = {one.name for one in watch.events if isinstance(one, Node)}
    assert nodes == {*names, "civil-desk"}


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_it_cleanly(
    watch: Listening, park: Path, told: signal.Signals
) -> None:
    words = ["sim", "--to", f"127.0.0.1:{watch.port}", "--scenario", str(park)]
    with subprocess.Popen(
        [sys.executable, "-m", "linewatch", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(os.environ, PYTHONUNBUFFERED="1"),
        text=True,
    ) as running:
        assert running.stdout is not None
        assert "registered" in running.stdout.readline()
        running.send_signal(told)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 0
    assert (out.strip(), err) == ("Stopped; every sensor said goodbye.", "")


def test_no_watch_there_ends_with_1_and_one_line(
    capsys: pytest.CaptureFixture[str], park: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(_: float) -> None:
        """Do not wait between tries."""

    monkeypatch.setattr("linewatch.link.sapient.client.asyncio.sleep", at_once)
    words = ["sim", "--to", "127.0.0.1:1", "--scenario", str(park)]
    status, out, err = run(capsys, words)
    assert (status, out) == (1, "")
    assert err.startswith("linewatch: 127.0.0.1:1: cannot be reached in ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--to", "nowhere"], "--to must be HOST:PORT"),
        (["--to", ":5020"], "--to must be HOST:PORT"),
        (["--to", "a:70000"], "--to must be HOST:PORT"),
        (["--to", "a:1", "--hours", "0"], "hours must be above 0"),
        (["--to", "a:1", "--speed", "nan"], "speed must be above 0"),
        (["--to", "a:1", "--speed", "-2"], "speed must be above 0"),
    ],
)
def test_bad_values_end_with_1_before_anything_is_planned(
    capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    status, out, err = run(capsys, ["sim", *words])
    assert (status, out) == (1, "")
    assert told in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("words", [[], ["--to", "a:1", "--hours", "long"]])
def test_bad_words_end_with_2(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert run(capsys, ["sim", *words])[0] == 2


def test_an_unknown_key_in_the_scenario_is_told(
    capsys: pytest.CaptureFixture[str], park: Path
) -> None:
    toml = park / "scenario.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + "wlaker = 1\n", encoding="utf-8")
    words = ["sim", "--to", "127.0.0.1:1", "--scenario", str(park)]
    status, _, err = run(capsys, words)
    assert status == 1
    assert "wlaker" in err
