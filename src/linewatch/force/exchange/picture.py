"""The force as other programs tell it: units, where they are, and what they hold when.

Every format is read into this picture and written from it, so that a round trip can be
judged in one place: two pictures are equal when nothing was lost between them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from linewatch.force.values import PEOPLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place.

    Parameters
    ----------
    name, title : str
        Short and full name.
    kind : {'home', 'base', 'sector'}
        What it is.
    sector : str or None
        Name of the sector place that it lies in.
    lon_deg, lat_deg : float or None
        Where it is, WGS 84.
    """

    name: str
    title: str
    kind: str = "base"
    sector: str | None = None
    lon_deg: float | None = None
    lat_deg: float | None = None

    @property
    def where(self) -> tuple[float, float] | None:
        """Longitude and latitude in degrees, if they are known."""
        if self.lon_deg is None or self.lat_deg is None:
            return None
        return self.lon_deg, self.lat_deg


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A unit, or a layer that only holds units together.

    Parameters
    ----------
    name, title : str
        Short and full name.
    since : date
        First day on which it is there.
    parent, home : str or None
        Unit that it is part of; place that it comes from.
    sidc : str or None
        Its symbol.
    layer : {'side', 'group'} or None
        Whether it is a layer of another program.
    """

    name: str
    title: str
    since: date
    parent: str | None = None
    home: str | None = None
    sidc: str | None = None
    layer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a unit has of one item, from the end of a day on.

    Parameters
    ----------
    unit : str
        Whose.
    on : date
        The day.
    item : str
        ``people`` or a kind of kit.
    status : str or None
        Duty status of people.
    count : int
        Assigned; holds all others.
    at : mapping of str to int
        Present, by place; empty places are left out.
    leave, injured : int
        Assigned and absent.
    """

    unit: str
    on: date
    item: str = PEOPLE
    status: str | None = None
    count: int
    at: Mapping[str, int] = field(default_factory=dict)
    leave: int = 0
    injured: int = 0

    @property
    def present(self) -> int:
        """Number present."""
        return sum(self.at.values())

    @property
    def waiting(self) -> int:
        """Number assigned that is neither present nor absent: still to come."""
        return self.count - self.present - self.leave - self.injured

    @property
    def key(self) -> tuple[str, str, str | None]:
        """Of whom and what it speaks."""
        return self.unit, self.item, self.status


@dataclass(frozen=True, slots=True, kw_only=True)
class Under:
    """A unit works under another from a day on; under its own parent when None."""

    unit: str
    on: date
    superior: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Units over time.

    Parameters
    ----------
    name : str
        What the file calls itself.
    start : date
        Its first day.
    spots, parts : tuple
        Places and units; a parent stands before its parts.
    kits : mapping of str to str
        Full names of kinds of kit.
    held, under : tuple
        Changes by date.
    """

    name: str
    start: date
    spots: tuple[Spot, ...] = ()
    parts: tuple[Part, ...] = ()
    kits: Mapping[str, str] = field(default_factory=dict)
    held: tuple[Held, ...] = ()
    under: tuple[Under, ...] = ()


def changes_only(held: list[Held]) -> tuple[Held, ...]:
    """Return what is held in the order of dates, leaving out what does not change."""
    last: dict[tuple[str, str, str | None], tuple[object, ...]] = {}
    kept: list[Held] = []
    by_day: dict[tuple[object, ...], Held] = {(*one.key, one.on): one for one in held}
    for one in sorted(by_day.values(), key=lambda one: one.on):
        state = (
            one.count,
            {k: n for k, n in one.at.items() if n},
            one.leave,
            one.injured,
        )
        if last.get(one.key, (0, {}, 0, 0)) != state:
            kept.append(one)
            last[one.key] = state
    return tuple(kept)
