"""The tracker: detections in, tracks out, as time is told to advance."""

import math
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linewatch.errors import BadValue, UnknownName
from linewatch.watch.tracker._kernels import run
from linewatch.watch.tracker.arrays import Filter
from linewatch.watch.tracker.schedule import Batch, distinct, on_schedule, scans_of
from linewatch.watch.tracker.sensors import FIBRE, PLACE, SensorTable
from linewatch.watch.tracker.settings import TrackerSettings
from linewatch.watch.tracker.state import (
    SLOTS,
    frozen,
    grown_state,
    laid_out,
    new_picture,
    new_state,
    new_trace,
    new_work,
    thawed,
)
from linewatch.watch.tracker.tracks import Counts, Rows, Tracks
from linewatch.watch.tracker.trail import Trail, TrailKeeper

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
FARTHEST_M = 1e8  # no place on the plane is as far from another [m]
FARTHEST_LOOK_M = 1e7  # no sensor sees as far [m]
WIDEST_M2, FINEST_M2 = 1e10, 1e-5  # variances of places between which digits suffice
FASTEST_MPS = 1e5  # no range rate is as fast [m/s]
LONGEST_STEP_S = 1_000.0  # most that is processed at once [s]
TRAIL_ROWS = 4096  # rows that the kernel writes before they are put away
COUNTED = ("fed", "used", "duplicate", "late", "bad", "unknown_sensor")


