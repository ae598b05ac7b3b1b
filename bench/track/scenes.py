"""Scenes to measure on: a row of radars, walkers in file, vehicles and low flyers.

Run ``python -m bench.track.scenes FOLDER --radars 10 --targets 150 --seed 5``. The
kind is that of the figures recorded for the field: ground radars in a row, 8 km apart,
range 10 km, a scan each 2 s, chance to detect 0.9, 15 m and 0.6 degrees of noise, 8
false detections a scan; 60 % walkers (two thirds of their parties in a loose file, 20
to 40 m apart), 30 % vehicles that turn and stop, 10 % low flyers.
"""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

STEP_S = 0.5
WALKER, VEHICLE, FLYER = 0, 1, 2
CLASSES = ("walker", "vehicle", "flyer")


@dataclass(frozen=True)
class Wish:
    """What a scene is like; lengths in metres, times in seconds."""

    radars: int = 10
    targets: int = 150
    until_s: float = 600.0
    spacing_m: float = 8_000.0
    reach_m: float = 10_000.0
    period_s: float = 2.0
    pd: float = 0.9
    sigma_range_m: float = 15.0
    sigma_azimuth_deg: float = 0.6
    clutter: float = 8.0
    file_gap_m: tuple[float, float] = (20.0, 40.0)
    file_size: tuple[int, int] = (2, 8)
    seed: int = 1


