"""Forms of file: our own columns, Stone Soup's readers' and MOTChallenge's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from linewatch.errors import BadFile, BadValue, UnknownName
from linewatch.watch.tracker.files_read import figures, first_line, is_csv, times
from linewatch.watch.tracker.settings import CLASSES

OWN, STONESOUP, MOT = FORMS = ("linewatch", "stonesoup", "mot")
"""Forms of file that are known."""

DETECTION_COLUMNS: Final = ("time_s", "sensor_id", "range_m", "azimuth_rad")
DETECTION_EXTRA: Final = (
    "elevation_rad", "range_rate_mps", "x", "y", "cov_xx", "cov_xy", "cov_yy",
    "radius_m", "along_m", "own_x", "own_y", "detection_id",
)  # fmt: skip
TRUTH_COLUMNS: Final = ("time_s", "target_id", "x", "y")
TRUTH_EXTRA: Final = ("class", "cls", "vx", "vy")
TRACK_COLUMNS: Final = ("time_s", "track_id", "x", "y")
AXES: Final = ("x", "y", "vx", "vy")
MORE: Final = (
    *(f"chance_{name}" for name in CLASSES),
    *("count_low", "count_high", "first_seen_s", "last_seen_s"),
    *(f"cov_{a}_{b}" for at, a in enumerate(AXES) for b in AXES[at:]),
    "made_by",
)
"""Columns of tracks that are written on request, after those that always are."""

TRACK_EXTRA: Final = ("vx", "vy", "existence", "class", *MORE)
UNREAD: Final = ("class", "cls", "existence", *MORE)
"""Columns of truths and tracks that no score asks for."""

MOT_COLUMNS: Final = (
    "frame", "id", "left", "top", "width", "height", "conf", "x", "y", "z"
)  # fmt: skip
"""MOTChallenge's columns; the last three are a place, or -1."""

SPOKEN: Final[Mapping[str, tuple[str, ...]]] = {
    "time_s": ("time_s", "time", "timestamp", "datetime", "date_time", "t", "epoch"),
    "sensor_id": ("sensor_id", "sensor"),
    "ident": (
        "track_id", "target_id", "path_id", "object_id", "truth_id", "id", "mmsi",
    ),
    "range_m": ("range_m", "range", "r"),
    "azimuth_rad": ("azimuth_rad", "azimuth"),
    "bearing_rad": ("bearing_rad", "bearing", "phi"),
    "elevation_rad": ("elevation_rad", "elevation", "theta"),
    "range_rate_mps": ("range_rate_mps", "range_rate", "rdot"),
    "x": ("x", "x_m", "east", "easting", "pos_x", "position_x"),
    "y": ("y", "y_m", "north", "northing", "pos_y", "position_y"),
    "vx": ("vx", "x_vel", "vel_x", "velocity_x", "dx", "ve"),
    "vy": ("vy", "y_vel", "vel_y", "velocity_y", "dy", "vn"),
    "cov_xx": ("cov_xx", "var_x"),
    "cov_xy": ("cov_xy",),
    "cov_yy": ("cov_yy", "var_y"),
    "own_x": ("own_x",),
    "own_y": ("own_y",),
    "radius_m": ("radius_m",),
    "detection_id": ("detection_id",),
}  # fmt: skip
"""Figures, and the names that Stone Soup-style files give their columns."""

