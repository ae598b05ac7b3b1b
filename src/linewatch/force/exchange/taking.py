"""The picture of a ledger: what each unit holds, day by day."""

from collections.abc import Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

from linewatch.force.exchange.loss import Losses
from linewatch.force.exchange.picture import (
    Held,
    Part,
    Picture,
    Spot,
    Under,
    changes_only,
)
from linewatch.force.kinds import CODES
from linewatch.force.ledger import Ledger
from linewatch.force.values import PEOPLE, STATUSES, Pool

Ints = NDArray[np.int64]

Key = tuple[int, int, int]
"""Unit, item and status, by number."""


def picture_of(
    ledger: Ledger, losses: Losses, *, name: str = "", known: date | None = None
) -> Picture:
    """Return a ledger's units with what each is assigned and has present, by day.

    What a picture cannot hold is added to `losses`: who was approved and not sourced,
    who is in transit, what units are built for, claims and counts, sources and notes,
    and when things became known.
    """
    columns = ledger.columns
    days = columns["on"].tolist()
    since = [unit.since.toordinal() for unit in ledger.units]
    start = date.fromordinal(min([*days, *since], default=date.min.toordinal()))
    _tell_losses(ledger, losses, known)
    return Picture(
        name=name or ledger.path.stem,
        start=start,
        spots=_spots(ledger),
        parts=tuple(
            Part(
                name=unit.name,
                title=unit.title,
                since=unit.since,
                parent=unit.parent,
                home=unit.home,
                sidc=unit.sidc,
                layer=unit.layer,
            )
            for unit in ledger.units
        ),
        kits=dict(ledger.kits),
        held=_held(ledger, known),
        under=_under(ledger, known),
    )


def _spots(ledger: Ledger) -> tuple[Spot, ...]:
    """Return the places; a sector is told by its name."""
    by_title = {one.title: one.name for one in ledger.places if one.kind == "sector"}
    return tuple(
        Spot(
            name=one.name,
            title=one.title,
            kind=one.kind,
            sector=by_title.get(one.sector or "") if one.kind != "sector" else None,
            lon_deg=one.lon_deg,
            lat_deg=one.lat_deg,
        )
        for one in ledger.places
    )


def _held(ledger: Ledger, known: date | None) -> tuple[Held, ...]:
    """Return what every unit holds after each day on which it changes."""
    posted = ledger.postings
    keep = slice(None) if known is None else posted.known <= known.toordinal()
    columns = (
        column[keep].tolist()
        for column in (
            posted.on,
            posted.unit,
            posted.item,
            posted.status,
            posted.pool,
            posted.place,
            posted.amount,
        )
    )
    pools: dict[Key, dict[tuple[int, int], int]] = {}
    states: dict[tuple[Key, int], Held] = {}
    changed: dict[Key, int] = {}
    for on, unit, item, status, pool, place, amount in zip(*columns, strict=True):
        key = unit, item, status
        if changed.get(key, on) != on:
            states[key, changed[key]] = _state(ledger, key, changed[key], pools[key])
        held = pools.setdefault(key, {})
        held[pool, place] = held.get((pool, place), 0) + amount
        changed[key] = on
    for key, on in changed.items():
        states[key, on] = _state(ledger, key, on, pools[key])
    return changes_only(list(states.values()))


def _state(
    ledger: Ledger, key: Key, on: int, pools: Mapping[tuple[int, int], int]
) -> Held:
    """Return what a unit holds of an item under a status."""
    unit, item, status = key
    of_pool = dict.fromkeys(Pool, 0)
    at: dict[str, int] = {}
    for (pool, place), number in pools.items():
        of_pool[Pool(pool)] += number
        if pool == Pool.PRESENT and number:
            at[ledger.places[place].name] = number
    return Held(
        unit=ledger.units[unit].name,
        on=date.fromordinal(on),
        item=ledger.items[item],
        status=STATUSES[status] if ledger.items[item] == PEOPLE else None,
        count=sum(of_pool.values()) - of_pool[Pool.UNSOURCED],
        at=dict(sorted(at.items())),
        leave=of_pool[Pool.LEAVE],
        injured=of_pool[Pool.INJURED],
    )


def _under(ledger: Ledger, known: date | None) -> tuple[Under, ...]:
    """Return the attachments by date; those that change nothing are left out."""
    tree, found = ledger.tree, []
    now: dict[str, str | None] = {}
    for row in range(int(tree.on.size)):
        if known is not None and tree.known[row] > known.toordinal():
            continue
        unit = ledger.units[int(tree.unit[row])]
        attached = tree.kind[row] == CODES["attach"]
        above = ledger.units[int(tree.parent[row])].name if attached else unit.parent
        if now.get(unit.name, unit.parent) != above:
            day = date.fromordinal(int(tree.on[row]))
            superior = None if above == unit.parent else above
            found.append(Under(unit=unit.name, on=day, superior=superior))
        now[unit.name] = above
    return tuple(found)


def _tell_losses(ledger: Ledger, losses: Losses, known: date | None) -> None:
    """Note what a picture does not hold of a ledger."""
    columns = ledger.columns
    told = {
        "organic": "organic strength: what units are built for",
        "claim": "claims: figures that were published and not adopted",
        "count": "counts: figures that the ledger must agree with",
        "extend": "dates until which units are meant to stay",
    }
    for kind, what in told.items():
        _tell(ledger, losses, what, ledger.of_kind(kind))
    if known is None:
        later = np.flatnonzero(columns["known"] != columns["on"])
        _tell(ledger, losses, "days on which things became known", later)
    assumed = np.flatnonzero(columns["assumed"])
    _tell(ledger, losses, "marks of planning assumptions", assumed)
    _tell(ledger, losses, "sources and notes of entries", np.arange(len(ledger)))
    posted = ledger.postings
    for pool, what in (
        (Pool.UNSOURCED, "approved and not yet sourced"),
        (Pool.TRANSIT, "in transit, told apart from those yet to leave"),
    ):
        entered = posted.entry[(posted.pool == pool) & (posted.amount > 0)]
        _tell(ledger, losses, f"numbers {what}", entered)


def _tell(ledger: Ledger, losses: Losses, what: str, entries: Ints) -> None:
    """Note that some entries hold what a picture does not; none adds nothing."""
    if entries.size:
        line = int(ledger.columns["line"][entries[0]])
        losses.add(what, f"line {line}", entries.size)
