"""The command ``linewatch sim``."""

import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from linewatch.area import Area, read_area
from linewatch.area.border import cache_folder
from linewatch.errors import BadValue
from linewatch.force import read_force
from linewatch.measure.clock import to_date, to_epoch_s, to_iso
from linewatch.mission.sites import ordered_posts, site_kinds, site_settings
from linewatch.plan import read_proposal
from linewatch.plan.siting import plan_sites
from linewatch.scenario import BUILT_IN, Scenario, read_scenario, settings_from
from linewatch.sight import Sight
from linewatch.sim import Sensors, SimSettings, World
from linewatch.sim.edge import Edge


def sim(
    *,
    to: str,
    scenario: Path = BUILT_IN,
    proposal: Path | None = None,
    hours: float = 1.0,
    speed: float = 1.0,
    start: str | None = None,
    seed: int = 1,
) -> None:
    """Run a simulated world against a running watch, over SAPIENT.

    The sensors stand where the watch's proposal of sites says, or else where
    `linewatch plan sites` would put them on the day that the world begins. Ctrl-C ends
    the run: every sensor says goodbye.

    Parameters
    ----------
    to
        Address of the watch, as HOST:PORT.
    scenario
        Folder of the scenario.
    proposal
        File of the proposal that the watch was given.
    hours
        Hours of the world to run.
    speed
        Seconds of the world in each real second.
    start
        When the world begins, such as 2025-05-02T06:00:00Z; the scenario's watch by
        default.
    seed
        Seed of everything that is left to chance.
    """
    host, port = _address(to)
    for name, value in (("hours", hours), ("speed", speed)):
        if not 0 < value < float("inf"):
            raise BadValue(name, "above 0", value)
    mission = read_scenario(scenario)
    area, start_s = read_area(mission), _start_s(mission, start)
    sights = _sights(mission, area, start_s, proposal)
    settings = settings_from(SimSettings, mission.table("sim"), where="sim")
    world = World(area, settings, start_s, seed)
    sensors = Sensors(world, sights, area.light_at, seed=seed)
    until_s = sensors.world.start_s + hours * 3600
    try:
        asyncio.run(_run(sensors, host, port, until_s=until_s, speed=speed))
    except KeyboardInterrupt:
        print(f"{_fresh_line()}Stopped; every sensor said goodbye.")


async def _run(
    sensors: Sensors, host: str, port: int, *, until_s: float, speed: float
) -> None:
    """Connect, run and say what came of it."""
    async with Edge(sensors, host=host, port=port) as edge:
        await edge.connect()
        start = to_iso(sensors.world.start_s)
        print(f"{len(sensors.nodes)} sensors and a civil desk registered; {start}")
        await edge.run(until_s, speed=speed, now=time.monotonic, tell=_tell)
        print(f"{_fresh_line()}{_told(edge)}")


def _told(edge: Edge) -> str:
    """Say how far the world is, and what was sent."""
    world = edge.sensors.world
    return (
        f"{to_iso(world.time_s)}  {len(world.state().x_m)} targets, "
        f"{len(world.crossings.unit_id)} crossings, {edge.detections:,} detections, "
        f"{len(edge.desk.alerts)} alerts at the desk"
    )


def _tell(edge: Edge) -> None:
    """Show the progress on one line of a terminal, and nothing elsewhere."""
    if sys.stdout.isatty():
        print(f"\r{_told(edge)}", end="", flush=True)


def _fresh_line() -> str:
    """Return what ends the line of the progress, where there is one."""
    return "\n" if sys.stdout.isatty() else ""


def _address(text: str) -> tuple[str, int]:
    """Read HOST:PORT."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise BadValue("--to", "HOST:PORT, such as 127.0.0.1:5020", repr(text))
    return host.strip("[]"), int(port)


def _start_s(scenario: Scenario, start: str | None) -> float:
    """Return when the world begins [s]."""
    told = "watch" if "watch" in scenario.table("scenario") else "start"
    return to_epoch_s(start or scenario.when(told))


def _sights(
    scenario: Scenario, area: Area, start_s: float, proposal: Path | None
) -> Sequence[Sight]:
    """Return the sensors of a proposal, or those that would be planned for the day."""
    if proposal is not None:
        return [post.sight for post in ordered_posts(read_proposal(proposal), area)]
    on = to_date(to_iso(start_s)[:10])
    kit, settings = read_force(scenario).kit(on), site_settings(scenario, area, on)
    kinds = site_kinds(scenario).kinds
    return plan_sites(area, kit, settings, kinds=kinds, cache=cache_folder()).sights
