"""Settings of the tracker: how targets move, and when a track is believed."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from linewatch.errors import BadValue, UnknownName
from linewatch.watch.tracker.arrays import Bank, Rule

CLASSES: Final = ("walker", "vehicle", "flyer")
"""Classes of target, in the order of every class chance."""

KINDS: Final = ("straight", "standing", "turning")


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """One way to move.

    Parameters
    ----------
    name : str
        Name within the bank.
    target : str
        Class that moves so, one of `CLASSES`.
    kind : str
        ``straight``, ``standing`` or ``turning``.
    noise : float
        White acceleration [m2/s3]; for ``standing`` a random walk of the place [m2/s].
    speed_mps : float
        One sigma of each part of a new target's velocity [m/s].
    prior : float
        Chance that a new target moves so.
    stay_s : float
        Mean time before it moves another way [s].
    then : dict of str to float
        Names of what follows, with their shares; those sum to 1.
    turn_rps : float
        Turn rate of ``turning`` [rad/s], clockwise above 0.
    """

    name: str
    target: str
    kind: str = "straight"
    noise: float = 0.0
    speed_mps: float = 0.0
    prior: float = 0.0
    stay_s: float = float("inf")
    then: tuple[tuple[str, float], ...] = ()
    turn_rps: float = 0.0

    def __post_init__(self) -> None:
        if self.target not in CLASSES:
            raise UnknownName("target class", self.target, CLASSES)
        if self.kind not in KINDS:
            raise UnknownName("kind of motion", self.kind, KINDS)
        for name in ("noise", "speed_mps", "prior"):
            if not getattr(self, name) >= 0:
                raise BadValue(f"{self.name}.{name}", "0 or more", getattr(self, name))
        if not self.stay_s > 0:
            raise BadValue(f"{self.name}.stay_s", "above 0", self.stay_s)
        if self.kind == "turning" and not abs(self.turn_rps) > 0:
            raise BadValue(f"{self.name}.turn_rps", "other than 0", self.turn_rps)


BANK: Final = (
    Motion(
        name="walk",
        target="walker",
        noise=0.006,
        speed_mps=1.0,
        prior=0.6,
        stay_s=900,
        then=(("rest", 1.0),),
    ),
    Motion(
        name="rest",
        target="walker",
        kind="standing",
        noise=0.01,
        prior=0.02,
        stay_s=300,
        then=(("walk", 1.0),),
        speed_mps=0.0,
    ),
    Motion(
        name="cruise",
        target="vehicle",
        noise=0.05,
        speed_mps=8.5,
        prior=0.2,
        stay_s=40,
        then=(("manoeuvre", 1.0),),
    ),
    Motion(
        name="manoeuvre",
        target="vehicle",
        noise=6.0,
        speed_mps=8.5,
        prior=0.05,
        stay_s=13,
        then=(("cruise", 0.7), ("stop", 0.3)),
    ),
    Motion(
        name="stop",
        target="vehicle",
        kind="standing",
        noise=0.01,
        prior=0.03,
        stay_s=25,
        then=(("manoeuvre", 1.0),),
    ),
    Motion(
        name="fly",
        target="flyer",
        noise=0.1,
        speed_mps=25.0,
        prior=0.05,
        stay_s=20,
        then=(("weave", 1.0),),
    ),
    Motion(
        name="weave",
        target="flyer",
        noise=3.0,
        speed_mps=25.0,
        prior=0.05,
        stay_s=20,
        then=(("fly", 1.0),),
    ),
)
"""The standard bank: walkers, vehicles that turn and stop, and low flyers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerSettings:
    """How the tracker believes.

    Parameters
    ----------
    bank : tuple of Motion
        Ways to move.
    life_s : float
        Mean life of a target [s].
    gone_s : float
        Mean time that a track beyond every sensor is kept [s].
    birth_per_km2_h : float
        New targets [1/(km2 h)].
    unseen_per_km2 : float
        Undetected targets before the first look [1/km2].
    gate : float
        Largest squared normalised distance of a pair.
    confirm, hide : float
        Existence above which a track is shown, and below which it is hidden.
    forget : float
        Existence below which a track ends.
    blur_m : float
        A track is shown when exist (1 - variance / blur_m^2) exceeds `confirm` [m].
    merge : float
        Two tracks of one place become one when their existences sum below this.
    close : float
        Belief propagation ends when no message changes by more than this part.
    keep : float
        Chance below which a model of a track is left out.
    lag_s : float
        How late a detection may come and still be used at its own time [s].
    every_s : float
        Period of the written picture [s].
    kept : int
        Detections kept per track.
    bad : str
        ``refuse`` raises on NaN or negative figures, ``count`` counts them.
    trail : bool
        Keep what made each track for `Tracker.trail`.
    trail_most : int
        Rows of the trail kept until they are fetched (176 bytes each).
    """

    bank: tuple[Motion, ...] = BANK
    life_s: float = 900.0
    gone_s: float = 5.0
    birth_per_km2_h: float = 0.5
    unseen_per_km2: float = 0.1
    gate: float = 18.0
    confirm: float = 0.5
    hide: float = 0.3
    forget: float = 0.003
    blur_m: float = 100.0
    merge: float = 1.3
    close: float = 3e-3
    keep: float = 1e-3
    lag_s: float = 0.0
    every_s: float = 1.0
    kept: int = 8
    bad: str = "count"
    trail: bool = False
    trail_most: int = 2_000_000

    def __post_init__(self) -> None:
        for name in ("life_s", "gone_s", "gate", "blur_m", "every_s", "close"):
            if not getattr(self, name) > 0:
                raise BadValue(name, "above 0", getattr(self, name))
        if not 0 < self.hide <= self.confirm < 1:
            raise BadValue(
                "confirm", f"from hide ({self.hide}) to below 1", self.confirm
            )
        if not self.lag_s >= 0:
            raise BadValue("lag_s", "0 or more", self.lag_s)
        if not self.kept >= 1:
            raise BadValue("kept", "1 or more", self.kept)
        if not self.trail_most >= 1:
            raise BadValue("trail_most", "1 or more", self.trail_most)
        if self.bad not in ("refuse", "count"):
            raise UnknownName("way with bad detections", self.bad, ("refuse", "count"))

    def arrays(self) -> Bank:
        """Return the bank as arrays for the kernels."""
        names = [motion.name for motion in self.bank]
        split = np.zeros((len(names), len(names)))
        for row, motion in enumerate(self.bank):
            for name, part in motion.then:
                if name not in names:
                    raise UnknownName("motion", name, names)
                split[row, names.index(name)] = part
        prior = np.array([motion.prior for motion in self.bank])
        return Bank(
            kind=np.array([KINDS.index(m.kind) for m in self.bank], np.int64),
            noise=np.array([float(m.noise) for m in self.bank]),
            turn=np.array([float(m.turn_rps) for m in self.bank]),
            speed=np.array([float(m.speed_mps) for m in self.bank]),
            prior=prior / prior.sum(),
            leave=np.array([1 / m.stay_s if m.then else 0.0 for m in self.bank]),
            split=split,
        )

    def rule(self) -> Rule:
        """Return the figures for the kernels."""
        return Rule(
            life_s=float(self.life_s),
            gone_s=float(self.gone_s),
            birth=float(self.birth_per_km2_h) / 3.6e9,
            unseen=float(self.unseen_per_km2) / 1e6,
            gate=float(self.gate),
            keep=float(self.keep),
            confirm=float(self.confirm),
            hide=float(self.hide),
            forget=float(self.forget),
            blur_m=float(self.blur_m),
            merge=float(self.merge),
            close=float(self.close),
            every_s=float(self.every_s),
        )

    def class_of(self) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        """Return (models, classes): 1 where a model is of a class."""
        return np.array([[float(m.target == c) for c in CLASSES] for m in self.bank])
