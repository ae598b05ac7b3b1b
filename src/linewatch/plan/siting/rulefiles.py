"""Rules of siting as files: kinds, crews, existing and forbidden sites, links."""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from linewatch.errors import BadFile, BadLines, BadValue
from linewatch.plan.siting.cover import Floats
from linewatch.plan.siting.files import (
    DEMAND_COLUMNS,
    FIRST_LINE,
    MOST_WORTH,
    SITE_COLUMNS,
    Table,
    names_of,
    numbers_of,
    places_of,
    read_columns,
)
from linewatch.plan.siting.limits import Flags, Limits, Links, Rows
from linewatch.plan.siting.rules import crews, one_a_place, spacing

KIND_COLUMNS: Final = {"kind": True, "at_most": True, "crew": False, "takes": False}
CREW_COLUMNS: Final = {"crew": True, "have": True}
EXISTING_COLUMNS: Final = {"site": True, "stays": True}
SITE_ONLY: Final = {"site": True}
LINK_COLUMNS: Final = {"site": True, "other": True}
DISTANCE_COLUMNS: Final = {"site": True, "cell": True, "distance": True}
"""Columns of each file, and whether each must be there."""

MOST_DISTANCES: Final = 200_000_000
"""Cells by sites that a table of distances may hold: 1.6 GB."""

