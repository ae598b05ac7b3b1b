"""Groups: how many targets stand behind tracks that go together."""

import io
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from linewatch.errors import BadValue
from linewatch.watch.tracker._kernels_groups import believe_looks, leave_table
from linewatch.watch.tracker.sensors import POLAR, SensorTable
from linewatch.watch.tracker.tracks import Tracks
from linewatch.watch.tracker.trail import Trail

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

STEPS: Final = np.array([0.02, 0.1, 0.2, 0.3, 0.45, 0.65, 0.9, 1.3, 2.0, 4.0])
"""Spacings that the chances are reckoned for [cells]."""

CHANCES: Final = np.array([0.05, 0.15, 0.3, 0.45, 0.6, 0.72, 0.82, 0.9, 0.95, 0.98])
"""Chances of detection that they are reckoned for [-]."""

SCALES: Final = np.array([0.6, 0.8, 1.0, 1.3, 2.0])
"""How far the true chance of detection may be from the one that is said [-]."""

SCALE_PRIOR: Final = np.array([0.1, 0.2, 0.4, 0.2, 0.1])
"""How much each of `SCALES` is believed before [-]."""

LOOK: Final = 7
"""Columns of a look that is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSettings:
    """What is believed of groups before anything is seen, and how tracks make one.

    Parameters
    ----------
    mean : float
        Mean number of walkers that go together [-], geometric from 1; a vehicle or a
        flyer goes alone but for `convoy`.
    convoy : float
        Chance that a vehicle or flyer has another beside it [-].
    spacing_m : tuple of float
        Least and greatest distance from one walker to the next in file [m]: 6 to 18 s
        apart at 1.35 m/s.
    cell_sigmas : float
        Side of a sensor's resolution cell in standard deviations of its noise [-]; 0
        where a sensor tells all targets apart.
    most : int
        Most that are reckoned with in a group.
    link_m : float
        Distance within which two tracks that move alike go together [m], on top of
        twice what is not known of their places.
    link_mps : float
        Difference of velocity that still is alike [m/s], on top of twice the doubt.
    window_s : float
        Age up to which looks count [s].
    weight : float
        What one look counts [-]; below 1 as a group lies over the same cells for some
        looks on end. Set so that ranges hold on simulated truth.
    wild : float
        Share of looks that is anything [-].
    share : float
        Chance that the range of a count holds.

    Raises
    ------
    BadValue
        If a length or time is not above 0, or a share not between 0 and 1.
    """

    mean: float = 3.0
    convoy: float = 0.02
    spacing_m: tuple[float, float] = (8.0, 24.0)
    cell_sigmas: float = 2.0
    most: int = 16
    link_m: float = 60.0
    link_mps: float = 1.0
    window_s: float = 120.0
    weight: float = 0.5
    wild: float = 0.02
    share: float = 0.95

    def __post_init__(self) -> None:
        for name in ("link_m", "link_mps", "window_s"):
            if not getattr(self, name) > 0:
                raise BadValue(f"groups.{name}", "above 0", getattr(self, name))
        for name in ("convoy", "weight", "wild", "share"):
            if not 0 < getattr(self, name) <= 1:
                rule = "above 0 and up to 1"
                raise BadValue(f"groups.{name}", rule, getattr(self, name))
        if not self.mean > 1:
            raise BadValue("groups.mean", "above 1", self.mean)
        if not 0 < self.spacing_m[0] <= self.spacing_m[1]:
            raise BadValue("groups.spacing_m", "two lengths in order", self.spacing_m)
        if not self.cell_sigmas >= 0:
            raise BadValue("groups.cell_sigmas", "0 or more", self.cell_sigmas)
        if not 2 <= self.most <= 40:
            raise BadValue("groups.most", "from 2 to 40", self.most)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupCounts:
    """How many targets tracks stand for, arrays of shape (n,) in the tracks' order.

    Parameters
    ----------
    group : ndarray of int64
        Number of the group, from 0.
    low, high : ndarray of int64
        Range of each track's share. The sums over a group are the range of the group,
        that holds with the settings' chance, or the number of its tracks if that is
        more.
    mean : ndarray
        Each track's share of the group's expected count.
    looks : ndarray of int64
        Looks that told.
    """

    group: Longs
    low: Longs
    high: Longs
    mean: Floats
    looks: Longs


class Groups:
    """Counts the targets behind tracks, from how many detections each look gave.

    Parameters
    ----------
    sensors : SensorTable
        The tracker's sensors.
    settings : GroupSettings, optional
        What is believed before.

    References
    ----------
    W. Koch and G. van Keuk, "Multiple hypothesis track maintenance with possibly
    unresolved measurements," IEEE Trans. AES 33(3), 1997.
    """

    def __init__(
        self, sensors: SensorTable, settings: GroupSettings | None = None
    ) -> None:
        self.sensors = sensors
        self.settings = settings or GroupSettings()
        # time, sensor row, track, detections, chance, cells a metre in range, azimuth
        self._looks = np.zeros((0, LOOK))

    def take(self, trail: Trail, tracks: Tracks) -> None:
        """Note the looks of new rows of the trail at tracks as they are after them.

        Parameters
        ----------
        trail : Trail
            Rows since the last call. Take ten seconds' worth or less at a time: a
            detection that no track owned yet is put down to the track nearest now.
        tracks : Tracks
            The picture after these rows.
        """
        old = self._looks[self._looks[:, 0] > tracks.time_s - self.settings.window_s]
        at = self._owner(trail, tracks)
        use = (at >= 0) & (self.sensors.kind[trail.row] == POLAR)
        use &= (trail.pd > 0) | (trail.own > 0)
        at, row = at[use], trail.row[use]
        mine = tracks.track_id[at] == trail.track_id[use]
        per_r, per_a = self._cells(tracks, at, row)
        new = np.column_stack(
            [
                *(trail.time_s[use], row, tracks.track_id[at], trail.own[use]),
                *(np.where(mine, trail.pd[use], 0.0), per_r, per_a),
            ]
        )
        self._looks = np.concatenate([old, new])

    def counts(self, tracks: Tracks) -> GroupCounts:
        """Return how many the tracks of a picture stand for."""
        group = self._together(tracks)
        n, rule = (int(group.max()) + 1 if len(group) else 0), self.settings
        log = np.zeros((n, 5, len(SCALES), rule.most))
        spacing = np.linspace(*rule.spacing_m, 5)
        who, many, pd, per_r, per_a = self._group_looks(tracks, group)
        believe_looks(
            who, many, pd, per_r, per_a, spacing, SCALES, STEPS, CHANCES,
            _table(rule.most, rule.wild), rule.weight, log,
        )  # fmt: skip
        log += np.log(self._prior(tracks, group, n))[:, None, None, :]
        log += np.log(SCALE_PRIOR)[None, None, :, None]
        log += _spacing_prior(spacing, rule)[None, :, None, :]
        if not n:
            none = np.zeros(0, np.int64)
            return GroupCounts(
                group=none, low=none, high=none, mean=np.zeros(0), looks=none
            )
        chance = np.exp(log - log.max(axis=(1, 2, 3), keepdims=True)).sum(axis=(1, 2))
        chance /= chance.sum(axis=1, keepdims=True)
        rest, sum_ = (1 - rule.share) / 2, np.cumsum(chance, axis=1)
        low = 1 + (sum_ <= rest).sum(axis=1)
        high = 1 + (sum_ < 1 - rest - 1e-12).sum(axis=1)
        mean = chance @ np.arange(1, rule.most + 1)
        return _shared(group, low, high, mean, np.bincount(who, minlength=n))

    def counted(self, tracks: Tracks) -> Tracks:
        """Return a picture with the ranges of its counts."""
        counts = self.counts(tracks)
        return replace(tracks, count_low=counts.low, count_high=counts.high)

    def _owner(self, trail: Trail, tracks: Tracks) -> Longs:
        """Return the track that each row is put down to, -1 for none.

        Rows of tracks that are not shown go to the nearest shown one within reach.
        """
        if not len(tracks):
            return np.full(len(trail), -1, np.int64)
        at = np.searchsorted(tracks.track_id, trail.track_id)
        at = np.minimum(at, len(tracks) - 1)
        strange = np.flatnonzero(
            (tracks.track_id[at] != trail.track_id) & (trail.own > 0)
        )
        at = np.where(tracks.track_id[at] == trail.track_id, at, -1).astype(np.int64)
        tree = cKDTree(np.column_stack([tracks.x_m, tracks.y_m]))
        place = np.column_stack([trail.x_m[strange], trail.y_m[strange]])
        away, near = tree.query(place)
        reach = self.settings.link_m + 2 * np.sqrt(
            np.trace(tracks.cov[near][:, :2, :2], axis1=1, axis2=2)
        )
        at[strange] = np.where(away <= np.minimum(reach, 150.0), near, -1)
        return at

    def _cells(self, tracks: Tracks, at: Longs, row: Longs) -> tuple[Floats, Floats]:
        """Return resolution cells per metre along each track's way, seen from `row`."""
        eyes, sigmas = self.sensors, self.settings.cell_sigmas
        dx, dy = tracks.x_m[at] - eyes.x_m[row], tracks.y_m[at] - eyes.y_m[row]
        r = np.maximum(np.hypot(dx, dy), 1.0)
        vx, vy = tracks.vx_mps[at], tracks.vy_mps[at]
        speed = np.hypot(vx, vy)
        with np.errstate(invalid="ignore"):
            along = np.abs(vx * dx + vy * dy) / (speed * r)
        # One that stands may lie any way: 2 / pi is the mean of both parts.
        along = np.where(speed > 0.3, np.minimum(along, 1.0), 2 / np.pi)
        across = np.where(speed > 0.3, np.sqrt(1 - along**2), 2 / np.pi)
        if sigmas == 0:
            return np.full(len(at), 1e3), np.full(len(at), 1e3)
        per_r = along / (sigmas * eyes.sigma_range_m[row])
        return per_r, across / (sigmas * eyes.sigma_azimuth_rad[row] * r)

    def _together(self, tracks: Tracks) -> Longs:
        """Return the group of each track: those that are near and move alike."""
        n, rule = len(tracks), self.settings
        if n < 2:
            return np.zeros(n, np.int64)
        place = np.column_stack([tracks.x_m, tracks.y_m])
        pairs = cKDTree(place).query_pairs(rule.link_m + 120.0, output_type="ndarray")
        i, j = pairs[:, 0], pairs[:, 1]
        far = np.trace(tracks.cov[:, :2, :2], axis1=1, axis2=2)
        fast = np.trace(tracks.cov[:, 2:, 2:], axis1=1, axis2=2)
        away = np.hypot(*(place[i] - place[j]).T)
        apart = np.hypot(
            tracks.vx_mps[i] - tracks.vx_mps[j], tracks.vy_mps[i] - tracks.vy_mps[j]
        )
        near = away <= rule.link_m + np.minimum(2 * np.sqrt(far[i] + far[j]), 120.0)
        alike = apart <= rule.link_mps + np.minimum(2 * np.sqrt(fast[i] + fast[j]), 2.0)
        kind = np.argmax(tracks.class_chance, axis=1)
        use = near & alike & (kind[i] == kind[j])
        graph = coo_array((np.ones(use.sum()), (i[use], j[use])), shape=(n, n))
        return connected_components(graph, directed=False)[1].astype(np.int64)

    def _group_looks(
        self, tracks: Tracks, group: Longs
    ) -> tuple[Longs, Longs, Floats, Floats, Floats]:
        """Return group, detections, chance and cells a metre of each look."""
        looks = self._looks
        at = np.searchsorted(tracks.track_id, looks[:, 2])
        at = np.minimum(at, max(len(tracks) - 1, 0))
        if len(tracks):
            known = tracks.track_id[at] == looks[:, 2]
        else:
            known = np.zeros(len(looks), np.bool_)
        looks, who = looks[known], group[at[known]] if len(tracks) else group
        order = np.lexsort((who, looks[:, 1], looks[:, 0]))
        looks, who = looks[order], who[order]
        key = np.column_stack([looks[:, :2], who])
        begin = np.ones(len(looks), np.bool_)
        begin[1:] = (key[1:] != key[:-1]).any(axis=1)
        start = np.flatnonzero(begin)
        if not len(start):
            return (*np.zeros((2, 0), np.int64), *np.zeros((3, 0)))
        many = np.add.reduceat(looks[:, 3], start).astype(np.int64)
        pd = np.maximum.reduceat(looks[:, 4], start)
        seen = pd > 0
        start = start[seen]
        return (
            who[start],
            many[seen],
            pd[seen],
            looks[start, 5].copy(),
            looks[start, 6].copy(),
        )

    def _prior(self, tracks: Tracks, group: Longs, n: int) -> Floats:
        """Return how much each size of each group is believed before, (n, most)."""
        rule, size = self.settings, np.arange(self.settings.most)
        walk = (1 / rule.mean) * (1 - 1 / rule.mean) ** size
        other = (1 - rule.convoy) * rule.convoy**size
        members = np.maximum(np.bincount(group, minlength=n), 1)
        walker = np.bincount(group, tracks.class_chance[:, 0], minlength=n) / members
        prior = walker[:, None] * walk / walk.sum()
        alone = (1 - walker)[:, None] * other / other.sum()
        return np.asarray(prior + alone + 1e-12)

    def save(self) -> bytes:
        """Return all that decides the counts from here on."""
        file = io.BytesIO()
        np.savez(file, allow_pickle=False, looks=self._looks)
        return file.getvalue()

    @classmethod
    def load(
        cls, saved: bytes, sensors: SensorTable, settings: GroupSettings | None = None
    ) -> Self:
        """Return the groups that `save` kept, with the same sensors and settings."""
        groups = cls(sensors, settings)
        with np.load(io.BytesIO(saved), allow_pickle=False) as file:
            groups._looks = file["looks"]
        return groups