class Tracker:
    """One engine for the live watch and for replay.

    It has no clock and no dice. The same detections give the same tracks to the bit,
    whatever their order of arrival within the lag.

    Parameters
    ----------
    sensors : SensorTable
        Who looks, where and when.
    settings : TrackerSettings, optional
        How it believes.
    start_s : float
        Nothing at or before this time counts [s].
    """

    def __init__(
        self,
        sensors: SensorTable,
        settings: TrackerSettings | None = None,
        start_s: float = 0.0,
    ) -> None:
        if not math.isfinite(start_s):
            raise BadValue("start_s", "finite", start_s)
        self.sensors = sensors
        self.settings = settings or TrackerSettings()
        self.done_s = float(start_s)
        self._by_id = np.argsort(sensors.sensor_id, kind="stable")
        self._outages: list[tuple[int, float, float]] = []
        self._waiting: list[Batch] = []
        self._tally = dict.fromkeys(COUNTED, 0)
        self._trail = TrailKeeper(self.settings.trail_most)
        rule = self.settings.rule()
        state = new_state(
            models=len(self.settings.bank),
            cells=sensors.cells(),
            kept=self.settings.kept,
            unseen=np.full(len(sensors), rule.unseen),
            start_s=self.done_s,
        )
        state.count[3] = math.floor(self.done_s / self.settings.every_s) + 1
        self._room = {"tracks": SLOTS, "pairs": 4096, "detections": 256}
        self._filter = Filter(
            state=state,
            bank=self.settings.arrays(),
            rule=rule,
            eyes=sensors.eyes(),
            maps=sensors.charts(),
            fog=sensors.fog(),
            scans=scans_of(
                sensors, Batch.joined([]), after_s=start_s, until_s=start_s, outages=[]
            ),
            work=new_work(models=len(self.settings.bank), **self._room),
            out=new_picture(1024),
            trace=new_trace(TRAIL_ROWS if self.settings.trail else 0),
        )

    # -- taking in -----------------------------------------------------------------

    def feed(  # noqa: PLR0913 - one argument a column
        self,
        *,
        time_s: ArrayLike,
        sensor_id: ArrayLike,
        range_m: ArrayLike = 0.0,
        azimuth_rad: ArrayLike,
        elevation_rad: ArrayLike | None = None,
        range_rate_mps: ArrayLike | None = None,
        ident: ArrayLike = -1,
    ) -> int:
        """Take polar or bearing detections in; return how many were kept.

        Parameters
        ----------
        time_s, sensor_id, range_m, azimuth_rad : array_like, shape (n,)
            When [s], who, and where from the sensor [m], [rad] clockwise from north.
        elevation_rad : array_like, optional
            Elevation, which makes of the slant range the range on the ground [rad];
            NaN where none is told.
        range_rate_mps : array_like, optional
            Speed away from the sensor [m/s]; NaN where none is told. Used where the
            sensor's `sigma_range_rate_mps` is above 0.
        ident : array_like of int, optional
            The caller's id of each, to be told which made a track.

        Raises
        ------
        BadValue, UnknownName
            If a figure or a sensor is bad and the settings say to refuse.
        """
        time, who, a, b, name, up, rate = np.broadcast_arrays(
            *(
                np.atleast_1d(v)
                for v in (
                    time_s, sensor_id, range_m, azimuth_rad, ident,
                    0.0 if elevation_rad is None else elevation_rad,
                    np.nan if range_rate_mps is None else range_rate_mps,
                )
            )
        )  # fmt: skip
        time, a, b = (np.array(v, np.float64) for v in (time, a, b))
        good = np.isfinite(time) & np.isfinite(b) & (a >= 0) & (a <= FARTHEST_LOOK_M)
        if elevation_rad is not None:
            up = np.where(np.isnan(up), 0.0, np.asarray(up, np.float64))
            good &= np.abs(up) < np.pi / 2
            a = a * np.cos(np.clip(up, -np.pi / 2, np.pi / 2))
        with np.errstate(invalid="ignore"):
            b = np.mod(b, 2 * np.pi)
        rates = None
        if range_rate_mps is not None:
            rates = np.array(rate, np.float64)
            good &= np.isnan(rates) | (np.abs(rates) <= FASTEST_MPS)
        row = self._rows(who)
        good &= (row < 0) | (self.sensors.kind[row] < PLACE)
        return self._keep(Batch(time, row, a, b, name, None, rates), who, good)

    def feed_along(
        self,
        *,
        time_s: ArrayLike,
        sensor_id: ArrayLike,
        along_m: ArrayLike,
        sigma_m: ArrayLike | None = None,
        ident: ArrayLike = -1,
    ) -> int:
        """Take positions along a line in, as fibre tells them; return how many.

        Parameters
        ----------
        time_s, sensor_id, along_m : array_like, shape (n,)
            When [s], which fibre, and how far along it [m].
        sigma_m : array_like, optional
            One sigma of that [m]; by default the sensor's `sigma_range_m`.
        ident : array_like of int, optional
            The caller's id of each.

        Raises
        ------
        BadValue, UnknownName
            If a figure or a sensor is bad and the settings say to refuse.
        """
        time, who, along, name, sigma = np.broadcast_arrays(
            *(
                np.atleast_1d(v)
                for v in (
                    time_s, sensor_id, along_m, ident,
                    np.nan if sigma_m is None else sigma_m,
                )
            )
        )  # fmt: skip
        time, along, sigma = (np.asarray(v, np.float64) for v in (time, along, sigma))
        row = self._rows(who)
        sigma = np.where(np.isnan(sigma), self.sensors.sigma_range_m[row], sigma)
        sigma = np.clip(sigma, 0.0, FARTHEST_M)
        good = np.isfinite(time) & np.isfinite(along)
        good &= (sigma**2 >= FINEST_M2) & (sigma <= np.sqrt(WIDEST_M2))
        good &= (row < 0) | (self.sensors.kind[row] == FIBRE)
        x, y, noise = along.copy(), np.zeros(len(row)), np.ones((len(row), 3))
        for fibre_row, fibre in self.sensors.fibres.items():
            mine = good & (row == fibre_row)
            good[mine] = fibre.reaches(along[mine])
            mine &= good
            x[mine], y[mine], noise[mine] = fibre.places(along[mine], sigma[mine])
        return self._keep(Batch(time, row, x, y, name, noise), who, good)

    def feed_places(  # noqa: PLR0913 - one argument a column
        self,
        *,
        time_s: ArrayLike,
        sensor_id: ArrayLike,
        x_m: ArrayLike,
        y_m: ArrayLike,
        cov_m2: ArrayLike | None = None,
        radius_m: ArrayLike | None = None,
        ident: ArrayLike = -1,
    ) -> int:
        """Take places in, with a covariance or as presence within a radius.

        Parameters
        ----------
        time_s, sensor_id, x_m, y_m : array_like, shape (n,)
            When [s], who, and where on the plane [m].
        cov_m2 : array_like, shape (n, 2, 2), optional
            Covariance of each [m2].
        radius_m : array_like, shape (n,), optional
            Presence: the target is anywhere within this radius [m]. By default the
            sensor's reach.
        ident : array_like of int, optional
            The caller's id of each.

        Returns
        -------
        int
            How many were kept.

        Raises
        ------
        BadValue, UnknownName
            If a figure or a sensor is bad and the settings say to refuse.
        """
        time, who, x, y, name = np.broadcast_arrays(
            *(np.atleast_1d(v) for v in (time_s, sensor_id, x_m, y_m, ident))
        )
        time, x, y = (np.array(v, np.float64) for v in (time, x, y))
        noise = np.zeros((len(time), 3))
        if cov_m2 is not None:
            cov = np.broadcast_to(np.asarray(cov_m2, np.float64), (len(time), 2, 2))
            noise[:, 0], noise[:, 1], noise[:, 2] = (
                cov[:, 0, 0],
                cov[:, 0, 1],
                cov[:, 1, 1],
            )
        else:
            if radius_m is None:
                row = self._rows(who)
                radius_m = np.where(row >= 0, self.sensors.range_m[row], 1.0)
            # A disc of radius R evenly filled has a variance of R^2 / 4 in each part.
            # One that is too wide to be true is bad further down.
            radius = np.clip(np.asarray(radius_m, np.float64), 0.0, FARTHEST_M)
            noise[:, 0] = noise[:, 2] = radius**2 / 4
        good = np.isfinite(time) & (np.abs(x) <= FARTHEST_M) & (np.abs(y) <= FARTHEST_M)
        with np.errstate(over="ignore", invalid="ignore"):
            both = noise[:, 0] + noise[:, 2]
            good &= (noise[:, 0] > 0) & (both <= WIDEST_M2)
            least_m2 = noise[:, 0] * noise[:, 2] - noise[:, 1] ** 2
            good &= least_m2 >= FINEST_M2 * both
        row = self._rows(who)
        good &= (row < 0) | (self.sensors.kind[row] == PLACE)
        return self._keep(Batch(time, row, x, y, name, noise), who, good)

    def outage(self, sensor_id: int, from_s: float, until_s: float) -> None:
        """Say that a sensor does not look from `from_s` until before `until_s` [s].

        Only scans not yet processed are affected.
        """
        row = int(self._rows(np.array([sensor_id]))[0])
        if row < 0:
            allowed = [str(name) for name in self.sensors.sensor_id]
            raise UnknownName("sensor", str(sensor_id), allowed)
        self._outages.append((row, float(from_s), float(until_s)))

    def _rows(self, who: ArrayLike) -> Longs:
        """Return the row of each sensor id, -1 where unknown."""
        who = np.asarray(who, np.int64)
        ids = self.sensors.sensor_id[self._by_id]
        at = np.minimum(np.searchsorted(ids, who), len(ids) - 1)
        return np.where(ids[at] == who, self._by_id[at], -1).astype(np.int64)

    def _keep(self, batch: Batch, who: ArrayLike, good: NDArray[np.bool_]) -> int:
        """Count what cannot be used, and keep the rest until its time is due."""
        time, row, a, b = batch[:4]
        if self.settings.bad == "refuse" and not (good.all() and (row >= 0).all()):
            if not good.all():
                at = int(np.flatnonzero(~good)[0])
                got = f"({time[at]}, {a[at]}, {b[at]})"
                raise BadValue(
                    f"detection {at}", "finite, with a range of 0 or more", got
                )
            at = int(np.flatnonzero(row < 0)[0])
            allowed = [str(known) for known in self.sensors.sensor_id[:20]]
            raise UnknownName("sensor", str(np.asarray(who)[at]), allowed)
        known = row >= 0
        batch = batch._replace(ident=np.array(batch.ident, np.int64))
        batch = batch.pick(good & known)
        batch = batch._replace(
            time_s=on_schedule(self.sensors, batch.row, batch.time_s)
        )
        fresh = batch.time_s > self.done_s
        self._tally["fed"] += len(time)
        self._tally["bad"] += int((~good).sum())
        self._tally["unknown_sensor"] += int((good & ~known).sum())
        self._tally["late"] += int((~fresh).sum())
        if fresh.any():
            self._waiting.append(batch.pick(fresh))
        return int(fresh.sum())

    # -- going on ------------------------------------------------------------------

    def advance(self, until_s: float) -> Rows:
        """Process every scan up to `until_s` less the lag; return the picture's rows.

        Going back in time is no error: nothing is processed.
        """
        if not math.isfinite(until_s):
            raise BadValue("until_s", "finite", until_s)
        until, parts = float(until_s) - self.settings.lag_s, []
        while self.done_s < until:
            # In steps, so that a clock that jumps by months asks for little memory.
            parts += self._go_on(min(until, self.done_s + LONGEST_STEP_S))
        return Rows.joined(parts)

    def _go_on(self, until: float) -> list[Rows]:
        """Process every scan up to `until`."""
        waiting = Batch.joined(self._waiting)
        now = waiting.time_s <= until
        later = waiting.pick(~now)
        self._waiting = [later] if len(later.time_s) else []
        batch = distinct(waiting.pick(now))
        self._tally["duplicate"] += int(now.sum()) - len(batch.time_s)
        self._tally["used"] += len(batch.time_s)
        scans = scans_of(
            self.sensors,
            batch,
            after_s=self.done_s,
            until_s=until,
            outages=self._outages,
        )
        self._filter = self._filter._replace(scans=scans)
        self.done_s = until
        self._outages = [out for out in self._outages if out[2] > until]
        parts, k = [], 0
        while True:
            k, rows, lacks = run(self._filter, k, until)
            if rows:
                parts.append(self._written(rows))
            self._put_away()
            if lacks == 0:
                return parts
            self._make_room(lacks, scans.start)

    def _put_away(self) -> None:
        """Keep the rows of the trail that the kernel wrote."""
        trace = self._filter.trace
        used = int(trace.used[0])
        self._trail.keep(trace.figures[:used], trace.names[:used])
        trace.used[0] = 0

    def _written(self, rows: int) -> Rows:
        """Return a copy of the rows that the kernel wrote."""
        out = self._filter.out
        state = out.state[:rows]
        return Rows(
            time_s=out.time_s[:rows].copy(),
            track_id=out.track_id[:rows].copy(),
            x=state[:, 0].copy(),
            y=state[:, 1].copy(),
            vx=state[:, 2].copy(),
            vy=state[:, 3].copy(),
            existence=out.exist[:rows].copy(),
        )

    def _make_room(self, lacks: int, start: Longs) -> None:
        """Make room for what the kernel said it lacks."""
        state, used = self._filter.state, int(self._filter.state.count[0])
        if lacks == 4:
            size = min(max(32 * used, 1024), 200_000 + used)
            self._filter = self._filter._replace(out=new_picture(size))
            return
        most = int(np.diff(start).max(initial=0))
        if lacks == 1:
            self._filter = self._filter._replace(state=grown_state(state, used + most))
            return
        if lacks == 6:
            rows = max(TRAIL_ROWS, used + most)
            if rows > len(self._filter.trace.names):
                self._filter = self._filter._replace(trace=new_trace(2 * rows))
            return
        if lacks == 2:
            self._room["tracks"] = state.exist.size
        elif lacks == 3:
            self._room["pairs"] *= 2
        else:
            self._room["detections"] = max(most, 2 * self._room["detections"])
        work = new_work(models=len(self.settings.bank), **self._room)
        self._filter = self._filter._replace(work=work)

    # -- giving out ----------------------------------------------------------------

    @property
    def counts(self) -> Counts:
        """What became of the detections fed so far."""
        waiting = sum(len(part.time_s) for part in self._waiting)
        return Counts(**self._tally, waiting=waiting)

    def picture(self) -> Tracks:
        """Return the confirmed tracks at the time processed up to."""
        st = self._filter.state
        used = int(st.count[0])
        at = np.flatnonzero((st.track_id[:used] >= 0) & (st.shown[:used] == 1))
        at = at[np.argsort(st.track_id[at])]
        dt = self.done_s - st.time_s[at]
        mean, cov, prob, ago = laid_out(st, self._filter.bank, at, self.done_s)
        move = np.zeros((len(at), 4, 4))
        move[:] = np.eye(4)
        move[:, 0, 2] = move[:, 1, 3] = ago
        mean = np.einsum("tij,tmj->tmi", move, mean)
        best = np.einsum("tm,tmi->ti", prob, mean)
        off = mean - best[:, None, :]
        place = np.array([[0, 1, 3, 4], [1, 2, 5, 6], [3, 5, 7, 8], [4, 6, 8, 9]])
        full = np.einsum("tij,tmjk,tlk->tmil", move, cov[:, :, place], move)
        full += np.einsum("tmi,tmj->tmij", off, off)
        return Tracks(
            time_s=self.done_s,
            track_id=st.track_id[at].copy(),
            x_m=best[:, 0].copy(),
            y_m=best[:, 1].copy(),
            vx_mps=best[:, 2].copy(),
            vy_mps=best[:, 3].copy(),
            cov=np.einsum("tm,tmij->tij", prob, full),
            existence=st.exist[at] * np.exp(-dt / self.settings.life_s),
            class_chance=prob @ self.settings.class_of(),
            count_low=np.ones(len(at), np.int64),
            count_high=np.ones(len(at), np.int64),
            last_seen_s=st.last_s[at].copy(),
            first_seen_s=st.first_s[at].copy(),
            made_by=st.made_by[at].copy(),
        )

    def trail(self) -> Trail:
        """Return what made each track since the last call, and forget it.

        Without `TrackerSettings.trail` it is empty. At most `trail_most` rows wait to
        be fetched; the oldest are dropped first, and counted as lost.
        """
        return self._trail.drained(self.settings.gate)

    # -- keeping -------------------------------------------------------------------

    def save(self) -> bytes:
        """Return everything that decides the output from here on."""
        waiting = Batch.joined(self._waiting)
        outages = np.array(self._outages, np.float64).reshape(-1, 3)
        told = np.array([waiting.noise is not None, waiting.rate is not None])
        extra = {
            "waiting_told": told,
            "waiting_noise": waiting.noises(),
            "waiting": np.column_stack(
                [waiting.time_s, waiting.a, waiting.b, waiting.rates()]
            ),
            "waiting_ids": np.column_stack([waiting.row, waiting.ident]),
            "outages": outages,
            "done_s": np.array(self.done_s),
            "trail_lost": np.array(self._trail.lost),
            "trail_figures": self._trail.rows()[0],
            "trail_names": self._trail.rows()[1],
            "tally": np.array([self._tally[name] for name in COUNTED], np.int64),
        }
        return frozen(self._filter.state, extra)

    @classmethod
    def load(
        cls, saved: bytes, sensors: SensorTable, settings: TrackerSettings | None = None
    ) -> Self:
        """Return the tracker that `save` kept, with the same sensors and settings."""
        state, extra = thawed(saved)
        tracker = cls(sensors, settings, float(extra["done_s"]))
        tracker._filter = tracker._filter._replace(state=state)
        tracker._tally = dict(zip(COUNTED, extra["tally"].tolist(), strict=True))
        tracker._trail.keep(extra["trail_figures"], extra["trail_names"])
        tracker._trail.lost = int(extra["trail_lost"])
        tracker._outages = [(int(row), a, b) for row, a, b in extra["outages"].tolist()]
        time, a, b, rate = (np.ascontiguousarray(part) for part in extra["waiting"].T)
        row, ident = (np.ascontiguousarray(part) for part in extra["waiting_ids"].T)
        noise = extra["waiting_noise"] if extra["waiting_told"][0] else None
        rates = rate if extra["waiting_told"][1] else None
        tracker._waiting = [Batch(time, row, a, b, ident, noise, rates)]
        return tracker