class Ground:
    """Every target that is there, and how it goes on, half a second at a time."""

    FIELDS = ("x", "y", "heading", "aim", "speed", "cruise", "clock", "turn", "left")

    def __init__(self, wish: Wish, rng: np.random.Generator) -> None:
        self.wish, self.rng = wish, rng
        self.radar_x = wish.spacing_m * np.arange(wish.radars, dtype=np.float64)
        self.at = {name: np.zeros(0) for name in self.FIELDS}
        self.kind = np.zeros(0, np.int64)
        self.stopped = np.zeros(0, np.bool_)
        self.behind = np.zeros(0, np.int64)  # whom it walks behind, itself if nobody
        self.off = np.zeros((0, 2))  # where behind
        self.sway = np.zeros((0, 2))  # and how far from there just now
        self.name = np.zeros(0, np.int64)
        self.named = 0

    def seen(self, x: Floats, y: Floats) -> NDArray[np.bool_]:
        """Tell which places are in some radar's reach."""
        nearest = np.clip(np.round(x / self.wish.spacing_m), 0, self.wish.radars - 1)
        off = x - nearest * self.wish.spacing_m
        there: NDArray[np.bool_] = off**2 + y**2 <= self.wish.reach_m**2
        return there

    def fill(self, goal: float) -> None:
        """Let parties begin until there are as many targets as wanted."""
        while len(self.name) < goal:
            # Shares are of targets; a party of walkers has 3.6 on average.
            kind = self.rng.choice(3, p=_SHARES)
            (self._walkers, self._vehicles, self._flyer)[kind]()

    def _put(self, kind: int, x: float, y: float, aim: float, speed: float) -> int:
        """Add one target that leads itself, and return its row."""
        new = dict.fromkeys(self.FIELDS, 0.0)
        new |= {"x": x, "y": y, "heading": aim, "aim": aim}
        new |= {"speed": speed, "cruise": speed, "clock": np.inf}
        new["left"] = 60.0 + self.rng.exponential(900.0)
        for name, value in new.items():
            self.at[name] = np.append(self.at[name], value)
        row = len(self.name)
        self.kind = np.append(self.kind, kind)
        self.stopped = np.append(self.stopped, [False])
        self.behind = np.append(self.behind, row)
        self.off = np.vstack([self.off, np.zeros(2)])
        self.sway = np.vstack([self.sway, np.zeros(2)])
        self.name = np.append(self.name, self.named)
        self.named += 1
        return row

    def _somewhere(self) -> tuple[float, float]:
        wish = self.wish
        while True:
            x = self.rng.uniform(
                -0.8 * wish.reach_m, self.radar_x[-1] + 0.8 * wish.reach_m
            )
            y = self.rng.uniform(-0.9 * wish.reach_m, 0.9 * wish.reach_m)
            if self.seen(np.array([x]), np.array([1.05 * y]))[0]:
                return x, y

    def _across(self) -> float:
        """Return a way across the line, mostly north."""
        back = 0.0 if self.rng.random() < 0.8 else np.pi
        return float(back + self.rng.normal(0, 0.5))

    def _walkers(self) -> None:
        rng, (x, y), aim = self.rng, self._somewhere(), self._across()
        speed = 1.4 * rng.uniform(0.85, 1.15)
        leader = self._put(WALKER, x, y, aim, speed)
        low, high = self.wish.file_size
        more = 0 if rng.random() < 0.35 else int(rng.integers(low, high + 1)) - 1
        off = np.zeros(2)
        for _ in range(more):
            way = aim + np.pi + rng.uniform(-1, 1)
            off = off + rng.uniform(*self.wish.file_gap_m) * _ahead(way)
            row = self._put(WALKER, x + off[0], y + off[1], aim, speed)
            self.behind[row], self.off[row] = leader, off
            self.at["left"][row] = self.at["left"][leader]

    def _vehicles(self) -> None:
        rng, (x, y) = self.rng, self._somewhere()
        speed = 12.0 * rng.uniform(0.8, 1.25)
        if rng.random() >= 0.2:
            row = self._put(VEHICLE, x, y, rng.uniform(0, 2 * np.pi), speed)
            self.at["clock"][row] = rng.exponential(40.0)
            return
        first = self._across()  # two that will meet at this place
        meet_s, angle = rng.uniform(30, 120), rng.uniform(0.7, 2.4)
        for aim, pace in (
            (first, speed),
            (first + angle, speed * rng.uniform(0.9, 1.1)),
        ):
            back = pace * meet_s * _ahead(aim)
            row = self._put(VEHICLE, x - back[0], y - back[1], aim, pace)
            self.at["clock"][row] = meet_s + 25.0

    def _flyer(self) -> None:
        x, y = self._somewhere()
        row = self._put(
            FLYER, x, y, self._across(), 35.0 * self.rng.uniform(0.85, 1.15)
        )
        self.at["clock"][row] = self.rng.exponential(20.0)

    def go_on(self) -> None:
        """Move everything by a step."""
        at, rng = self.at, self.rng
        lead = self.behind == np.arange(len(self.name))
        self._steer(lead)
        at["heading"] += at["turn"] * STEP_S
        step = np.where(lead, at["speed"] * STEP_S, 0.0)
        at["x"] += step * np.sin(at["heading"])
        at["y"] += step * np.cos(at["heading"])
        follow = np.flatnonzero(~lead)
        calm = STEP_S / 15.0  # sways 1.5 m about its place, for 15 s at a time
        self.sway[follow] += -calm * self.sway[follow] + 1.5 * np.sqrt(
            2 * calm
        ) * rng.normal(size=(len(follow), 2))
        place = self.off[follow] + self.sway[follow]
        at["x"][follow] = at["x"][self.behind[follow]] + place[:, 0]
        at["y"][follow] = at["y"][self.behind[follow]] + place[:, 1]
        at["left"] -= STEP_S

    def _steer(self, lead: NDArray[np.bool_]) -> None:
        at, rng = self.at, self.rng
        walk = np.flatnonzero(lead & (self.kind == WALKER))
        drift = rng.normal(0, 0.06 * np.sqrt(STEP_S), len(walk))
        home = 0.01 * STEP_S * (at["heading"][walk] - at["aim"][walk])
        at["heading"][walk] += drift - home
        at["clock"] -= STEP_S
        due = at["clock"] <= 0
        for row in np.flatnonzero(due & (self.kind == VEHICLE)):
            straight = at["turn"][row] == 0 and not self.stopped[row]
            self.stopped[row] = straight and rng.random() > 0.7
            at["turn"][row] = 0.0
            if not straight:
                at["clock"][row] = 5.0 + rng.exponential(35.0)
            elif self.stopped[row]:
                at["clock"][row] = rng.uniform(10, 40)
            else:
                at["clock"][row] = rng.uniform(6, 20)
                angle = rng.uniform(0.5, 2.1) * rng.choice((-1, 1))
                at["turn"][row] = angle / at["clock"][row]
        for row in np.flatnonzero(due & (self.kind == FLYER)):
            at["turn"][row] = 0.0 if at["turn"][row] else rng.normal(0, 0.03)
            at["clock"][row] = 5.0 + rng.exponential(15.0)
        drive = self.kind == VEHICLE
        share = np.where(self.stopped, 0.0, np.where(at["turn"] != 0, 0.75, 1.0))
        more = np.clip(at["cruise"] * share - at["speed"], -3 * STEP_S, 2 * STEP_S)
        at["speed"] += np.where(drive, more, 0.0)

    def leave(self) -> None:
        """Take away what is out of sight or has ended; a party goes with its leader."""
        gone = ~self.seen(self.at["x"], self.at["y"]) | (self.at["left"] <= 0)
        gone |= gone[self.behind]
        stay = np.flatnonzero(~gone)
        new_row = np.cumsum(~gone) - 1
        self.at = {name: part[stay] for name, part in self.at.items()}
        self.behind = new_row[self.behind[stay]]
        self.kind, self.stopped = self.kind[stay], self.stopped[stay]
        self.off, self.sway, self.name = (
            self.off[stay],
            self.sway[stay],
            self.name[stay],
        )


