"""Exposure: what the model expected of the looks that each crossing really had."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from linewatch.sim.columns import Bools, Floats, Ints
from linewatch.sim.looks import Pairs

LEAST, WITHIN = 3, 5
"""A sensor confirms a unit by three detections in some five looks in a row."""

STATES: Final = 1 << (WITHIN - 1)
"""Outcomes of the last four looks, as bits, the last one lowest."""

ENOUGH: Final = np.array([bits.bit_count() + 1 >= LEAST for bits in range(STATES)])
"""States in which one more detection confirms."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Exposure:
    """By unit: the looks it had, what they were worth and what came of them.

    Parameters
    ----------
    unit_id : ndarray of int64, shape (n,)
        The units asked for, in their order.
    looks : ndarray of int64, shape (n,)
        Looks with a chance above 0 at one of the unit's targets or more.
    chance_once : ndarray of float64, shape (n,)
        Chance of at least one detection over those looks [-].
    chance_confirmed : ndarray of float64, shape (n,)
        Chance that at least one sensor by itself has three detections in five looks
        in a row [-]; sensors that confirm only together come on top.
    detections : ndarray of int64, shape (n,)
        Looks that detected one of its targets or more.
    first_s, confirmed_s : ndarray of float64, shape (n,)
        When it was first detected, and when a sensor had three of five [s]; NaN never.
    """

    unit_id: Ints
    looks: Ints
    chance_once: Floats
    chance_confirmed: Floats
    detections: Ints
    first_s: Floats
    confirmed_s: Floats


class Exposures:
    """Takes in every look as it is drawn; answers for any unit at any time."""

    def __init__(self) -> None:
        self._units: dict[int, int] = {}
        self._pairs: dict[tuple[int, int], int] = {}
        self._looks = np.zeros(64, np.int64)
        self._miss = np.zeros(64)
        self._hits = np.zeros(64, np.int64)
        self._first_s = np.full(64, np.nan)
        self._confirmed_s = np.full(64, np.nan)
        self._chain = _fresh_chains(64)
        self._bits = np.zeros(64, np.int64)
        self._done = np.zeros(64)
        self._pair_unit = np.zeros(64, np.int64)

    def take(self, pairs: Pairs, chance: Floats, seen: Bools) -> None:
        """Take in a block of pairs with their chance and whether each was detected.

        Pairs without a chance, hidden or too slow, count as looks that missed.
        """
        if not len(pairs):
            return
        # The chance that a look detects any of a unit's targets.
        order = np.lexsort((pairs.unit_id, pairs.look))
        look, unit = pairs.look[order], pairs.unit_id[order]
        fresh = np.ones(len(order), bool)
        fresh[1:] = (look[1:] != look[:-1]) | (unit[1:] != unit[:-1])
        begin = np.flatnonzero(fresh)
        miss = np.multiply.reduceat(1 - chance[order], begin)
        hit = np.logical_or.reduceat(seen[order], begin)
        at = order[begin]
        unit_row, pair_row = self._rows(pairs.sensor[at], pairs.unit_id[at])
        time = pairs.time_s[at]
        np.add.at(self._looks, unit_row, miss < 1)
        with np.errstate(
            divide="ignore"
        ):  # a sure detection is a miss of minus infinity
            np.add.at(self._miss, unit_row, np.log(miss))
        np.add.at(self._hits, unit_row, hit)
        seen_row = unit_row[hit]
        np.fmin.at(self._first_s, seen_row, time[hit])
        self._chain_looks(pair_row, time, 1 - miss, hit)

    def of(self, unit_id: Ints) -> Exposure:
        """Return the exposure of units; one that no sensor had in reach has none."""
        known = np.array([self._units.get(int(each), -1) for each in unit_id], np.int64)
        has = known >= 0
        unconfirmed = np.ones(len(self._miss))
        count = len(self._pairs)
        np.multiply.at(unconfirmed, self._pair_unit[:count], 1 - self._done[:count])
        return Exposure(
            unit_id=unit_id.copy(),
            looks=np.where(has, self._looks[known], 0),
            chance_once=np.where(has, np.abs(np.expm1(self._miss[known])), 0.0),
            chance_confirmed=np.where(has, 1 - unconfirmed[known], 0.0),
            detections=np.where(has, self._hits[known], 0),
            first_s=np.where(has, self._first_s[known], np.nan),
            confirmed_s=np.where(has, self._confirmed_s[known], np.nan),
        )

    def _rows(self, sensor: Ints, unit: Ints) -> tuple[Ints, Ints]:
        """Return the rows of units, and of pairs of sensor and unit, new ones made."""
        unit_rows, pair_rows = (
            np.empty(len(unit), np.int64),
            np.empty(len(unit), np.int64),
        )
        keys = zip(sensor.tolist(), unit.tolist(), strict=True)
        for at, key in enumerate(keys):
            unit_rows[at] = self._units.setdefault(key[1], len(self._units))
            pair_rows[at] = self._pairs.setdefault(key, len(self._pairs))
        while len(self._units) > len(self._looks):
            self._looks = _doubled(self._looks, 0)
            self._miss = _doubled(self._miss, 0)
            self._hits = _doubled(self._hits, 0)
            self._first_s = _doubled(self._first_s, np.nan)
            self._confirmed_s = _doubled(self._confirmed_s, np.nan)
        while len(self._pairs) > len(self._bits):
            self._chain = np.concatenate((self._chain, _fresh_chains(len(self._chain))))
            self._bits = _doubled(self._bits, 0)
            self._done = _doubled(self._done, 0)
            self._pair_unit = _doubled(self._pair_unit, 0)
        self._pair_unit[pair_rows] = unit_rows
        return unit_rows, pair_rows

    def _chain_looks(
        self, row: Ints, time_s: Floats, chance: Floats, hit: Bools
    ) -> None:
        """Move each pair's chain on by its looks: all first ones, then the next."""
        order = np.lexsort((time_s, row))
        row, time_s, chance, hit = row[order], time_s[order], chance[order], hit[order]
        fresh = np.ones(len(row), bool)
        fresh[1:] = row[1:] != row[:-1]
        begin = np.maximum.accumulate(np.where(fresh, np.arange(len(row)), 0))
        turn = np.arange(len(row)) - begin
        for each in range(int(turn.max()) + 1):
            now = turn == each
            self._one_look(row[now], time_s[now], chance[now], hit[now])

    def _one_look(self, row: Ints, time_s: Floats, chance: Floats, hit: Bools) -> None:
        """Move the chains of `row`, each given once, on by one look."""
        mass, sure = self._chain[row], chance[:, None]
        self._done[row] += chance * mass[:, ENOUGH].sum(axis=1)
        half = STATES // 2
        missed = mass * (1 - sure)
        found = mass * sure * ~ENOUGH
        then = np.empty_like(mass)
        then[:, 0::2] = missed[:, :half] + missed[:, half:]
        then[:, 1::2] = found[:, :half] + found[:, half:]
        self._chain[row] = then
        self._bits[row] = (self._bits[row] << 1 | hit) & (2 * STATES - 1)
        enough = np.bitwise_count(self._bits[row]) >= LEAST
        unit = self._pair_unit[row[enough]]
        np.fmin.at(self._confirmed_s, unit, time_s[enough])


def _fresh_chains(count: int) -> Floats:
    """Return chains that have seen no look: all the chance on no detection."""
    chains = np.zeros((count, STATES))
    chains[:, 0] = 1.0
    return chains


def _doubled(array: np.ndarray, fill: float) -> np.ndarray:
    """Return an array of twice the length, the new half filled."""
    return np.concatenate((array, np.full_like(array, fill)))