@cache
def _table(most: int, wild: float) -> Floats:
    """Return the log chances of detections, reckoned once."""
    table = np.zeros((len(STEPS), len(STEPS), len(CHANCES), most, most + 1))
    leave_table(STEPS, CHANCES, wild, table)
    return table


def _spacing_prior(spacing: Floats, rule: GroupSettings) -> Floats:
    """Return log beliefs in mean spacings, (spacings, sizes): the mean of many gaps."""
    gaps = np.maximum(np.arange(rule.most), 1)
    low, high = rule.spacing_m
    spread2 = max((high - low) ** 2 / 12, 1e-6) / gaps
    log = -((spacing[:, None] - (low + high) / 2) ** 2) / (2 * spread2)
    done: Floats = log - np.log(np.exp(log).sum(axis=0))
    return done


def _shared(
    group: Longs, low: Longs, high: Longs, mean: Floats, looks: Longs
) -> GroupCounts:
    """Share the counts of groups out among their tracks, as evenly as whole ones go."""
    members = np.bincount(group, minlength=len(low))
    order = np.argsort(group, kind="stable")
    begin = np.cumsum(members) - members
    place = np.empty(len(group), np.int64)
    place[order] = np.arange(len(group)) - begin[group[order]]

    def part(total: Longs) -> Longs:
        total = np.maximum(total, members)
        whole, over = np.divmod(total, members)
        return (whole[group] + (place < over[group])).astype(np.int64)

    return GroupCounts(
        group=group,
        low=part(low),
        high=part(high),
        mean=np.maximum(mean / members, 1.0)[group],
        looks=looks[group].astype(np.int64),
    )
