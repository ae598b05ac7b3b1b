"""The whole filter in plain NumPy: matrices, dictionaries and no compiled code."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from linewatch.watch.tracker import SensorTable, TrackerSettings

Floats = NDArray[np.float64]


@dataclass
class Track:
    """One Bernoulli: under every model a mean, a covariance and a chance."""

    name: int
    mean: list[Floats]
    cov: list[Floats]
    prob: Floats
    exist: float
    time_s: float
    first_s: float
    last_s: float
    shown: bool = False

    def whole(self) -> tuple[Floats, Floats]:
        """Return the mean and covariance over the models."""
        best = sum(p * m for p, m in zip(self.prob, self.mean, strict=True))
        cov = sum(
            p * (c + np.outer(m - best, m - best))
            for p, m, c in zip(self.prob, self.mean, self.cov, strict=True)
        )
        return np.asarray(best), np.asarray(cov)


@dataclass
class Filter:
    """Polar sensors all round, on schedule, without maps of chance or outages."""

    table: SensorTable
    settings: TrackerSettings
    start_s: float
    tracks: list[Track] = field(default_factory=list)
    names: int = 0

    def __post_init__(self) -> None:
        full = self.settings.unseen_per_km2 / 1e6
        self.unseen = np.full(len(self.table), full)
        self.unseen_s = np.full(len(self.table), self.start_s)

    def move(self, track: Track, time_s: float) -> None:  # noqa: C901 - one formula
        """Mix and move the models."""
        dt, bank = time_s - track.time_s, self.settings.bank
        if dt <= 0:
            return
        track.exist *= np.exp(-dt / self.settings.life_s)
        n = len(bank)
        way = np.eye(n)
        if track.last_s > track.first_s:
            for k, motion in enumerate(bank):
                if motion.then:
                    stay = 1 / (1 + dt / motion.stay_s)
                    for j, other in enumerate(bank):
                        part = dict(motion.then).get(other.name, 0.0)
                        way[k, j] = stay if j == k else (1 - stay) * part
        joint = track.prob[:, None] * way
        prob = joint.sum(axis=0)
        means, covs = list(track.mean), list(track.cov)
        for j, motion in enumerate(bank):
            if prob[j] < 1e-5:
                prob[j] = 0
                continue
            share = joint[:, j] / prob[j]
            still = motion.kind == "standing"
            hold = np.diag([1.0, 1.0, 0.0, 0.0]) if still else np.eye(4)
            mean = hold @ sum(s * m for s, m in zip(share, track.mean, strict=True))
            cov = np.zeros((4, 4))
            for k in np.flatnonzero(share).tolist():
                off = hold @ track.mean[k] - mean
                kick = np.zeros((4, 4))
                if bank[k].kind == "standing" and not still:
                    kick[2, 2] = kick[3, 3] = motion.speed_mps**2
                cov += share[k] * (
                    hold @ track.cov[k] @ hold.T + np.outer(off, off) + kick
                )
            step, noise = np.eye(4), np.zeros((4, 4))
            if still:
                noise[0, 0] = noise[1, 1] = motion.noise * dt
            else:
                step[0, 2] = step[1, 3] = dt
                block = np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])
                noise = motion.noise * np.kron(block, np.eye(2))
            means[j], covs[j] = step @ mean, step @ cov @ step.T + noise
        track.mean, track.cov, track.prob = means, covs, prob / prob.sum()
        track.time_s = time_s

    def noise(self, row: int, off: Floats) -> Floats:
        """Return the covariance of a detection at an offset from a sensor."""
        r = np.hypot(*off)
        along = off / r
        across = np.array([-along[1], along[0]])
        return np.asarray(
            self.table.sigma_range_m[row] ** 2 * np.outer(along, along)
            + (r * self.table.sigma_azimuth_rad[row]) ** 2 * np.outer(across, across)
        )

    def faces(self, track: Track, row: int, here: Floats) -> Floats:
        """Return the chance under each model to move fast enough to be seen."""
        slow = self.table.min_radial_mps[row]
        if slow == 0:
            return np.ones(len(self.settings.bank))
        off = track.whole()[0][:2] - here
        ray = off / np.hypot(*off)
        out = np.zeros(len(self.settings.bank))
        for j, motion in enumerate(self.settings.bank):
            if motion.kind != "standing":
                along = ray @ track.mean[j][2:]
                sigma = np.sqrt(ray @ track.cov[j][2:, 2:] @ ray)
                out[j] = ndtr((along - slow) / sigma) + ndtr((-along - slow) / sigma)
        return out

    def looks(self, mean: Floats, here: Floats, *, rated: bool) -> Floats:
        """Return the slope of place, and of range rate where told, over the state."""
        if not rated:
            return np.eye(2, 4)
        off = mean[:2] - here
        r = np.hypot(*off)
        ray = off / r
        bend = (mean[2:] - ray * (ray @ mean[2:])) / r
        return np.vstack([np.eye(2, 4), np.concatenate([bend, ray])])

    def beyond(
        self, row: int, mean: Floats, here: Floats, z: Floats, noise: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """Return innovation, slope and noise of a detection (x, y, rate or NaN)."""
        rated = bool(np.isfinite(z[2])) and self.table.sigma_range_rate_mps[row] > 0
        look = self.looks(mean, here, rated=rated)
        if not rated:
            return z[:2] - mean[:2], look, noise
        ray = look[2, 2:]
        off = np.append(z[:2] - mean[:2], z[2] - ray @ mean[2:])
        big = np.zeros((3, 3))
        big[:2, :2] = noise
        big[2, 2] = self.table.sigma_range_rate_mps[row] ** 2
        return off, look, big

    def density(self, row: int, z: Floats) -> float:
        """Return the density of false detections at a place."""
        if row in self.table.clutter_maps:
            chart = self.table.clutter_maps[row]
            col, up = ((z - [chart.west_m, chart.south_m]) // chart.cell_m).astype(int)
            rows, cols = chart.per_km2.shape
            if 0 <= up < rows and 0 <= col < cols:
                return float(chart.per_km2[up, col] / 1e6)
        area = np.pi * self.table.range_m[row] ** 2
        return float(self.table.clutter_per_scan[row] / area)

    def scan(  # noqa: C901, PLR0915 - told in one piece, as the papers do
        self, row: int, time_s: float, polar: Floats, rate: Floats | None = None
    ) -> None:
        """Take one scan in: `polar` is (detections, 2) in order of range."""
        s, table = self.settings, self.table
        here = np.array([table.x_m[row], table.y_m[row]])
        fix = np.exp(table.sigma_azimuth_rad[row] ** 2 / 2)
        z = here + fix * polar[:, :1] * np.column_stack(
            [np.sin(polar[:, 1]), np.cos(polar[:, 1])]
        )
        z = np.column_stack([z, np.full(len(z), np.nan) if rate is None else rate])
        span = table.range_rate_span_mps[row]
        near, face, lit = [], {}, {}
        for track in self.tracks:
            best, cov = track.whole()
            ahead = best[:2] + (time_s - track.time_s) * best[2:] - here
            room = 4 * np.sqrt(cov[0, 0] + cov[1, 1]) + 50
            if np.hypot(*ahead) < table.range_m[row] + room:
                near.append(track)
        n, m = len(near), len(z)
        like = np.zeros((n, m, len(s.bank)))
        seen, miss, noises = np.zeros(n), np.zeros(n), []
        for t, track in enumerate(near):
            self.move(track, time_s)
            best, cov = track.whole()
            off = best[:2] - here
            r = np.hypot(*off)
            wide = off @ cov[:2, :2] @ off / r**2
            gap = (table.range_m[row] - r) / np.sqrt(max(wide, 1.0))
            pd = table.pd[row] * (0.0 if gap < -4 else 1.0 if gap > 4 else ndtr(gap))
            face[t], lit[t] = self.faces(track, row, here), pd
            whole = float(face[t] @ track.prob)
            seen[t], miss[t] = track.exist * max(pd, 0.02), 1 - track.exist * pd * whole
            noises.append(self.noise(row, off))
            room = np.sqrt(s.gate * (wide + table.sigma_range_m[row] ** 2))
            room += min((cov[0, 0] + cov[1, 1]) / r * s.gate, 500.0)
            inv = np.linalg.inv(cov[:2, :2] + noises[t])
            for d in range(m):
                nu = z[d, :2] - best[:2]
                if abs(polar[d, 0] - r) > room or nu @ inv @ nu > s.gate:
                    continue
                for j in np.flatnonzero(track.prob):
                    mine, look, noise = self.beyond(
                        row, track.mean[j], here, z[d], noises[t]
                    )
                    big = look @ track.cov[j] @ look.T + noise
                    q = mine @ np.linalg.inv(big) @ mine
                    like[t, d, j] = np.exp(-q / 2) / np.sqrt(
                        np.linalg.det(2 * np.pi * big)
                    )
                    like[t, d, j] *= max(face[t][j], 0.02)
                    like[t, d, j] *= span if len(mine) == 3 else 1.0
        passed = time_s - self.unseen_s[row]
        self.unseen_s[row] = time_s
        most = s.unseen_per_km2 / 1e6
        fresh = self.unseen[row] + s.birth_per_km2_h / 3.6e9 * passed
        self.unseen[row] = min(fresh, most)
        born = table.pd[row] * self.unseen[row]
        clutter = np.array([self.density(row, place) for place in z[:, :2]])
        total = np.array([like[t] @ near[t].prob for t in range(n)]).reshape(n, m)
        ratio = seen[:, None] * total / miss[:, None]
        share, taken = self.shares(ratio, clutter + born)
        top = [
            int(np.argmax(share[:, d])) if share[:, d].any() else -1 for d in range(m)
        ]
        for t, track in enumerate(near):
            none = 1 - share[t].sum()
            none *= (miss[t] - (1 - track.exist)) / miss[t]
            found = none + share[t].sum()
            track.exist = min(found, 1 - 1e-9)
            if share[t].sum() / found > 0.5:
                track.last_s = time_s
            slow = table.min_radial_mps[row] > 0
            if share[t].sum() / found >= 1e-6 or slow:
                whole = float(face[t] @ track.prob)
                dark = (1 - lit[t] * face[t]) / (1 - lit[t] * whole)
                moved = (row, here, dark if slow else np.ones(len(dark)))
                self.correct(
                    track, z, noises[t], like[t], total[t], share[t] / found, moved
                )
        self.unite(near, ratio, top)
        self.tracks = [k for k in self.tracks if k.exist >= s.forget]
        for d in range(m):
            if born / taken[d] > s.forget:
                self.bear(row, z[d], here, born / taken[d], time_s)
        self.unseen[row] *= 1 - table.pd[row]

    def shares(self, ratio: Floats, clutter: Floats) -> tuple[Floats, Floats]:
        """Return the chance of each pair, and what weighs on each detection."""
        back = np.ones(ratio.shape) / clutter * (ratio > 0)
        taken = clutter
        for _ in range(5_000):  # plain rounds, to the very end
            both = ratio * back
            rest = np.maximum(1 + both.sum(axis=1, keepdims=True) - both, 1)
            out = ratio / rest
            taken = clutter + out.sum(axis=0)
            new = (ratio > 0) / np.maximum(taken - out, clutter)
            change = np.max(np.abs(new - back)[ratio > 0] / new[ratio > 0], initial=0)
            back = new
            if change < 1e-11:
                break
        both = ratio * back
        return both / (1 + both.sum(axis=1, keepdims=True)), taken

    def correct(
        self,
        track: Track,
        z: Floats,
        noise: Floats,
        like: Floats,
        total: Floats,
        share: Floats,
        how: tuple[int, Floats, Floats],
    ) -> None:
        """Match the moments of every model's update by every detection and a miss."""
        row, here, dark = how
        for j in np.flatnonzero(track.prob):
            mean, cov = track.mean[j], track.cov[j]
            parts, covs, weights = [mean], [cov], [(1 - share.sum()) * dark[j]]
            for d in np.flatnonzero(share):
                off, look, big = self.beyond(row, mean, here, z[d], noise)
                gain = cov @ look.T @ np.linalg.inv(look @ cov @ look.T + big)
                parts.append(mean + gain @ off)
                weights.append(share[d] * like[d, j] / total[d])
                covs.append(cov - gain @ look @ cov)
            g = sum(weights)
            if track.prob[j] * g <= self.settings.keep:
                track.prob[j] = 0
                continue
            track.prob[j] *= g
            mean = sum(w * x for w, x in zip(weights, parts, strict=True)) / g
            cov = sum(
                w * (c + np.outer(x - mean, x - mean))
                for w, x, c in zip(weights, parts, covs, strict=True)
            )
            track.mean[j], track.cov[j] = np.asarray(mean), np.asarray(cov) / g
        track.prob = track.prob / track.prob.sum()

    def unite(self, near: list[Track], ratio: Floats, top: list[int]) -> None:
        """Make one of two tracks that stand for one target."""
        gone: set[int] = set()
        for t in range(len(near)):
            for d in np.flatnonzero(ratio[t]):
                o = top[d]
                if t in gone or o < 0 or o in gone or o == t:
                    continue
                one, other = near[t], near[o]
                if one.exist + other.exist > self.settings.merge:
                    continue
                (a, p), (b, q) = one.whole(), other.whole()
                off, cov = (a - b)[:2], (p + q)[:2, :2]
                if off @ np.linalg.inv(cov) @ off > 0.5 or np.sum((a - b)[2:] ** 2) > 4:
                    continue
                keep, lose = (t, o) if one.exist >= other.exist else (o, t)
                both = near[keep].exist + near[lose].exist
                near[keep].exist = min(both, 1 - 1e-6)
                near[lose].exist = 0
                gone.add(lose)

    def bear(
        self, row: int, z: Floats, here: Floats, exist: float, time_s: float
    ) -> None:
        """Start a track from a detection."""
        bank, slow = self.settings.bank, self.table.min_radial_mps[row]
        ray = (z[:2] - here) / np.hypot(*(z[:2] - here))
        prob = np.array([motion.prior for motion in bank])
        means, covs = [], []
        for j, motion in enumerate(bank):
            speed2 = 0.0 if motion.kind == "standing" else motion.speed_mps**2
            mean, cov = np.append(z[:2], [0.0, 0.0]), np.zeros((4, 4))
            cov[:2, :2], cov[2:, 2:] = self.noise(row, z[:2] - here), np.eye(2) * speed2
            off, _, big = self.beyond(row, mean, here, z, cov[:2, :2])
            if len(off) == 3:
                wide = speed2 + big[2, 2]
                mean[2:] = speed2 * ray / wide * off[2]
                cov[2:, 2:] -= speed2**2 * np.outer(ray, ray) / wide
                prob[j] *= np.exp(-(off[2] ** 2) / wide / 2) / np.sqrt(wide)
            elif slow > 0:
                fast = 2 * ndtr(-slow / motion.speed_mps) if speed2 else 0.0
                prob[j] *= max(fast, 0.02)
            means.append(mean)
            covs.append(cov)
        self.names += 1
        prob = prob / prob.sum()
        self.tracks.append(
            Track(self.names, means, covs, prob, exist, time_s, time_s, time_s)
        )

    def look(self, now_s: float) -> list[tuple[int, Floats, float]]:
        """Return (name, state, existence) of every confirmed track."""
        s, rows = self.settings, []
        for track in list(self.tracks):
            best, cov = track.whole()
            dt = now_s - track.time_s
            best[:2] += dt * best[2:]
            blur2 = cov[0, 0] + cov[1, 1]
            gap = self.table.range_m - np.hypot(
                best[0] - self.table.x_m, best[1] - self.table.y_m
            )
            part = float(ndtr(gap / np.sqrt(max(blur2 / 2, 1.0))).max())
            if part < 0.5:
                track.exist *= np.exp(-s.every_s / s.gone_s)
                if track.exist < s.forget:
                    self.tracks.remove(track)
                    continue
            exist = track.exist * np.exp(-dt / s.life_s) * part
            if exist * (1 - blur2 / s.blur_m**2) > s.confirm:
                track.shown = True
            elif exist < s.hide:
                track.shown = False
            if track.shown:
                rows.append((track.name, best, exist))
        return rows
