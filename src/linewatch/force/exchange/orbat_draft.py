"""What was read of an orbat-mapper scenario so far."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from linewatch.errors import UnknownName
from linewatch.force.exchange.loss import Losses
from linewatch.force.exchange.picture import Held, Part, Spot
from linewatch.force.exchange.reading import Faults, Names, slug
from linewatch.force.values import COUNTED, PEOPLE, STATUSES, to_status

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A change of the hierarchy."""

    unit: str
    on: date
    time: str
    index: int
    hierarchy: Json
    where: str


@dataclass(slots=True)
class Draft:
    """What was read of a scenario so far.

    `parts` are the units by name; `elsewhere` holds the ids of sides that are not ours.
    """

    faults: Faults
    losses: Losses
    status: str | None
    start: date = date.min
    units: Names = field(default_factory=Names)
    kits: Names = field(
        default_factory=lambda: Names(taken={PEOPLE, *STATUSES, *COUNTED})
    )
    titles: dict[str, str] = field(default_factory=dict)
    spots: dict[tuple[float, float], Spot] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)
    held: list[Held] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)

    def objects(self, value: object, where: str) -> Iterator[tuple[Json, str]]:
        """Return the objects of a list with their paths; none when it is left out."""
        if value is None:
            return
        if not isinstance(value, list):
            self.faults.add(where, "must be a list")
            return
        for at, one in enumerate(value):
            if isinstance(one, dict):
                yield one, f"{where}[{at}]"
            else:
                self.faults.add(f"{where}[{at}]", "must be an object")

    def text(self, value: object, where: str) -> str:
        """Return a text that must not be empty, or tell that it is none."""
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.faults.add(where, f"must be a text that is not empty, not {value!r:.60}")
        return ""

    def lose(self, of: Json, keys: Sequence[str], what: str, where: str) -> None:
        """Note keys that hold something and do not pass."""
        for key in keys:
            if _says(of.get(key)):
                self.losses.add(f"{key} of {what}", where)

    def spot(self, value: object, where: str) -> str | None:
        """Return the name of a location, making the place where it is new."""
        numbers = isinstance(value, list) and len(value) >= 2 and value
        if not (
            numbers
            and all(isinstance(one, int | float) for one in numbers[:2])
            and -180 <= numbers[0] <= 180
            and -90 <= numbers[1] <= 90
        ):
            told = "must be [longitude, latitude] in degrees"
            self.faults.add(where, f"{told}, not {value!r:.60}")
            return None
        if numbers[2:]:
            self.losses.add("heights of locations", where)
        key = float(numbers[0]), float(numbers[1])
        if key not in self.spots:
            title = f"{key[0]:.5f}, {key[1]:.5f}"
            name = f"at-{len(self.spots) + 1}"
            self.spots[key] = Spot(
                name=name, title=title, lon_deg=key[0], lat_deg=key[1]
            )
        return self.spots[key].name

    def kit(self, name: str) -> str:
        """Return the short name of a kind of kit."""
        key = name if name[:1].isalpha() else slug(f"kit {name}")
        short = self.kits.of(key, name)
        self.titles.setdefault(short, name)
        return short

    def status_of(self, name: str, where: str) -> str | None:
        """Return the duty status of a category of people, or tell that it has none."""
        try:
            return to_status(name)
        except UnknownName:
            if self.status is None:
                allowed = "Title 10, Title 32 or State active duty"
                what = f"category {name!r:.60} is none of {allowed}: give --status"
                self.faults.add(where, what)
                return None
        self.losses.add(f"categories of people, all taken as {self.status}", where)
        return self.status


def _says(value: object) -> bool:
    """Return whether a value holds anything, however deep."""
    if isinstance(value, dict | list):
        return any(map(_says, value.values() if isinstance(value, dict) else value))
    return bool(value)
