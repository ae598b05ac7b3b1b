"""What the page shows, as plain values that a mission or a log fills.

The part that stands still is a `Picture`; the part that moves is a `LiveFrame`, made
again each second. Neither has a field for a person. Angles are degrees and distances
along the line are kilometres here, for this is a door; columns of tracks keep the units
of the tracker and are converted as they leave.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linewatch.errors import BadValue
from linewatch.watch.values import Alert, Handover, Target

TARGETS: Final = (Target.UNKNOWN, Target.WALKER, Target.VEHICLE, Target.FLYER)
"""Classes in the order of their codes on the wire: unknown is 0."""

Floats = NDArray[np.float64]


def _column(name: str, values: ArrayLike, rows: int | None = None) -> Floats:
    """Check one column: one axis, and as many rows as its neighbours."""
    column = np.ascontiguousarray(values, dtype=np.float64)
    if column.ndim != 1:
        raise BadValue(name, "of one axis", f"{column.ndim} axes")
    if rows is not None and column.size != rows:
        raise BadValue(name, f"{rows} long, as its neighbours", column.size)
    return column


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A line to draw, thinned to what a screen can tell apart.

    Parameters
    ----------
    lon_deg, lat_deg : ndarray of float, shape (n,)
        Vertices [deg], WGS 84, in growing chainage.
    chainage_m : ndarray of float, shape (n,)
        Distance along the line of each vertex [m].

    Raises
    ------
    BadValue
        If the columns differ in length, or there are fewer than two vertices.
    """

    lon_deg: Floats
    lat_deg: Floats
    chainage_m: Floats

    def __post_init__(self) -> None:
        rows = len(self.lon_deg)
        if rows < 2:
            raise BadValue("outline", "of 2 vertices or more", rows)
        for name in ("lon_deg", "lat_deg", "chainage_m"):
            object.__setattr__(self, name, _column(name, getattr(self, name), rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector:
    """A named stretch of the line, from `from_km` to `to_km` [km]."""

    name: str
    from_km: float
    to_km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """A port of entry at `chainage_km` [km] and (`lon_deg`, `lat_deg`) [deg]."""

    name: str
    chainage_km: float
    lon_deg: float
    lat_deg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A zone with its dates (ISO 8601); edges are None where they are not known."""

    name: str
    from_km: float | None
    to_km: float | None
    start: str | None
    end: str | None
    edges_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place where a sensor stands. `reach_m` is its farthest reach [m].

    `node` is the name under which the node registers (`Node.name`), if it has one, and
    `like` the built-in kind that its kind is, or is like.
    """

    name: str
    kind: str
    lon_deg: float
    lat_deg: float
    chainage_km: float
    reach_m: float
    node: str = ""
    like: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Planned chance of detection of a crossing along the line, by target.

    Parameters
    ----------
    chainage_km : ndarray of float, shape (n,)
        Where along the line [km], growing.
    chance : mapping of str to ndarray of float, shape (n,)
        Chance of at least one detection of a crossing [-], by target.
    """

    chainage_km: Floats
    chance: Mapping[str, Floats]

    def __post_init__(self) -> None:
        at_km = _column("chainage_km", self.chainage_km)
        object.__setattr__(self, "chainage_km", at_km)
        chance = {
            name: _column(f"chance of {name}", column, at_km.size)
            for name, column in self.chance.items()
        }
        for name, column in chance.items():
            if not np.all((column >= 0) & (column <= 1)):
                raise BadValue(f"chance of {name}", "in [0, 1]", "outside it")
        object.__setattr__(self, "chance", chance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Force:
    """The five strengths on a date, never mixed, and those present by status."""

    on: str
    organic: int
    approved: int
    sourced: int
    in_transit: int
    present: int
    by_status: Mapping[str, int]
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One proposal in a line or two: its kind, its summary and its cost in words."""

    kind: str
    summary: str
    cost: str = ""
    decided: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The part of the picture that stands still.

    Parameters
    ----------
    name : str
        Name of the area or the mission.
    line : Outline
        The line itself.
    sectors, ports, zones, sites, plans : tuple
        What is on it, each in growing chainage.
    terrain_generated : bool
        Whether the ground is made up; the page then says so at all times.
    terrain_source : str
        Where the ground comes from.
    coverage : Coverage or None
        Planned chance of detection along the line.
    force : Force or None
        Who is there.
    credits : tuple of str
        Whom to thank, as their licences ask.
    offices : tuple of str
        Offices that may acknowledge an alert, to choose from: never a person's name.
    mode : {"live", "recorded"}
        Whether frames come as the watch runs, or the log of a watch is shown.
    """

    name: str
    line: Outline
    sectors: tuple[Sector, ...] = ()
    ports: tuple[Port, ...] = ()
    zones: tuple[Zone, ...] = ()
    sites: tuple[Site, ...] = ()
    terrain_generated: bool
    terrain_source: str
    coverage: Coverage | None = None
    force: Force | None = None
    plans: tuple[Plan, ...] = ()
    credits: tuple[str, ...] = ()
    offices: tuple[str, ...] = ("Watch desk",)
    mode: Literal["live", "recorded"] = "live"

    @property
    def length_km(self) -> float:
        """Length of the line [km]."""
        return float(self.line.chainage_m[-1]) / 1000

    def sector_at(self, chainage_km: float) -> str:
        """Name the sector at a distance along the line [km]; empty if there is none."""
        for sector in self.sectors:
            if sector.from_km <= chainage_km <= sector.to_km:
                return sector.name
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracks:
    """Tracks as a structure of arrays, each of shape (n,).

    Parameters
    ----------
    track_id : ndarray of int
        Identifier, 0 to 2**32 - 1.
    lon_deg, lat_deg : ndarray of float
        Place [deg], WGS 84.
    chainage_m, offset_m : ndarray of float
        Along the line [m] and off it [m], + on the left (north).
    speed_mps, azimuth_rad : ndarray of float
        Speed over the ground [m/s]; course [rad] clockwise from true north.
    existence : ndarray of float
        Chance that the track is real [-].
    target : ndarray of int
        Code of the likeliest class: an index into `TARGETS`.
    last_seen_s : ndarray of float
        Time of the last detection in it, seconds of UTC since 1970 [s].
    """

    track_id: NDArray[np.int64]
    lon_deg: Floats
    lat_deg: Floats
    chainage_m: Floats
    offset_m: Floats
    speed_mps: Floats
    azimuth_rad: Floats
    existence: Floats
    target: NDArray[np.uint8]
    last_seen_s: Floats

    def __post_init__(self) -> None:
        ids = np.ascontiguousarray(self.track_id, dtype=np.int64)
        target = np.ascontiguousarray(self.target, dtype=np.uint8)
        if ids.size and not (ids.min() >= 0 and ids.max() < 2**32):
            raise BadValue("track_id", "in [0, 2**32)", f"{ids.min()} to {ids.max()}")
        if target.shape != ids.shape:
            raise BadValue("target", f"of shape {ids.shape}", target.shape)
        if target.size and not target.max() < len(TARGETS):
            raise BadValue("target", f"below {len(TARGETS)}", target.max())
        object.__setattr__(self, "track_id", ids)
        object.__setattr__(self, "target", target)
        for name in FLOAT_COLUMNS:
            object.__setattr__(self, name, _column(name, getattr(self, name), ids.size))

    def __len__(self) -> int:
        return int(self.track_id.size)

    @staticmethod
    def none() -> "Tracks":
        """Make the empty table."""
        columns = {name: np.empty(0) for name in FLOAT_COLUMNS}
        empty = np.empty(0, np.int64)
        return Tracks(track_id=empty, target=empty.astype(np.uint8), **columns)


FLOAT_COLUMNS: Final = (
    "lon_deg",
    "lat_deg",
    "chainage_m",
    "offset_m",
    "speed_mps",
    "azimuth_rad",
    "existence",
    "last_seen_s",
)
"""Columns of `Tracks` that hold floats, in the order of its fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """Which office acknowledged an alert, and when, in mission time [s]."""

    alert_id: str
    time_s: float
    office: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stitch:
    """Track `later` may continue `earlier`; `chance` is that of one target [-]."""

    earlier: int
    later: int
    chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFrame:
    """The part of the picture that moves, as known at one instant.

    Parameters
    ----------
    seq : int
        Grows by one or more with each frame; two frames with one `seq` are equal.
    time_s : float
        Mission time, seconds of UTC since 1970 [s].
    tracks : Tracks
        Confirmed tracks.
    alerts : tuple of Alert
        Alerts to show, in any order.
    handovers : tuple of Handover
        Handovers of those alerts, with their receipts when those have come.
    acknowledgements : tuple of Acknowledgement
        Which of them an office has acknowledged.
    nodes : mapping of str to str
        Health of each node (a value of `Health`) by its name.
    counters : mapping of str to number
        Counts to show, such as detections so far, by their label.
    stitches : tuple of Stitch
        Which tracks may continue which, the latest, newest last.
    ended : bool
        Whether the watch has ended: then no newer frame is to be waited for.
    """

    seq: int
    time_s: float
    tracks: Tracks
    alerts: tuple[Alert, ...] = ()
    handovers: tuple[Handover, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()
    nodes: Mapping[str, str] = field(default_factory=dict)
    counters: Mapping[str, float] = field(default_factory=dict)
    stitches: tuple[Stitch, ...] = ()
    ended: bool = False


class PictureSource(Protocol):
    """Whoever fills the page: a running mission, or a log.

    Both methods are quick and run in the server's event loop: they hand out a value
    that is made already.
    """

    def static(self) -> Picture:
        """Give the part that stands still."""
        ...

    def live(self) -> LiveFrame:
        """Give the newest frame."""
        ...
