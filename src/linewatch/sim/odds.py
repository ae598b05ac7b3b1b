"""Odds: the chance of every look at every target, by the plan's model and the light."""

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from linewatch.sight import TARGET_NAMES, Lit, SightTable
from linewatch.sim.columns import Floats
from linewatch.sim.looks import Pairs
from linewatch.sim.node import EdgeNode
from linewatch.sim.units import CLASSES

LIGHT_S: Final = 300
"""Time that one light serves [s]: the Sun moves 1.25 degrees."""

BAND_DEG: Final = 1.0
"""Width of the band of longitude that one light serves [deg]: 4 min of the Sun."""

LightAt = Callable[[float, float, float], Lit]
"""Light at an instant [s], longitude and latitude [deg]: `linewatch.area.light`."""


class Odds:
    """Chance of detection by look, as planned: `SightTable` in the light of the hour.

    Parameters
    ----------
    nodes : sequence of EdgeNode
        The sensors.
    light_at : callable
        Light at an instant and place.
    """

    def __init__(self, nodes: Sequence[EdgeNode], light_at: LightAt) -> None:
        self._table = SightTable(tuple(one.sight for one in nodes))
        self._places = [(one.node.lon_deg, one.node.lat_deg) for one in nodes]
        self._light_at = light_at
        self._slot: int | None = None
        self._laws: Floats = np.empty((0, 0, 0))
        self._class_row = np.array([TARGET_NAMES.index(name) for name in CLASSES])

    def of(self, pairs: Pairs, at_s: float) -> Floats:
        """Return the chance [-] of each pair under the light at `at_s`."""
        slot = math.floor(at_s / LIGHT_S)
        if slot != self._slot:
            self._slot, self._laws = slot, self._laws_at(slot * LIGHT_S)
        chance = np.zeros(len(pairs))
        if not len(pairs):
            return chance
        order = np.argsort(pairs.sensor, kind="stable")
        sensors, begins = np.unique(pairs.sensor[order], return_index=True)
        row = self._class_row[pairs.kind]
        for sensor, rows in zip(sensors, np.split(order, begins[1:]), strict=True):
            chance[rows] = self._table.look_chance(
                pairs.x_m[rows],
                pairs.y_m[rows],
                row[rows],
                vx_mps=pairs.vx_mps[rows],
                vy_mps=pairs.vy_mps[rows],
                which=[sensor],
                laws=self._laws,
            )[0]
        return chance

    def _laws_at(self, at_s: float) -> Floats:
        """Return every sensor's law under the light of its band of longitude."""
        lights: dict[int, Lit] = {}
        for lon_deg, lat_deg in self._places:
            band = math.floor(lon_deg / BAND_DEG)
            if band not in lights:
                lights[band] = self._light_at(at_s, (band + 0.5) * BAND_DEG, lat_deg)
        bands = [math.floor(lon_deg / BAND_DEG) for lon_deg, _ in self._places]
        return self._table.laws([lights[band] for band in bands])
