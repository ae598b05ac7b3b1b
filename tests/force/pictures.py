"""Pictures of a force that hypothesis makes up, and what formats can hold of them."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from hypothesis import strategies as st

from linewatch.force import read_ledger
from linewatch.force.exchange.loss import Losses
from linewatch.force.exchange.picture import (
    Held,
    Part,
    Picture,
    Spot,
    Under,
    changes_only,
)
from linewatch.force.exchange.taking import picture_of
from linewatch.force.exchange.telling import ledger_text
from linewatch.force.values import PEOPLE

START = date(2025, 3, 1)
SPOTS = (
    Spot(name="ept", title="El Paso", kind="sector", lon_deg=-106.5, lat_deg=31.75),
    Spot(name="bliss", title="Fort Bliss", sector="ept", lon_deg=-106.4, lat_deg=31.8),
    Spot(name="yuma", title="Yuma", kind="home", lon_deg=-114.6, lat_deg=32.7),
)
KITS = {"stryker": "Stryker, all variants", "radar": "Ground radar"}
SYMBOLS = (None, "10031000181211020051", "130310001514070012000000000000")
NAMES = ("2-sbct", "a", "b", "c", "d", "e")


@st.composite
def pictures(draw: st.DrawFn, *, absent: bool = True, spread: bool = True) -> Picture:
    """Make up a picture; nobody absent, and each unit at one place, when asked so."""
    parts = draw(part_lists())
    units = [part.name for part in parts if part.layer is None]
    held: list[Held] = []
    for unit in units:
        for item, status in draw(
            st.lists(
                st.sampled_from(
                    [(PEOPLE, "T10"), (PEOPLE, "SAD"), ("radar", None)],
                ),
                max_size=2,
                unique=True,
            )
        ):
            days = draw(st.lists(st.integers(0, 40), max_size=4, unique=True))
            held += [
                draw(states(unit, item, status, day, absent=absent, spread=spread))
                for day in days
            ]
    if not spread:
        held = _together(held)
    return Picture(
        name="made",
        start=START,
        spots=SPOTS,
        parts=tuple(parts),
        kits=KITS,
        held=changes_only(held),
        under=tuple(_moves(draw, parts)),
    )


@st.composite
def part_lists(draw: st.DrawFn) -> list[Part]:
    """Make up a tree of units; sometimes within sides and groups."""
    parts: list[Part] = []
    if draw(st.booleans()):
        parts = [
            Part(
                name="blue",
                title="Blue force",
                since=START,
                sidc="10031000000000000000",
                layer="side",
            ),
            Part(name="g1", title="Group", since=START, parent="blue", layer="group"),
        ]
    layers = [part.name for part in parts]
    for name in NAMES[: draw(st.integers(1, len(NAMES)))]:
        above = [part.name for part in parts if part.layer is None]
        parents: list[str | None] = [*layers, *above] if layers else [None, *above]
        parts.append(
            Part(
                name=name,
                title=f"Unit {name}, the first",
                since=START,
                parent=draw(st.sampled_from(parents)),
                home=draw(st.sampled_from([None, "yuma"])),
                sidc=draw(st.sampled_from(SYMBOLS)),
            )
        )
    return parts


@st.composite
def states(
    draw: st.DrawFn,
    unit: str,
    item: str,
    status: str | None,
    day: int,
    *,
    absent: bool,
    spread: bool,
) -> Held:
    """Make up what a unit holds from a day on."""
    places = draw(
        st.lists(
            st.sampled_from([spot.name for spot in SPOTS]),
            max_size=3 if spread else 1,
            unique=True,
        )
    )
    at = {place: draw(st.integers(1, 300)) for place in sorted(places)}
    leave = draw(st.integers(0, 9)) if absent else 0
    injured = draw(st.integers(0, 9)) if absent else 0
    waiting = draw(st.integers(0, 200))
    return Held(
        unit=unit,
        on=START + timedelta(days=day),
        item=item,
        status=status,
        count=sum(at.values()) + leave + injured + waiting,
        at=at,
        leave=leave,
        injured=injured,
    )


def _together(held: list[Held]) -> list[Held]:
    """Put all that a unit holds on one day in one place, and leave it there."""
    moved = []
    for unit in dict.fromkeys(one.unit for one in held):
        mine = [one for one in held if one.unit == unit]
        place = next((place for one in mine for place in one.at), "yuma")
        for one in mine:
            at = {place: one.present} if one.present else {}
            moved.append(
                Held(
                    unit=unit,
                    on=one.on,
                    item=one.item,
                    status=one.status,
                    count=one.count,
                    at=at,
                )
            )
    return moved


def _moves(draw: st.DrawFn, parts: list[Part]) -> list[Under]:
    """Make up attachments that close no ring and change something each."""
    units = [part for part in parts if part.layer is None]
    own = {part.name: part.parent for part in parts}
    now, found = dict(own), []
    for day in sorted(draw(st.lists(st.integers(0, 40), max_size=4, unique=True))):
        unit = draw(st.sampled_from([part.name for part in units]))
        choices: list[str | None] = [own[unit], *(part.name for part in units)]
        above = draw(st.sampled_from(choices))
        at = above
        while not (at is None or at == unit):
            at = now[at]
        if at == unit or now[unit] == above:
            continue
        now[unit] = above
        on = START + timedelta(days=day)
        superior = None if above == own[unit] else above
        found.append(Under(unit=unit, on=on, superior=superior))
    return found


def through_ledger(picture: Picture, folder: Path) -> Picture:
    """Return a picture after it was a ledger file."""
    path = folder / "through.ledger"
    path.write_text(ledger_text(picture, source="a test"), encoding="utf-8")
    return picture_of(read_ledger(path), Losses(), name=picture.name)


def numbers(picture: Picture) -> Mapping[object, object]:
    """Return how many each unit has and has present, by day."""
    thin = [
        Held(
            unit=one.unit,
            on=one.on,
            item=one.item,
            status=one.status,
            count=one.count,
            at={"here": one.present} if one.present else {},
        )
        for one in picture.held
    ]
    return {(*h.key, h.on): (h.count, h.present) for h in changes_only(thin)}


def tree(picture: Picture) -> tuple[object, object]:
    """Return the units with parents, titles and symbols, and who works under whom."""
    plain = "10031000000000000000"
    parts = {
        (p.name, p.title, p.parent, p.sidc or plain)
        for p in picture.parts
        if p.layer is None
    }
    return parts, set(picture.under)


def whereabouts(picture: Picture) -> Mapping[object, object]:
    """Return where those present are, by unit and day, in degrees."""
    spots = {spot.name: spot.where for spot in picture.spots}
    return {
        (*one.key, one.on): {spots.get(place) for place in one.at}
        for one in picture.held
        if one.at
    }
