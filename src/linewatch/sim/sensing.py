"""Sensing: what the sensors report of the simulated world, second by second."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from linewatch.link.sapient.ids import ulid
from linewatch.sight import Gives, Sight
from linewatch.sight.kinds import Law
from linewatch.sim.columns import Ints
from linewatch.sim.exposure import Exposure, Exposures
from linewatch.sim.looks import Pairs, Rings, looks_between, pairs_of
from linewatch.sim.node import EdgeNode, nodes_of
from linewatch.sim.noise import Noise, Reports
from linewatch.sim.odds import LightAt, Odds
from linewatch.sim.outage import Outages, down_at
from linewatch.sim.statuses import statuses_between
from linewatch.sim.units import CLASSES
from linewatch.sim.world import World
from linewatch.watch.values import Detection, Status, Target

BLOCK_S: Final = 10
"""Most seconds sensed at a time [s]; divides `linewatch.sim.odds.LIGHT_S`."""

SENSING_KEY: Final = (1,)
"""Key of the streams of chance that sense; the world's motion has its own."""

CONFIDENCE: Final = 0.8
"""Confidence that every detection carries, true or false [-]: it tells nothing."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Heard:
    """What the sensors said in a while, in order of time.

    Parameters
    ----------
    detections : tuple of Detection
        Their detections.
    statuses : tuple of Status
        Their reports on themselves.
    origin : ndarray of int64, shape (detections,)
        Target that each detection stems from, -1 for none: for scoring, never sent.
    """

    detections: tuple[Detection, ...]
    statuses: tuple[Status, ...]
    origin: Ints


class Sensors:
    """The sensors of a plan in a simulated world.

    Every draw is made in the order of seconds, looks and targets from a stream of its
    own, so the same seed gives the same detections to the bit, however steps are cut.

    Parameters
    ----------
    world : World
        The world; `step` moves it on.
    sights : sequence of Sight
        The placed sensors, as planned.
    light_at : callable
        Light at an instant and place: `linewatch.area.light`.
    seed : int
        Seed of its chance, 0 or more.

    Attributes
    ----------
    nodes : tuple of EdgeNode
        The sensors as nodes of the watch.
    """

    def __init__(
        self, world: World, sights: Sequence[Sight], light_at: LightAt, *, seed: int
    ) -> None:
        settings = world.settings
        chance = np.random.SeedSequence(entropy=seed, spawn_key=SENSING_KEY)
        see, errors, false, spots, tell, name, fail = chance.spawn(7)
        self.world = world
        self.seed = seed
        self.nodes: tuple[EdgeNode, ...] = nodes_of(
            sights,
            world.area.plane,
            seed=seed,
            status_interval_s=settings.status_interval_s,
        )
        self._odds = Odds(self.nodes, light_at)
        self._noise = Noise(
            self.nodes,
            resolution_sigmas=settings.resolution_sigmas,
            errors=np.random.default_rng(errors),
            false=np.random.default_rng(false),
            spots=np.random.default_rng(spots),
        )
        self._outages = Outages(len(self.nodes), settings, world.start_s, fail)
        self._see = np.random.default_rng(see)
        self._tell = np.random.default_rng(tell)
        self._name = np.random.default_rng(name)
        self._exposures = Exposures()
        kinds = [sight.kind for sight in sights]
        self._rings = Rings(
            x_m=np.array([sight.eye.x_m for sight in sights]),
            y_m=np.array([sight.eye.y_m for sight in sights]),
            reach_m=np.array([kind.widest_m for kind in kinds]),
        )
        self._phase_s = np.array([sight.phase_s for sight in sights])
        self._period_s = np.array([kind.period_s for kind in kinds])
        # Only an image shows what it is of.
        self._tells = np.array([kind.law is Law.IMAGE for kind in kinds], bool)
        # A first status is due at the start itself.
        self._said_until_s = math.nextafter(world.start_s, -math.inf)

    def step(self, until_s: float) -> Heard:
        """Move the world on to `until_s`, a whole second; return what is said by then.

        The first step also returns a status of every sensor at the world's start.
        """
        heard = []
        while self.world.time_s + 1 <= until_s:
            since_s = self.world.time_s
            edge_s = (math.floor(since_s / BLOCK_S) + 1) * BLOCK_S
            heard.append(self._block(since_s, min(edge_s, until_s)))
        return Heard(
            detections=tuple(each for one in heard for each in one.detections),
            statuses=tuple(each for one in heard for each in one.statuses),
            origin=np.concatenate(
                [np.zeros(0, np.int64), *(one.origin for one in heard)]
            ),
        )

    def exposure(self, unit_id: Ints) -> Exposure:
        """Return what the looks so far were worth for units, and what came of them."""
        return self._exposures.of(unit_id)

    def _block(self, since_s: float, until_s: float) -> Heard:
        """Sense the seconds after `since_s` up to `until_s`."""
        scenes = []
        while self.world.time_s + 1 <= until_s:
            self.world.step(self.world.time_s + 1)
            scenes.append(self.world.state())
        until_s = self.world.time_s
        looks = looks_between(
            self._phase_s, self._period_s, since_s=since_s, until_s=until_s
        )
        outages = self._outages.during(since_s=since_s, until_s=until_s)
        down = down_at(outages, looks.sensor, looks.time_s)
        pairs = pairs_of(looks, scenes, self._rings)
        pairs = pairs.kept(~down[pairs.look])
        found = self._detected(pairs, since_s)
        reports = self._noise.measured(found).joined(self._noise.false_of(looks, down))
        reports = reports.kept(np.lexsort((reports.sensor, reports.time_s)))
        statuses = statuses_between(
            self.nodes,
            outages,
            since_s=self._said_until_s,
            until_s=until_s,
            start_s=self.world.start_s,
        )
        self._said_until_s = until_s
        detections = self._written(reports)
        return Heard(detections=detections, statuses=statuses, origin=reports.target_id)

    def _detected(self, pairs: Pairs, at_s: float) -> Pairs:
        """Draw which pairs are detected, and note what they were worth."""
        chance = self._odds.of(pairs, at_s)
        seen = np.zeros(len(pairs), bool)
        can = np.flatnonzero(chance > 0)  # no draw is spent on what cannot be
        seen[can] = self._see.random(len(can)) < chance[can]
        self._exposures.take(pairs, chance, seen)
        return pairs.kept(seen)

    def _written(self, reports: Reports) -> tuple[Detection, ...]:
        """Write reports as detections, with names and the classes that are told."""
        count, sensor = len(reports), reports.sensor
        tells = self._tell.random(count) < self.world.settings.class_told_share
        # A false detection of a camera is taken for a walker: most often an animal.
        told = np.where(tells & self._tells[sensor], np.maximum(reports.kind, 0), -1)
        sigma_m = self._noise.sigma_m(sensor, reports.range_m)
        names = self._name.integers(1 << 40, size=(count, 2)).tolist()
        polar = np.stack((reports.range_m, reports.azimuth_rad, sigma_m), 1).tolist()
        columns = (reports.time_s.tolist(), sensor.tolist(), told.tolist())
        return tuple(
            self._one(time_s, at, code, ulid(time_s, high << 40 | low), place)
            for time_s, at, code, (low, high), place in zip(
                *columns, names, polar, strict=True
            )
        )

    def _one(
        self, time_s: float, sensor: int, told: int, report_id: str, polar: list[float]
    ) -> Detection:
        """Write one detection: polar, or the sensor's own place for a presence."""
        node, kind = self.nodes[sensor].node, self.nodes[sensor].sight.kind
        target = CLASSES[told] if told >= 0 else Target.UNKNOWN
        if kind.gives is Gives.PRESENCE:
            return Detection(
                time_s=time_s,
                node_id=node.node_id,
                report_id=report_id,
                lon_deg=node.lon_deg,
                lat_deg=node.lat_deg,
                sigma_range_m=kind.sigma_range_m,
                target=target,
                confidence=CONFIDENCE,
            )
        return Detection(
            time_s=time_s,
            node_id=node.node_id,
            report_id=report_id,
            range_m=polar[0],
            azimuth_rad=polar[1],
            sigma_range_m=polar[2],
            sigma_azimuth_rad=kind.sigma_azimuth_rad,
            target=target,
            confidence=CONFIDENCE,
        )
