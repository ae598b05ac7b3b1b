"""A watch killed at any moment loses nothing that it acknowledged, and goes on."""

import asyncio
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from linewatch.area import light
from linewatch.errors import LinkError
from linewatch.log import MissionLog, verify
from linewatch.measure.clock import to_iso
from linewatch.mission.prepare import Prepared, exercise_decisions
from linewatch.mission.replay import resumed
from linewatch.plan import write_proposal
from linewatch.scenario import settings_from
from linewatch.sim import Sensors, SimSettings, World
from linewatch.sim.edge import Edge

KILLS = (13, 29, 47)
STEPS = 60
STEP_S = 5.0


class Process:
    """A `linewatch watch` in a process of its own, and what it has printed."""

    def __init__(self, words: list[str], port: int, folder: Path, turn: int) -> None:
        self.out = folder / f"out-{turn}.txt"
        with self.out.open("w") as out:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "linewatch",
                    "watch",
                    *words,
                    "--port",
                    str(port),
                ],
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def port(self) -> int:
        """Wait until it listens; return the port."""
        for _ in range(1_200):
            found = re.search(r"posts on 127\.0\.0\.1:(\d+)", self.out.read_text())
            if found:
                return int(found[1])
            assert self.process.poll() is None, self.out.read_text()
            time.sleep(0.05)
        raise AssertionError(self.out.read_text())

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def told(self) -> set[str]:
        """Return the alerts that it printed on whole lines."""
        lines = self.out.read_text().splitlines(keepends=True)
        whole = "".join(line for line in lines if line.endswith("\n"))
        return set(re.findall(r"crossing (crossing-\d+) at", whole))


def begun(small: Prepared, folder: Path) -> list[str]:
    """Write a decided proposal; return the words that start its watch."""
    sites = small.proposals[1]
    write_proposal(folder / "sites.json", sites)
    with MissionLog.open(folder / "mission.log") as log:
        log.append(
            (decision.at_s, "decision", decision.to_body())
            for decision in exercise_decisions(small)
        )
    words = ["--log", str(folder / "mission.log"), "--lag-s", "0"]
    words += [
        "--proposal",
        str(folder / "sites.json"),
        "--start",
        to_iso(small.start_s),
    ]
    return [*words, "--scenario", str(small.scenario.folder)]


async def run_through_kills(small: Prepared, folder: Path) -> tuple[set[str], set[str]]:
    """Run a world against a watch that is killed now and then.

    Returns the alerts that a watch printed, and those that the civil desk received.
    """
    words = begun(small, folder)
    settings = settings_from(SimSettings, small.scenario.table("sim"), where="sim")
    world = World(small.area, settings, small.start_s, 3)
    sensors = Sensors(world, small.site_plan.sights, light, seed=3)
    process = Process(words, 0, folder, 0)
    port, told = process.port(), set[str]()
    async with Edge(sensors, host="127.0.0.1", port=port) as edge:
        await edge.connect()
        for step in range(STEPS):
            if step in KILLS:
                process.kill()
                told |= process.told()
                process = Process(words, port, folder, step)
                process.port()
            for _ in range(5):
                try:
                    await edge.step(small.start_s + STEP_S * (step + 1))
                    break
                except LinkError:
                    await asyncio.sleep(0.2)
            await asyncio.sleep(0.05)
        await asyncio.sleep(1.0)
        received = set(edge.desk.alerts)
    process.kill()
    return told | process.told(), received


@pytest.mark.timeout(300)
def test_a_killed_watch_goes_on_and_loses_nothing_acknowledged(
    small: Prepared, tmp_path: Path
) -> None:
    told, received = asyncio.run(run_through_kills(small, tmp_path))
    path = tmp_path / "mission.log"
    assert verify(path).head.seq > 0
    with MissionLog.open_to_read(path) as log:
        alerts = [str(e.body["alert_id"]) for e in log.read(kinds=("alert",))]
        nodes = {e.body["name"] for e in log.read(kinds=("node",))}
        room = resumed(log, small.scenario, small.area)
    assert len(set(alerts)) == len(alerts), "an alert was raised twice"
    assert told <= set(alerts), "an alert was told that the log does not hold"
    assert {a for a in received if a.startswith("crossing")} <= set(alerts)
    assert nodes == {post.name for post in small.posts}
    assert room.checked > 0
    assert told, "the world was too quiet to prove anything"
