"""Stitching: which new track continues a lost one, with the chance that it does."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from linewatch.errors import BadValue
from linewatch.watch.tracker._kernels_stitch import carry
from linewatch.watch.tracker.cover import Cover
from linewatch.watch.tracker.sensors import SensorTable
from linewatch.watch.tracker.settings import TrackerSettings
from linewatch.watch.tracker.tracks import Rows, Tracks

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

MOST_PAIRS: Final = 200_000
"""Pairs whose densities are kept [-]."""

NEAREST: Final = 12
"""Earlier tracks that a later one may continue: those that need the least speed [-]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StitchSettings:
    """What is believed of tracks that end and begin.

    Parameters
    ----------
    longest_s : float
        Longest gap that is stitched [s].
    fastest_mps : tuple of float
        Speeds that walker, vehicle and flyer do not exceed over a gap [m/s].
    blind : float
        Chance that no sensor can see a target for a reason nobody told: a hollow, a
        standstill, a gate that was missed.
    blind_looks : float
        Looks that such a reason lasts, in the mean [-].
    companion : float
        Chance that a track has another target beside it that has no track yet: a file
        of walkers, one of whom comes apart from the others.
    beside_m : float
        How far from it that one is, one sigma of each part [m].
    settle_s : float
        Age up to which what is known of a track's start is made better [s].
    least : float
        Least chance of a stitch that is told.

    Raises
    ------
    BadValue
        If a time or speed is not above 0, or a chance not between 0 and 1.
    """

    longest_s: float = 600.0
    fastest_mps: tuple[float, float, float] = (2.5, 35.0, 60.0)
    blind: float = 0.05
    blind_looks: float = 8.0
    companion: float = 0.3
    beside_m: float = 50.0
    settle_s: float = 10.0
    least: float = 0.05

    def __post_init__(self) -> None:
        for name, value in (
            ("longest_s", self.longest_s),
            ("fastest_mps", min(self.fastest_mps)),
            ("blind_looks", self.blind_looks),
            ("beside_m", self.beside_m),
            ("settle_s", self.settle_s),
        ):
            if not value > 0:
                raise BadValue(f"stitch.{name}", "above 0", value)
        for name in ("blind", "companion", "least"):
            if not 0 < getattr(self, name) < 1:
                raise BadValue(f"stitch.{name}", "between 0 and 1", getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stitch:
    """One track continues another.

    Parameters
    ----------
    earlier, later : int
        The tracks.
    chance : float
        Chance that they are of one target, as the stitcher reckons it.
    gap_s : float
        From the last detection of the one to the first of the other [s].
    """

    earlier: int
    later: int
    chance: float
    gap_s: float


@dataclass(slots=True)
class _Known:
    """What is known of one track at an instant of its start or its end."""

    time_s: float
    mean: Floats
    cov: Floats
    class_chance: Floats
    existence: float


@dataclass(slots=True)
class _Life:
    """A track: from when until when it was seen, and how it began and ended."""

    track_id: int
    first_s: float
    last_s: float
    start: _Known
    end: _Known


@dataclass(slots=True)
class Stitcher:
    """Follows pictures and tells which new tracks continue lost ones.

    It keeps the tracker's ids as they are; `names` gives each track its first one's.

    Parameters
    ----------
    sensors : SensorTable
        The tracker's sensors: a gap that none of them covers costs nothing.
    settings : StitchSettings
        What is believed of gaps.
    tracking : TrackerSettings
        The tracker's settings: motions, births and lives.

    References
    ----------
    S. Zhang and Y. Bar-Shalom, "Track segment association for GMTI tracks of evasive
    move-stop-move maneuvering targets," IEEE Trans. AES 47(3), 2011.
    """

    sensors: SensorTable
    settings: StitchSettings = field(default_factory=StitchSettings)
    tracking: TrackerSettings = field(default_factory=TrackerSettings)
    now_s: float = -np.inf
    _since_s: float = np.inf
    _cover: Cover = field(init=False)
    _lives: dict[int, _Life] = field(default_factory=dict)
    _reckoned: dict[tuple[int, int], tuple[float, float, float]] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        self._cover = Cover(self.sensors)

    def take(self, tracks: Tracks) -> list[Stitch]:
        """Follow a picture; return what tracks new in it continue, likeliest ones."""
        fresh = []
        self.now_s, self._since_s = tracks.time_s, min(self._since_s, tracks.time_s)
        for row, name in enumerate(tracks.track_id.tolist()):
            last = float(tracks.last_seen_s[row])
            life = self._lives.get(name)
            if life is not None and life.last_s == last:
                continue
            known = _Known(
                tracks.time_s,
                np.array(
                    [tracks.x_m[row], tracks.y_m[row],
                     tracks.vx_mps[row], tracks.vy_mps[row]]
                ),
                tracks.cov[row],
                tracks.class_chance[row],
                float(tracks.existence[row]),
            )  # fmt: skip
            if life is None:
                first = float(tracks.first_seen_s[row])
                self._lives[name] = _Life(name, first, last, known, known)
                fresh.append(name)
                continue
            life.last_s, life.end = last, known
            if tracks.time_s - life.first_s <= self.settings.settle_s:
                life.start = known
        if not fresh:
            return []
        since_s = tracks.time_s - self.settings.longest_s
        lost = [life for life in self._lives.values() if life.last_s > since_s]
        # All tracks compete, or one that another has continued would be taken twice.
        told = self._told(lost, self._birth())
        return [stitch for stitch in told if stitch.later in set(fresh)]

    def forget(self, before_s: float) -> None:
        """Forget the tracks that were last seen before a time [s]."""
        self._lives = {
            name: life for name, life in self._lives.items() if life.last_s >= before_s
        }

    def save(self) -> dict[str, object]:
        """Return all that decides what is stitched from here on."""
        lives = list(self._lives.values())
        ends = [known for life in lives for known in (life.start, life.end)]
        return {
            "since_s": self._since_s,
            "now_s": self.now_s,
            "track_id": [life.track_id for life in lives],
            "seen_s": [(life.first_s, life.last_s) for life in lives],
            "known": [(known.time_s, known.existence) for known in ends],
            "mean": np.array([known.mean for known in ends]).reshape(-1, 4),
            "cov": np.array([known.cov for known in ends]).reshape(-1, 4, 4),
            "class_chance": np.array([k.class_chance for k in ends]).reshape(-1, 3),
        }

    def load(self, saved: Mapping[str, Any]) -> None:
        """Stand where the stitcher stood that `save` was asked of."""
        self._since_s, self.now_s = saved["since_s"], saved["now_s"]
        rows = zip(saved["mean"], saved["cov"], saved["class_chance"], strict=True)
        ends = [
            _Known(time_s, *row, existence)
            for (time_s, existence), row in zip(saved["known"], rows, strict=True)
        ]
        self._lives = {
            name: _Life(name, *seen, *ends[2 * at : 2 * at + 2])
            for at, (name, seen) in enumerate(
                zip(saved["track_id"], saved["seen_s"], strict=True)
            )
        }
        self._reckoned = {}  # each is reckoned again when it is asked for

    def all(self) -> list[Stitch]:
        """Return all stitches, with all that is known by now, in order of the later."""
        lives, birth = list(self._lives.values()), self._birth()
        told: list[Stitch] = []
        area_m2 = self._cover.area_m2()
        for _ in range(3):  # the more is stitched, the fewer were born
            told = self._told(lives, birth)
            new = len(lives) - sum(stitch.chance for stitch in told)
            past_s = max(self.now_s - self._since_s, 60.0)
            birth = max(new, 1.0) / (area_m2 * past_s)
        return told

    def names(self, least: float = 0.5) -> dict[int, int]:
        """Return for each track the first of those that it continues, or itself."""
        told = {each.later: each.earlier for each in self.all() if each.chance >= least}
        names: dict[int, int] = {}
        for name in sorted(self._lives, key=lambda one: self._lives[one].first_s):
            names[name] = names.get(told.get(name, name), name)
        return names

    def _birth(self) -> float:
        """Return the settings' rate of new targets [1/(m2 s)]."""
        return self.tracking.birth_per_km2_h / 3.6e9

    def _told(self, lives: list[_Life], birth: float) -> list[Stitch]:
        """Weigh every pair that can be, and return those of the best matching."""
        i, j = self._candidates(lives)
        if not len(i):
            return []
        like = np.array(
            [self._likely(lives[a], lives[b]) for a, b in zip(i, j, strict=True)]
        )
        start = np.array([lives[b].start.mean for b in j])
        end = np.array([lives[a].end.mean for a in i])
        gap_s = np.array([lives[b].first_s - lives[a].last_s for a, b in zip(i, j, strict=True)])  # fmt: skip  # noqa: E501
        rule, life_s = self.settings, self.tracking.life_s
        pair = np.exp(-gap_s / life_s) * like
        pair *= self._unseen(end[:, :2], start[:, :2], gap_s)
        # It may have ended, go on where nobody sees it, or never have been.
        last = np.array([lives[a].last_s for a in i])
        rest_s = np.clip(self.now_s - last, 1.0, rule.longest_s)
        ahead = end[:, :2] + end[:, 2:] * rest_s[:, None]
        alive = np.exp(-rest_s / life_s)
        none = 1 - alive * (1 - self._unseen(end[:, :2], ahead, rest_s))
        real = np.array([lives[a].end.existence for a in i])
        real = np.minimum(real, 1 - 1e-6)
        pair, none = real * pair, 1 - real + real * none
        new = self._new(start, birth) + self._beside(lives, j)
        with np.errstate(divide="ignore"):
            psi = pair / np.maximum(none, 1e-9)
        chance = shares(i, j, psi, new)
        best = matched(i, j, np.log(np.maximum(psi / new, 1e-300)))
        told = [
            Stitch(
                earlier=lives[i[k]].track_id,
                later=lives[j[k]].track_id,
                chance=float(chance[k]),
                gap_s=float(gap_s[k]),
            )
            for k in best
            if chance[k] >= rule.least
        ]
        return sorted(told, key=lambda each: each.later)

    def _unseen(self, start: Floats, end: Floats, over_s: Floats) -> Floats:
        """Return the chance that nothing is seen on a way, for any reason."""
        missed, looks = self._cover.passed(start, end, over_s)
        blind = self.settings.blind
        excuse = np.exp(-looks / self.settings.blind_looks)
        return np.asarray((1 - blind) * missed + blind * np.maximum(excuse, missed))

    def _candidates(self, lives: list[_Life]) -> tuple[Longs, Longs]:
        """Return earlier and later of pairs that the fastest of a class could make."""
        n, rule = len(lives), self.settings
        first = np.array([life.first_s for life in lives])
        last = np.array([life.last_s for life in lives])
        order = np.argsort(last, kind="stable")
        low = np.searchsorted(last[order], first - rule.longest_s, side="left")
        high = np.searchsorted(last[order], first, side="left")
        many = np.maximum(high - low, 0)
        j = np.repeat(np.arange(n), many)
        begin = np.cumsum(many) - many
        i = order[np.arange(many.sum()) - begin[j] + low[j]]
        end = np.array([life.end.mean[:2] for life in lives]).reshape(-1, 2)
        start = np.array([life.start.mean[:2] for life in lives]).reshape(-1, 2)
        e_cov = np.array([np.trace(life.end.cov[:2, :2]) for life in lives])
        s_cov = np.array([np.trace(life.start.cov[:2, :2]) for life in lives])
        e_class = np.array([life.end.class_chance for life in lives]).reshape(-1, 3)
        s_class = np.array([life.start.class_chance for life in lives]).reshape(-1, 3)
        start_s = np.array([life.start.time_s for life in lives])
        end_s = np.array([life.end.time_s for life in lives])
        may = (e_class[i] > 0.01) & (s_class[j] > 0.01)
        speed = np.where(may, rule.fastest_mps, 0.0).max(axis=1, initial=0.0)
        away = np.hypot(*(end[i] - start[j]).T)
        gap = np.maximum(start_s[j] - end_s[i], first[j] - last[i])
        reach = speed * gap + 4 * np.sqrt(e_cov[i] + s_cov[j]) + 50
        use = np.flatnonzero((i != j) & (away <= reach) & may.any(axis=1))
        use = use[np.lexsort((away[use] / gap[use], j[use]))]
        begin = np.searchsorted(j[use], j[use])
        use = use[np.arange(len(use)) - begin < NEAREST]
        return i[use].astype(np.int64), j[use].astype(np.int64)

    def _likely(self, earlier: _Life, later: _Life) -> float:
        """Return the density of a pair, reckoned once while neither changes."""
        key = (earlier.track_id, later.track_id)
        at = (earlier.end.time_s, later.start.time_s)
        known = self._reckoned.get(key)
        if known is None or known[:2] != at:
            if len(self._reckoned) > MOST_PAIRS:
                self._reckoned.clear()
            known = self._reckoned[key] = (*at, self._density(earlier, later))
        return known[2]

    def _density(self, earlier: _Life, later: _Life) -> float:
        """Return how much likelier the later track is where the earlier one leads.

        It is a density in place [1/m2], over the chance of its class and velocity for
        any new target.
        """
        bank, end, start = self.tracking.arrays(), earlier.end, later.start
        kind = self.tracking.class_of()
        within = bank.prior[:, None] * kind
        prior = np.maximum(within.sum(axis=0), 1e-12)  # a bank may lack a class
        prob = (within / prior) @ end.class_chance
        mean = np.tile(end.mean - np.append(end.mean[:2], [0, 0]), (len(prob), 1))
        cov = np.tile(end.cov, (len(prob), 1, 1))
        still = bank.kind == 1
        mean[still, 2:], cov[still, 2:], cov[still, :, 2:] = 0, 0, 0
        gap_s = max(start.time_s - end.time_s, 0.1)
        carry(bank, mean, cov, prob, gap_s, int(np.clip(np.ceil(gap_s / 5), 1, 24)))
        shift = np.append(end.mean[:2], [0.0, 0.0])
        fair = start.class_chance @ kind.T / (prior @ kind.T)
        speed = max(float((start.class_chance @ within.T) @ bank.speed**2), 1.0)
        spread = speed / float((start.class_chance @ within.T).sum())
        log = quotient(start.mean - shift, start.cov, spread, mean, cov)
        return float((prob * fair) @ np.exp(log))

    def _new(self, start: Floats, birth: float) -> Floats:
        """Return the density of targets not yet seen where tracks begin [1/m2]."""
        wait_s = self._cover.wait_s(start[:, :2])
        outside = np.zeros(len(start), np.bool_)
        for ago_s in (15.0, 30.0, 60.0):  # it may have come from where none looks
            before = start[:, :2] - ago_s * start[:, 2:]
            outside |= ~np.isfinite(self._cover.wait_s(before))
        unseen = self.tracking.unseen_per_km2 / 1e6
        return np.asarray(birth * np.minimum(wait_s, 600.0) + outside * unseen + 1e-15)

    def _beside(self, lives: list[_Life], later: Longs) -> Floats:
        """Return the density of companions of other tracks where tracks begin [1/m2].

        A track counts while it is seen and for as long again as it takes to be lost.
        """
        first = np.array([life.first_s for life in lives])
        last = np.array([life.last_s for life in lives])
        place = np.array([life.start.mean[:2] for life in lives])
        from_s = np.array([life.start.time_s for life in lives])
        end = np.array([life.end.mean for life in lives])
        end_s = np.array([life.end.time_s for life in lives])
        scale = self.settings.companion / (2 * np.pi * self.settings.beside_m**2)
        density = np.zeros(len(lives))
        for one in np.unique(later).tolist():
            at_s = from_s[one]
            beside = (first < first[one]) & (last >= first[one])
            beside[one] = False
            # Between its start and its end a track is taken to go straight.
            whole = np.maximum(end_s - from_s, 1e-3)
            part = np.clip((at_s - from_s) / whole, 0.0, 1.0)[:, None]
            way = place + part * (end[:, :2] - place)
            away2 = np.square(way - place[one]).sum(axis=1) / self.settings.beside_m**2
            density[one] = scale * np.exp(-0.5 * away2[beside]).sum()
        return density[later]


def renamed(rows: Rows, names: dict[int, int]) -> Rows:
    """Return a picture under other names, as `Stitcher.names` gives them.

    Where two tracks of one name are shown at an instant, the later one stays: the other
    has lost its target.
    """
    name = np.array([names.get(one, one) for one in rows.track_id.tolist()], np.int64)
    order = np.lexsort((-rows.track_id, name, rows.time_s))
    time_s, name_there = rows.time_s[order], name[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (time_s[1:] != time_s[:-1]) | (name_there[1:] != name_there[:-1])
    keep = np.sort(order[first])
    columns = {each.name: getattr(rows, each.name)[keep] for each in fields(rows)}
    return Rows(**{**columns, "track_id": name[keep]})


def quotient(
    place: Floats, cov: Floats, speed2: float, mean: Floats, wide: Floats
) -> Floats:
    """Return log integrals of N(mean, wide) times N(place, cov) over N(v; 0, speed2).

    The last takes out what the start's velocity owes to the belief it began with. Where
    it owes all, the place alone counts. `mean` is (models, 4), `wide` (models, 4, 4).
    """
    sharp = np.linalg.inv(cov)
    less = sharp - np.diag([0.0, 0.0, 1 / speed2, 1 / speed2])
    if np.linalg.eigvalsh(less).min() < 1e-9:
        off = mean[:, :2] - place[:2]
        return _log_normal(off, wide[:, :2, :2] + cov[:2, :2])
    own = np.linalg.inv(less)
    at = own @ (sharp @ place)
    const = _log_normal((at - place)[None], cov[None])[0]
    const -= _log_normal(at[None, 2:], speed2 * np.eye(2)[None])[0]
    const -= _log_normal(np.zeros((1, 4)), own[None])[0]
    return np.asarray(const + _log_normal(mean - at, wide + own))


def _log_normal(off: Floats, cov: Floats) -> Floats:
    """Return log densities of normal errors, (n, k) with covariances (n, k, k)."""
    _, log_det = np.linalg.slogdet(cov)
    q = np.einsum("ni,ni->n", off, np.linalg.solve(cov, off[..., None])[..., 0])
    return np.asarray(-0.5 * (q + log_det + off.shape[1] * np.log(2 * np.pi)))


def shares(i: Longs, j: Longs, psi: Floats, new: Floats, rounds: int = 200) -> Floats:
    """Return the chance of each pair, one to one, by belief propagation.

    Parameters
    ----------
    i, j : ndarray of int64, shape (n,)
        Earlier and later track.
    psi : ndarray, shape (n,)
        Weight of the pair over that of the earlier one having no other.
    new : ndarray, shape (n,)
        Weight of the later one being new; equal for equal `j`.

    References
    ----------
    J. L. Williams and R. A. Lau, doi:10.1109/TAES.2014.120568.
    """
    psi = psi / new
    back = np.ones(len(psi))
    for _ in range(rounds):
        whole = 1 + np.bincount(i, psi * back)[i]
        to = psi / np.maximum(whole - psi * back, 1.0)
        was, back = back, 1 / np.maximum(1 + np.bincount(j, to)[j] - to, 1.0)
        if np.abs(back - was).max() < 1e-9:
            break
    return np.asarray(psi * back / (1 + np.bincount(i, psi * back)[i]))


def matched(i: Longs, j: Longs, gain: Floats) -> Longs:
    """Return the pairs of the one-to-one matching of greatest gain; none at a loss."""
    n = int(max(i.max(), j.max())) + 1
    use = np.flatnonzero(gain > 0)
    if not len(use):
        return use
    graph = coo_array((np.ones(len(use)), (i[use], n + j[use])), shape=(2 * n, 2 * n))
    part = connected_components(graph, directed=False)[1][i[use]]
    best = []
    order = np.argsort(part, kind="stable")
    for rows in np.split(use[order], np.flatnonzero(np.diff(part[order])) + 1):
        ends, a = np.unique(i[rows], return_inverse=True)
        starts, b = np.unique(j[rows], return_inverse=True)
        value, at = np.zeros((len(ends), len(starts))), np.full((len(ends), len(starts)), -1)  # fmt: skip  # noqa: E501
        value[a, b], at[a, b] = gain[rows], rows
        got = at[linear_sum_assignment(value, maximize=True)]
        best += got[got >= 0].tolist()
    return np.sort(np.array(best, np.int64))
