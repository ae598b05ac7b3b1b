"""A drill: the watch of a prepared mission against a simulated world, over TCP.

World and watch go in step. The world sends what its sensors say, over real sockets; the
watch goes on only when all of it has come in, so that how messages overtake each other
on the way changes nothing: a seed gives the same hours to the bit.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from linewatch.errors import BadValue
from linewatch.log import MissionLog
from linewatch.mission.orders import open_watch, order_entries, start_entry
from linewatch.mission.prepare import (
    Prepared,
    exercise_decisions,
    exercise_signers,
)
from linewatch.mission.room import WatchRoom
from linewatch.mission.settings import watch_settings
from linewatch.mission.station import Station
from linewatch.mission.tally import Tally
from linewatch.scenario import settings_from
from linewatch.sight import SightTable
from linewatch.sim import Sensors, SimSettings, World
from linewatch.sim.edge import Edge
from linewatch.watch.live import Outcome

STEP_S: Final = 5.0
"""Time between two advances of the watch [s]: a radar's scan."""

SCORED_S: Final = 60.0
"""Time between two scores of the picture [s]."""

SETTLE_S: Final = 60.0
"""Real time that a step's messages may take to come in [s]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillResult:
    """What a drill came to.

    Parameters
    ----------
    detections, tracks : int
        Detections sent; tracks that were ever confirmed.
    crossings, crossings_alerted : int
        Units that crossed the line in the time, and those of them that an alert was
        about.
    expected_alerted : float
        Mean over those crossings of the model's chance that one sensor by itself
        confirms, over the looks that each really had until the end [-].
    alerts, false_alerts : int
        Alerts of every kind but tests; crossing and rescue alerts with no target near.
    rescues, outages, handovers, receipts : int
        Alerts of those kinds; alerts handed over, and those receipted, tests aside.
    gospa_m : float
        Mean GOSPA of the picture over targets in sight [m].
    missed, false : float
        Targets in sight without a track, and tracks without one, per instant.
    entries : int
        Entries of the log.
    """

    detections: int
    tracks: int
    crossings: int
    crossings_alerted: int
    expected_alerted: float
    alerts: int
    false_alerts: int
    rescues: int
    outages: int
    handovers: int
    receipts: int
    gospa_m: float
    missed: float
    false: float
    entries: int


OnStep = Callable[["Drill"], Awaitable[None]]
"""Awaited after each step: a page is served and time passes in it."""


async def _go_on(_: "Drill") -> None:
    """Go on at once."""
    await asyncio.sleep(0)


@dataclass(slots=True)
class Drill:
    """A prepared mission's watch in a simulated world.

    Parameters
    ----------
    prepared : Prepared
        The mission.
    log : MissionLog
        Its log, empty.
    hours : float
        Length of the watch [h].
    seed : int
        Seed of the world.

    Raises
    ------
    BadValue
        If the hours are not above 0.
    """

    prepared: Prepared
    log: MissionLog
    hours: float
    seed: int = 1
    sensors: Sensors = field(init=False)
    room: WatchRoom = field(init=False)
    tally: Tally = field(init=False)
    rescues: int = 0
    outages: int = 0
    alerts: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.hours < float("inf"):
            raise BadValue("hours", "above 0", self.hours)
        made = self.prepared
        settings = settings_from(SimSettings, made.scenario.table("sim"), where="sim")
        world = World(made.area, settings, made.start_s, self.seed)
        sights = made.site_plan.sights
        self.sensors = Sensors(world, sights, made.area.light_at, seed=self.seed)
        self.tally = Tally(made.area, SightTable(tuple(sights)))
        watch = open_watch(
            made.area,
            made.posts,
            start_s=made.start_s,
            settings=watch_settings(made.scenario),
        )
        self.room = WatchRoom(watch, self.log)

    @property
    def until_s(self) -> float:
        """End of the watch, seconds of UTC since 1970 [s]."""
        return self.prepared.start_s + round(self.hours * 3600)

    @property
    def time_s(self) -> float:
        """Time that the watch has come to [s]."""
        return self.room.watch.time_s

    def handed_over(self) -> tuple[int, int]:
        """Count handovers with and without a receipt, test alerts aside."""
        desk = self.room.watch.desk
        closed, waiting = (
            sum(not record.alert_id.startswith("test-") for record in records)
            for records in (desk.closed(), desk.waiting())
        )
        return closed, waiting

    async def run(self, on_step: OnStep = _go_on) -> DrillResult:
        """Order the watch, run it to its end, and say what it came to.

        Raises
        ------
        LogUnwritable
            If the log takes no entry.
        LinkError
            If a simulated sensor loses the watch.
        """
        self._order()
        station = Station(self.room)
        async with station.server:
            edge = Edge(self.sensors, host=station.host, port=station.server.port)
            async with edge:
                await edge.connect()
                while self.time_s < self.until_s:
                    await self._step(station, edge)
                    await on_step(self)
            body = {"reason": "done", "detections": self.room.watch.detections}
            self.log.append([(self.until_s, "stop", {**body, "alerts": self.alerts})])
        return self._result()

    def _order(self) -> None:
        """Write start, proposals, decisions and orders to the log."""
        made = self.prepared
        name = str(made.scenario.table("scenario").get("name", made.area.name))
        start_s, until_s = made.start_s, self.until_s
        orders = order_entries(
            made.proposals,
            exercise_decisions(made),
            made.posts,
            start_s=start_s,
            until_s=until_s,
            ask=made.authority,
        )
        start = start_entry(name, seed=self.seed, start_s=start_s, until_s=until_s)
        self.log.append([*orders, start], signers=exercise_signers(made))

    async def _step(self, station: Station, edge: Edge) -> None:
        """Move the world on, wait for all it says, and move the watch on."""
        until_s = min(self.time_s + STEP_S, self.until_s)
        sent = await edge.step(until_s)
        async with asyncio.timeout(SETTLE_S):
            await station.server.settled(sent)
            outcome = await station.advance(until_s)
            await edge.desk.hear(station.sent_alerts)
        self._note(outcome)

    def _note(self, outcome: Outcome) -> None:
        """Hold an advance against the truth."""
        world, seen = self.sensors.world, self.room.watch.sighted()
        scene = world.state()
        self.alerts += len(outcome.alerts)
        self.rescues += sum(alert.kind == "rescue" for alert in outcome.alerts)
        self.outages += sum(alert.kind == "outage" for alert in outcome.alerts)
        self.tally.note_alerts(outcome.alerts, scene)
        self.tally.note_tracks(seen)
        if (self.time_s - self.prepared.start_s) % SCORED_S == 0:
            area = self.prepared.area
            lon, lat = area.line.place(area.line.length_m / 2)
            light = area.light_at(self.time_s, float(lon), float(lat))
            self.tally.note_picture(seen, scene, light)

    def _result(self) -> DrillResult:
        """Add it all up."""
        units = self.sensors.world.crossings.unit_id
        exposure = self.sensors.exposure(units)
        closed, waiting = self.handed_over()
        picture = self.tally.score()
        return DrillResult(
            detections=self.room.watch.detections,
            tracks=self.tally.tracks,
            crossings=len(units),
            crossings_alerted=len(self.tally.alerted & set(units.tolist())),
            expected_alerted=(
                float(np.mean(exposure.chance_confirmed)) if len(units) else 0.0
            ),
            alerts=self.alerts,
            false_alerts=self.tally.false_alerts,
            rescues=self.rescues,
            outages=self.outages,
            handovers=closed + waiting,
            receipts=closed,
            gospa_m=picture.gospa_m,
            missed=picture.missed,
            false=picture.false,
            entries=self.log.head().seq,
        )