_PARTY = np.array([0.35 + 0.65 * 5.0, 1.2, 1.0])
_SHARES = (
    np.array([0.6, 0.3, 0.1]) / _PARTY / (np.array([0.6, 0.3, 0.1]) / _PARTY).sum()
)


def _ahead(way: float) -> Floats:
    return np.array([np.sin(way), np.cos(way)])


def made(wish: Wish) -> tuple[dict[str, Floats], dict[str, Floats], dict[str, Floats]]:
    """Return the columns of the sensors, of the detections and of the truth."""
    move, sense = (
        np.random.default_rng(s) for s in np.random.SeedSequence(wish.seed).spawn(2)
    )
    ground = Ground(wish, move)
    steps = round(wish.until_s / STEP_S) + 2
    past: list[tuple[Longs, Longs, Floats, Floats]] = []
    for step in range(steps):
        if step % round(2 / STEP_S) == 0:
            grown = min(1.0, 0.8 + 0.5 * step / steps)
            ground.fill(wish.targets * grown)
            ground.leave()
        past.append(
            (ground.name, ground.kind, ground.at["x"].copy(), ground.at["y"].copy())
        )
        ground.go_on()
        ground.leave()
    turn = np.mod(np.arange(wish.radars) * 0.618034, 1)
    phase = np.asarray(np.round(wish.period_s * turn, 3), np.float64)
    sensors = _sensors(wish, ground.radar_x, phase)
    return sensors, _detections(wish, past, ground.radar_x, phase, sense), _truth(past)


def _sensors(wish: Wish, x: Floats, phase: Floats) -> dict[str, Floats]:
    def all_(value: float) -> Floats:
        return np.full(len(x), value)

    return {
        "sensor_id": np.arange(len(x), dtype=np.float64),
        "x": x,
        "y": all_(0.0),
        "sigma_range_m": all_(wish.sigma_range_m),
        "sigma_azimuth_rad": all_(np.deg2rad(wish.sigma_azimuth_deg)),
        "pd": all_(wish.pd),
        "clutter_per_scan": all_(wish.clutter),
        "range_m": all_(wish.reach_m),
        "period_s": all_(wish.period_s),
        "phase_s": phase,
    }


def _truth(past: list[tuple[Longs, Longs, Floats, Floats]]) -> dict[str, Floats]:
    """Return who was where at each second, with the velocity over the next step."""
    rows = []
    each = round(1 / STEP_S)
    for step in range(0, len(past) - 1, each):
        name, kind, x, y = past[step]
        later, _, x1, y1 = past[step + 1]
        at = np.searchsorted(later, name)
        at = np.minimum(at, max(len(later) - 1, 0))
        stays = later[at] == name if len(later) else np.zeros(len(name), np.bool_)
        vx = np.where(stays, (x1[at] - x) / STEP_S, 0.0)
        vy = np.where(stays, (y1[at] - y) / STEP_S, 0.0)
        second = np.full(len(name), step * STEP_S)
        rows.append(np.column_stack([second, name, kind, x, y, vx, vy]))
    names = ("time_s", "target_id", "cls", "x", "y", "vx", "vy")
    return dict(zip(names, np.concatenate(rows).T, strict=True))


