"""The command ``linewatch demo``."""

import asyncio
import json
import math
import socket
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from linewatch.area.border import cache_folder
from linewatch.errors import BadFile, BadValue
from linewatch.log import MissionLog, write_roster
from linewatch.measure.clock import to_iso
from linewatch.mission.drill import Drill, DrillResult
from linewatch.mission.prepare import Prepared, exercise_roster, prepare
from linewatch.scenario import BUILT_IN, read_scenario
from linewatch.web import listen, make_app, serve_app
from linewatch.web.drilled import DrilledSource

TOLD_S: Final = 600.0
"""Time of the watch between two lines of progress [s]."""


def demo(
    *,
    scenario: Path = BUILT_IN,
    hours: float = 1.0,
    seed: int = 1,
    headless: Annotated[bool, Parameter(negative="")] = False,
    speed: float = 30.0,
    port: int = 8080,
    log: Path | None = None,
    once: Annotated[bool, Parameter(negative="")] = False,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Run the main job end to end on the built-in border.

    Loads the line, counts the force, plans arrival, sites and works, records the
    decisions of an exercise, and runs the watch against a simulated world whose sensors
    speak SAPIENT over TCP on this machine. The picture is served until Ctrl-C.

    Parameters
    ----------
    scenario
        Folder of the scenario.
    hours
        Hours of the watch.
    seed
        Seed of the simulated world.
    headless
        Serve no picture, and go as fast as the machine can.
    speed
        Seconds of the watch in each real second, where a picture is served.
    port
        Port of the picture on this machine; 0 takes any that is free.
    log
        Mission log to write, which must not exist yet. Without it a served drill keeps
        its log in a new folder that is told, and a headless one throws it away.
    once
        End with the watch instead of serving on until Ctrl-C.
    as_json
        Print one JSON object and no lines of progress.
    """
    for name, value in (("hours", hours), ("speed", speed)):
        if not 0 < value < float("inf"):
            raise BadValue(f"--{name}", "above 0", value)
    if log is not None and log.exists():
        raise BadFile(log, "exists already; a drill writes a log of its own")
    with ExitStack() as stack:
        page = None if headless else stack.enter_context(listen("127.0.0.1", port))
        teller = _Teller(quiet=as_json, speed=0.0 if page is None else speed)
        prepared = prepare(
            read_scenario(scenario),
            cache=cache_folder(),
            tell=teller.tell,
            progress=teller.progress,
        )
        path = log or Path(tempfile.mkdtemp(prefix="linewatch-")) / "mission.log"
        if log is None and headless:
            stack.callback(_throw_away, path)
        else:
            # Exercise keys: what the decisions in the log hold against.
            keys = path.with_name(path.name + ".keys.csv")
            write_roster(keys, exercise_roster(prepared))
            teller.tell("log", str(path))
        opened = stack.enter_context(MissionLog.open(path))
        drill = Drill(prepared=prepared, log=opened, hours=hours, seed=seed)
        if page is None:
            _close(drill, asyncio.run(drill.run(teller.step)), quiet=as_json)
        else:
            with suppress(KeyboardInterrupt):
                asyncio.run(_served(drill, path, page, teller, once=once))


async def _served(
    drill: Drill, path: Path, page: socket.socket, teller: "_Teller", *, once: bool
) -> None:
    """Run a drill with its picture beside it, and serve on when it has ended."""
    with MissionLog.open_to_read(path) as shown:
        app = make_app(
            DrilledSource(shown, drill.prepared), acknowledge=drill.room.acknowledge
        )
        serving = asyncio.create_task(serve_app(app, page))
        teller.tell("picture", f"http://127.0.0.1:{page.getsockname()[1]}/")
        running = asyncio.create_task(drill.run(teller.step))
        try:
            done, _ = await asyncio.wait(
                {serving, running}, return_when=asyncio.FIRST_COMPLETED
            )
            if running in done:
                _close(drill, running.result(), quiet=teller.quiet)
                if not once:
                    teller.tell("picture", "still served; Ctrl-C ends")
                    await serving
        finally:
            # Ctrl-C cancels this task alone: the drill ends its connections itself,
            # before the event loop would cut each of them off.
            for task in (running, serving):
                task.cancel()
            ended = await asyncio.gather(running, serving, return_exceptions=True)
        for each in ended:
            if isinstance(each, Exception):
                raise each


@dataclass(slots=True)
class _Teller:
    """Tells how the work goes, and keeps the pace of a drill that is shown."""

    quiet: bool
    speed: float
    began_s: float = 0.0

    def tell(self, stage: str, what: str) -> None:
        """Print what a stage came to, on one line."""
        if not self.quiet:
            print(f"{stage:8} {what}", flush=True)

    def progress(self, what: str, share: float) -> None:
        """Show on a terminal how far long work is."""
        if not self.quiet and sys.stderr.isatty():
            end = "\n" if share >= 1 else ""
            print(f"\r{what:8} {share:4.0%}", end=end, file=sys.stderr, flush=True)

    async def step(self, drill: Drill) -> None:
        """Print progress when it is due, and wait where the pace asks for it."""
        run_s = drill.time_s - drill.prepared.start_s
        if run_s % TOLD_S == 0:
            self.tell("watch", _told(drill))
        if not self.speed:
            await asyncio.sleep(0)
            return
        self.began_s = self.began_s or time.monotonic() - run_s / self.speed
        early_s = self.began_s + run_s / self.speed - time.monotonic()
        await asyncio.sleep(max(early_s, 0.001))


def _told(drill: Drill) -> str:
    """Say how far a drill is."""
    watch = drill.room.watch
    return (
        f"{to_iso(drill.time_s)}  {watch.detections:,} detections, "
        f"{len(watch.sighted().track_id)} tracks now, {drill.alerts} alerts so far, "
        f"{drill.handed_over()[0]} receipted by the civil desk"
    )


def _throw_away(path: Path) -> None:
    """Delete a log and the folder that was made for it."""
    for each in path.parent.iterdir():
        each.unlink()
    path.parent.rmdir()


def _close(drill: Drill, result: DrillResult, *, quiet: bool) -> None:
    """Print the summary: one JSON object, or a few lines."""
    words = summary(drill.prepared, result, drill.seed)
    if quiet:
        print(json.dumps(words))
        return
    low, high = wilson(result.crossings_alerted, result.crossings)
    print(
        f"summary  {result.crossings} crossings, {result.crossings_alerted} alerted"
        f" ({low:.0%} to {high:.0%} at 95 %); planned {words['planned_chance']:.0%}, "
        f"expected of the looks they had {result.expected_alerted:.0%}\n"
        f"         {result.alerts} alerts, {result.false_alerts} with nothing near, "
        f"{result.handovers} handed over, {result.receipts} with receipt; "
        f"{result.entries:,} log entries",
        flush=True,
    )


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share [-] by Wilson's score, (0, 1) of none.

    E. B. Wilson, J. Am. Stat. Assoc. 22, 209-212 (1927),
    doi:10.1080/01621459.1927.10502953.
    """
    if of == 0:
        return 0.0, 1.0
    z, share = 1.96, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = (z / (1 + z * z / of)) * math.sqrt(
        share * (1 - share) / of + z * z / (4 * of * of)
    )
    return max(0.0, middle - half), min(1.0, middle + half)


def summary(prepared: Prepared, result: DrillResult, seed: int) -> dict[str, object]:
    """Return what a drill came to in plain words and numbers."""
    plan, force = prepared.site_plan, prepared.force
    return {
        "line_km": round(prepared.area.line.length_m / 1000, 1),
        "strength_before": force.strength(prepared.before).present,
        "strength_after": force.strength(prepared.after).present,
        "sites": len(plan.sites),
        "demand_covered": round(plan.demand_covered, 4),
        "planned_chance": round(plan.objective, 4),
        "expected_chance": round(result.expected_alerted, 4),
        "detections": result.detections,
        "tracks": result.tracks,
        "crossings": result.crossings,
        "crossings_alerted": result.crossings_alerted,
        "alerts": result.alerts,
        "false_alerts": result.false_alerts,
        "rescues": result.rescues,
        "outages": result.outages,
        "handovers": result.handovers,
        "receipts": result.receipts,
        "gospa_m": round(result.gospa_m, 1),
        "missed_targets": round(result.missed, 2),
        "false_tracks": round(result.false, 2),
        "log_entries": result.entries,
        "terrain_generated": plan.terrain_generated,
        "seed": seed,
    }