LIKE_DEGREES: Final = 20.0
"""Extents of all places that a spacing must exceed for them to be degrees [-]: metres
that lie so near would leave one site at most in any case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFiles:
    """Where rules are read from; None where there are none.

    Parameters
    ----------
    kinds : Path or None
        ``kind,at_most[,crew,takes]``.
    crews : Path or None
        ``crew,have``.
    existing : Path or None
        ``site,stays``: ``fixed`` is chosen in any case and beyond every count and cost;
        ``free`` costs nothing if chosen.
    forbidden : Path or None
        ``site``.
    links, gateways : Path or None
        ``site,other`` and ``site``: every chosen site must reach a gateway over chosen
        ones.
    spacing_m : float or None
        Least distance of two chosen sites [m].
    """

    kinds: Path | None = None
    crews: Path | None = None
    existing: Path | None = None
    forbidden: Path | None = None
    links: Path | None = None
    gateways: Path | None = None
    spacing_m: float | None = None


def with_rules(
    table: Table, files: RuleFiles, *, total: int | None, budget: float
) -> tuple[Table, Limits]:
    """Read the rules; return the table, free sites at no cost, and the limits.

    Raises
    ------
    BadFile, BadLines, BadValue
        If a file or a rule cannot be used.
    """
    sites = table.cover.sites
    names = pa.array(table.names)
    held, barred = np.zeros(sites, bool), np.zeros(sites, bool)
    if files.existing:
        held, free = _existing(files.existing, names)
        cost = np.where(free, 0.0, table.cover.cost)
        table = replace(table, cover=replace(table.cover, cost=cost))
    if files.forbidden:
        rows = read_columns(files.forbidden, SITE_ONLY)
        barred[places_of(files.forbidden, rows, "site", names)] = True
        both = np.flatnonzero(held & barred)
        if both.size:
            told = f"{table.names[int(both[0])]} is there as fixed"
            raise BadFile(files.forbidden, told)
    rules = one_a_place(table.place)
    if files.spacing_m is not None:
        rules = rules.joined(_spacing(table, files.spacing_m))
    count = None
    if files.kinds:
        count, crew_rows = _kinds(files.kinds, files.crews, table)
        rules = rules.joined(crew_rows)
    elif files.crews:
        raise BadValue("--crews", "given with --kinds, which says who takes them", "so")
    return table, Limits(
        count=count,
        total=total,
        budget=budget,
        held=held,
        barred=barred,
        rows=rules,
        links=_links(files, names),
        kinds=table.kinds,
    )


def _spacing(table: Table, least_m: float) -> Rows:
    """Return rows that keep sites apart, unless it is not known where they are."""
    if table.x is None or table.y is None:
        rule = "given with sites that have lon_deg and lat_deg, or x and y"
        raise BadValue("--spacing", rule, "without")
    if table.z is None:
        wide, high = float(np.ptp(table.x)), float(np.ptp(table.y))
        as_degrees = np.abs(table.x).max() <= 180 and np.abs(table.y).max() <= 90
        if as_degrees and 0 < LIKE_DEGREES * math.hypot(wide, high) < least_m:
            rule = "given with x and y in metres, or lon_deg and lat_deg for degrees"
            got = f"with all within {math.hypot(wide, high):.3g} of each other"
            raise BadValue("--spacing", rule, got)
    return spacing(table.x, table.y, least_m, table.z)


def _existing(path: Path, names: pa.Array) -> tuple[Flags, Flags]:
    """Read existing sites: which are fixed, and which are free."""
    rows = read_columns(path, EXISTING_COLUMNS)
    names_of(path, rows, "site")
    site = places_of(path, rows, "site", names)
    stays = rows["stays"].to_pylist()
    wrong = [
        (n + FIRST_LINE, f"stays must be fixed or free, not {word}")
        for n, word in enumerate(stays)
        if word not in ("fixed", "free")
    ]
    if wrong:
        raise BadLines(path, wrong)
    fixed = np.array([word == "fixed" for word in stays])
    held, free = np.zeros(len(names), bool), np.zeros(len(names), bool)
    held[site[fixed]] = True
    free[site[~fixed]] = True
    return held, free


def _kinds(
    path: Path, crew_path: Path | None, table: Table
) -> tuple[tuple[int, ...], Rows]:
    """Read how many sites of each kind there may be, and the crews they take."""
    rows = read_columns(path, KIND_COLUMNS)
    names = names_of(path, rows, "kind").to_pylist()
    most = _whole(path, rows, "at_most")
    unknown = [
        (n + FIRST_LINE, f"no site is of kind {name}")
        for n, name in enumerate(names)
        if name not in table.kinds
    ]
    if unknown:
        raise BadLines(path, unknown)
    lacking = [name for name in table.kinds if name not in names]
    if lacking:
        raise BadFile(path, f"lacks the kind {lacking[0]!r}, which the sites have")
    by_name = dict(zip(names, most, strict=True))
    count = tuple(by_name[name] for name in table.kinds)
    none = Rows.of(table.cover.sites, [])
    if "crew" not in rows.column_names:
        if crew_path:
            raise BadFile(path, "lacks the column 'crew', which --crews asks for")
        return count, none
    if not crew_path:
        raise BadValue("--crews", "given where the kinds name crews", "left out")
    takes, have = _takes(path, crew_path, rows)
    return count, crews(table.cover.kind, table.kinds, takes, have)


def _takes(
    path: Path, crew_path: Path, rows: pa.Table
) -> tuple[dict[str, dict[str, float]], dict[str, int]]:
    """Read what sites of each kind take of each crew, and the crews there are."""
    names = rows["kind"].to_pylist()
    told = read_columns(crew_path, CREW_COLUMNS)
    crew_names = names_of(crew_path, told, "crew").to_pylist()
    have = dict(zip(crew_names, _whole(crew_path, told, "have"), strict=True))
    takes: dict[str, dict[str, float]] = {}
    each = [1.0] * len(names)
    if "takes" in rows.column_names:
        each = numbers_of(path, rows, "takes", most=MOST_WORTH).tolist()
    faults = []
    for n, (name, crew) in enumerate(zip(names, rows["crew"].to_pylist(), strict=True)):
        if not crew:
            continue
        if crew not in have:
            faults.append((n + FIRST_LINE, f"there is no crew {crew}"))
        takes.setdefault(crew, {})[name] = each[n]
    if faults:
        raise BadLines(path, faults)
    return takes, have


def _whole(path: Path, rows: pa.Table, column: str) -> list[int]:
    """Return a column of whole numbers from 0."""
    values = numbers_of(path, rows, column, most=1e9)
    parts = np.flatnonzero(values != np.rint(values))
    if parts.size:
        told = [
            (int(n) + FIRST_LINE, f"{column} must be whole, not {values[n]:g}")
            for n in parts
        ]
        raise BadLines(path, told)
    whole: list[int] = values.astype(np.int64).tolist()
    return whole


def _links(files: RuleFiles, names: pa.Array) -> Links | None:
    """Read who can talk to whom. A gateway may be a site, or stand by itself."""
    if files.links is None and files.gateways is None:
        return None
    if files.links is None or files.gateways is None:
        raise BadValue("--links and --gateways", "given together", "one alone")
    gates = read_columns(files.gateways, SITE_ONLY)
    outside = names_of(files.gateways, gates, "site").to_pylist()
    rows = read_columns(files.links, LINK_COLUMNS)
    known = set(names.to_pylist())
    alone = pa.array([name for name in outside if name not in known], pa.string())
    both = pa.concat_arrays([names, alone])
    what = "site or gateway"
    one = places_of(files.links, rows, "site", both, what)
    other = places_of(files.links, rows, "other", both, what)
    unheard = [
        (n + FIRST_LINE, f"gateway {name} is no site, and no link names it")
        for n, name in enumerate(outside)
        if name not in known
        and not ({len(names) + alone.index(name).as_py()} & {*one, *other})
    ]
    if unheard:
        raise BadLines(files.gateways, unheard)
    everyone = Links.of(one, other, np.zeros(len(both), bool))
    gate = np.isin(np.asarray(both.to_pylist(), object), outside)
    for s in np.flatnonzero(gate[len(names) :]).tolist():
        gate[everyone.of_site(len(names) + s)] = True
    inside = (one < len(names)) & (other < len(names))
    return Links.of(one[inside], other[inside], gate[: len(names)])


def read_distances(
    sites: Path, demand: Path, path: Path
) -> tuple[tuple[str, ...], Floats, Floats, float]:
    """Read ``site,cell,distance`` as a full table.

    Returns
    -------
    tuple of str, ndarray, ndarray, float
        Sites; distances of shape (cells, sites); weights; and the distance that stands
        for a pair that is not there, far beyond all others.

    Raises
    ------
    BadFile, BadLines, BadValue
        If a file cannot be used, or the full table would be too large.
    """
    rows = read_columns(sites, SITE_COLUMNS)
    names = names_of(sites, rows, "site")
    demands = read_columns(demand, DEMAND_COLUMNS)
    cells = names_of(demand, demands, "cell")
    weight = numbers_of(demand, demands, "weight", most=MOST_WORTH)
    size = len(names) * len(cells)
    if size > MOST_DISTANCES:
        rule = f"at most {MOST_DISTANCES:,} pairs of cell and site"
        raise BadValue("a table of distances", rule, f"{size:,}")
    pairs = read_columns(path, DISTANCE_COLUMNS)
    distance = numbers_of(path, pairs, "distance", most=MOST_WORTH)
    full = np.full((len(cells), len(names)), np.inf)
    at = places_of(path, pairs, "cell", cells), places_of(path, pairs, "site", names)
    np.minimum.at(full, at, distance)
    known = full[np.isfinite(full)]
    beyond = 10.0 * (float(known.max(initial=0.0)) * len(cells) + 1.0)
    full[~np.isfinite(full)] = beyond
    return tuple(names.to_pylist()), full, weight, beyond