def _detections(
    wish: Wish,
    past: list[tuple[Longs, Longs, Floats, Floats]],
    radar_x: Floats,
    phase: Floats,
    rng: np.random.Generator,
) -> dict[str, Floats]:
    looks = []
    for radar in range(len(radar_x)):
        many = int((wish.until_s - phase[radar]) / wish.period_s) + 1
        times = np.round(phase[radar] + wish.period_s * np.arange(many), 3)
        looks += [(time, radar) for time in times.tolist() if time <= wish.until_s]
    found = []
    sigma = np.deg2rad(wish.sigma_azimuth_deg)
    for time, radar in sorted(looks):
        step, share = int(time / STEP_S), (time / STEP_S) % 1
        name, _, x, y = past[step]
        later, _, x1, y1 = past[step + 1]
        _, i, j = np.intersect1d(name, later, assume_unique=True, return_indices=True)
        dx = x[i] + share * (x1[j] - x[i]) - radar_x[radar]
        dy = y[i] + share * (y1[j] - y[i])
        far = np.hypot(dx, dy)
        hit = (far <= wish.reach_m) & (rng.random(len(far)) < wish.pd)
        many = int(hit.sum())
        r = np.abs(far[hit] + rng.normal(0, wish.sigma_range_m, many))
        way = np.arctan2(dx[hit], dy[hit]) + rng.normal(0, sigma, many)
        false = rng.poisson(wish.clutter)
        r = np.append(r, wish.reach_m * np.sqrt(rng.random(false)))
        way = np.append(way, rng.uniform(0, 2 * np.pi, false)) % (2 * np.pi)
        mixed = rng.permutation(len(r))
        head = np.column_stack([np.full(len(r), time), np.full(len(r), radar)])
        found.append(np.column_stack([head, r[mixed], way[mixed]]))
    names = ("time_s", "sensor_id", "range_m", "azimuth_rad")
    return dict(zip(names, np.concatenate(found).T, strict=True))


def write(folder: Path, wish: Wish) -> dict[str, float]:
    """Write a scene into a folder; return what it is like."""
    folder.mkdir(parents=True, exist_ok=True)
    sensors, found, truth = made(wish)
    table = np.column_stack(list(sensors.values()))
    np.savetxt(
        folder / "sensors.csv", table, delimiter=",", comments="", fmt="%.9g",
        header=",".join(sensors),
    )  # fmt: skip
    # NumPy's types take any name for its one switch, `allow_pickle`.
    np.savez_compressed(folder / "detections.npz", **found)  # type: ignore[arg-type]
    np.savez_compressed(folder / "truth.npz", **truth)  # type: ignore[arg-type]
    names, which = np.unique(truth["target_id"], return_index=True)
    kinds = np.bincount(truth["cls"][which].astype(int), minlength=3)
    told = {
        "detections": len(found["time_s"]),
        "targets": len(names),
        "at_once": len(truth["time_s"]) / len(np.unique(truth["time_s"])),
        **{f"{name}s": int(n) for name, n in zip(CLASSES, kinds, strict=True)},
    }
    (folder / "scene.json").write_text(json.dumps({**asdict(wish), **told}))
    return told


def main() -> None:
    """Make one scene and say what it is like."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", type=Path)
    for name in ("radars", "targets", "seed"):
        words.add_argument(f"--{name}", type=int, default=getattr(Wish, name))
    for name in ("until_s", "spacing_m", "period_s", "pd", "clutter"):
        words.add_argument(f"--{name}", type=float, default=getattr(Wish, name))
    asked = vars(words.parse_args())
    print(json.dumps(write(asked.pop("folder"), Wish(**asked))))


if __name__ == "__main__":
    main()