Floats = NDArray[np.float64]
Columns = dict[str, Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSettings:
    """How a file is to be understood.

    Parameters
    ----------
    form : str
        One of `FORMS`, or ``auto``: told by the first line.
    columns : mapping of str to str
        Our name of a figure to the file's name of its column. Columns that are not
        named are then left unread.
    frames_per_s : float or None
        Frames of a MOT-style file a second; a frame is a second where None.
    metres_per_pixel : float
        Size of a MOT-style file's pixels, for boxes without a place.
    boxes : bool
        Take the boxes of a MOT-style file even where it has places.
    """

    form: str = "auto"
    columns: Mapping[str, str] = field(default_factory=dict)
    frames_per_s: float | None = None
    metres_per_pixel: float = 1.0
    boxes: bool = False

    def __post_init__(self) -> None:
        if self.form not in (*FORMS, "auto"):
            raise UnknownName("form of file", self.form, (*FORMS, "auto"))
        unknown = [name for name in self.columns if name not in {*SPOKEN, "ident"}]
        if unknown:
            raise UnknownName("figure", unknown[0], list(SPOKEN))
        if self.frames_per_s is not None and not self.frames_per_s > 0:
            raise BadValue("frames a second", "above 0", self.frames_per_s)
        if not self.metres_per_pixel > 0:
            raise BadValue("metres per pixel", "above 0", self.metres_per_pixel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which column of one file holds which figure.

    Parameters
    ----------
    form : str
        One of `FORMS`.
    of : mapping of str to str
        Our name of a figure to the file's name of its column.
    read : tuple of str
        Columns to read; of a headless file, all of them in order.
    headless : bool
        The first line is a row.
    """

    form: str
    of: Mapping[str, str]
    read: tuple[str, ...]
    headless: bool = False

    @property
    def text(self) -> tuple[str, ...]:
        """Columns that may hold words or dates."""
        if self.form == MOT:
            return ()
        loose = ("time_s", "ident") if self.form == STONESOUP else ("ident",)
        return tuple(self.of[name] for name in loose if name in self.of)


def layout(
    path: Path,
    settings: FormSettings,
    *,
    needs: Sequence[str],
    also: Sequence[str],
    ident: str | None = None,
) -> Layout:
    """Find out which column of a file is which.

    Parameters
    ----------
    path : Path
        The file.
    settings : FormSettings
        What is known about it.
    needs, also : sequence of str
        Our names of columns that it must and that it may have.
    ident : str, optional
        Our name of the column that tells one path from another.

    Raises
    ------
    BadFile
        If it lacks a column, has one twice or, in our form, an unknown one.
    """
    names = first_line(path)
    form = settings.form
    if form == "auto":
        form = _guessed(path, names, settings)
    if form == MOT:
        return _mot(path, names)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadFile(path, f"has the column {', '.join(twice)} twice")
    if form == STONESOUP or settings.columns:
        return _spoken(path, names, settings, [n for n in needs if n != ident], ident)
    return _own(path, names, needs, also, ident)


def _guessed(path: Path, names: list[str], settings: FormSettings) -> str:
    """Tell the form of a file by its first line."""
    if settings.columns:
        return STONESOUP
    if is_csv(path) and len(names) >= 7 and not np.isnan(_words(names)).any():
        return MOT
    # The name of the time tells: ours carries its unit.
    if "time_s" in names:
        return OWN
    lower = {name.lower() for name in names}
    return STONESOUP if lower & set(SPOKEN["time_s"]) else OWN


def _words(names: list[str]) -> Floats:
    return figures(pa.chunked_array([pa.array(names, pa.string())]))


def _own(
    path: Path,
    names: list[str],
    needs: Sequence[str],
    also: Sequence[str],
    ident: str | None,
) -> Layout:
    lacking = [name for name in needs if name not in names]
    unknown = [name for name in names if name not in needs and name not in also]
    if lacking:
        raise BadFile(path, f"lacks the column {', '.join(lacking)}")
    if unknown:
        raise BadFile(
            path,
            f"has the unknown column {', '.join(unknown)}; known are"
            f" {', '.join([*needs, *also])}",
        )
    told_ = [name for name in names if name not in UNREAD]
    of = {("ident" if name == ident else name): name for name in told_}
    return Layout(form=OWN, of=of, read=tuple(told_))


def _spoken(
    path: Path,
    names: list[str],
    settings: FormSettings,
    needs: Sequence[str],
    ident: str | None,
) -> Layout:
    """Find columns by the names given, then by those that are usual."""
    of: dict[str, str] = {}
    for figure, column in settings.columns.items():
        if column not in names:
            raise BadFile(path, f"lacks the column {column}")
        of[figure] = column
    lower = {name.lower(): name for name in reversed(names)}
    for figure, usual in SPOKEN.items():
        found = [lower[name] for name in usual if name in lower]
        if figure not in of and found and found[0] not in of.values():
            of[figure] = found[0]
    must = [*needs, "ident"] if ident else list(needs)
    for figure in must:
        if figure not in of and not (figure == "azimuth_rad" and "bearing_rad" in of):
            usual_names = ", ".join(SPOKEN[figure])
            raise BadFile(
                path,
                f"has no column for {figure}: none is called {usual_names};"
                f" name it, as {figure}=COLUMN",
            )
    return Layout(form=STONESOUP, of=of, read=tuple(dict.fromkeys(of.values())))


def _mot(path: Path, names: list[str]) -> Layout:
    """Name the columns of a MOT-style file by how many there are."""
    if len(names) < 7:
        raise BadFile(path, f"has {len(names)} columns: a MOT-style file has 7 or more")
    read: tuple[str, ...] = MOT_COLUMNS
    if len(names) != 10:  # truth of later years has class and visibility there
        rest = tuple(f"more{at}" for at in range(len(names) - 7))
        read = (*MOT_COLUMNS[:7], *rest)
    of = {name: name for name in read if not name.startswith("more")}
    of["ident"] = of.pop("id")
    return Layout(form=MOT, of=of, read=read, headless=True)


def told(table: pa.Table, plan: Layout, settings: FormSettings) -> Columns:
    """Return the figures of some rows by our names, NaN where there is none.

    Text of the column that tells paths apart is left out.
    """
    found: Columns = {}
    for name, column in plan.of.items():
        if name == "ident":
            continue
        read = times if name == "time_s" else figures
        found[name] = read(table[column])
    if plan.form == MOT:
        return _mot_told(found, settings)
    if "bearing_rad" in found:  # Stone Soup's bearing is counterclockwise from east
        found["azimuth_rad"] = np.pi / 2 - found.pop("bearing_rad")
    return found


def _mot_told(found: Columns, settings: FormSettings) -> Columns:
    rate, scale = settings.frames_per_s or 1.0, settings.metres_per_pixel
    x = (found["left"] + found["width"] / 2) * scale
    y = (found["top"] + found["height"]) * scale
    if "x" in found and not settings.boxes:
        placed = (found["x"] != -1) | (found["y"] != -1)
        x, y = np.where(placed, found["x"], x), np.where(placed, found["y"], y)
    return {"time_s": found["frame"] / rate, "x": x, "y": y, "conf": found["conf"]}
