"""The command ``linewatch sim``."""

import asyncio
import sys
import time
from pathlib import Path

from linewatch.area import light, read_area
from linewatch.area.border import cache_folder
from linewatch.errors import BadFile, BadValue
from linewatch.force import read_force
from linewatch.measure.clock import to_date, to_epoch_s, to_iso
from linewatch.mission.prepare import site_settings
from linewatch.plan.siting import plan_sites
from linewatch.scenario import BUILT_IN, Scenario, read_scenario, settings_from
from linewatch.sim import Sensors, SimSettings, World
from linewatch.sim.edge import Edge


def sim(
    *,
    to: str,
    scenario: Path = BUILT_IN,
    hours: float = 1.0,
    speed: float = 1.0,
    seed: int = 1,
) -> None:
    """Run a simulated world against a running watch, over SAPIENT.

    The sensors are those that `linewatch plan sites` proposes. Ctrl-C ends the run:
    every sensor says goodbye.

    Parameters
    ----------
    to
        Address of the watch, as HOST:PORT.
    scenario
        Folder of the scenario.
    hours
        Hours of the world to run.
    speed
        Seconds of the world in each real second.
    seed
        Seed of everything that is left to chance.
    """
    host, port = _address(to)
    for name, value in (("hours", hours), ("speed", speed)):
        if not 0 < value < float("inf"):
            raise BadValue(name, "above 0", value)
    sensors = _sensors(read_scenario(scenario), seed)
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


def _sensors(scenario: Scenario, seed: int) -> Sensors:
    """Read the scenario, place its sensors and start its world."""
    area, force = read_area(scenario), read_force(scenario)
    table = scenario.table("scenario")
    watch = table.get("watch", table.get("start"))
    if not isinstance(watch, str):
        why = "[scenario] must say when the watch begins, as watch"
        raise BadFile(scenario.folder / "scenario.toml", why)
    start_s, on = to_epoch_s(watch), to_date(watch[:10])
    plan = plan_sites(
        area,
        force.kit(on),
        site_settings(scenario, area, on),
        cache=cache_folder(),
    )
    settings = settings_from(SimSettings, scenario.table("sim"), where="sim")
    world = World(area, settings, start_s, seed)
    return Sensors(world, plan.sights, light, seed=seed)
