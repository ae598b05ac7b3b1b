"""What one unit of an orbat-mapper scenario holds, state by state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from linewatch.force.exchange.orbat_draft import Draft, Move
from linewatch.force.exchange.orbat_words import LOST_OF_STATE
from linewatch.force.exchange.picture import Held
from linewatch.force.exchange.reading import midnight
from linewatch.force.exchange.telling import SOMEWHERE
from linewatch.force.values import PEOPLE

Json = Mapping[str, object]


@dataclass(slots=True)
class Stock:
    """One line of personnel or equipment; untold, all of it is on hand."""

    count: int
    on_hand: int | None

    @property
    def here(self) -> int:
        """Number on hand."""
        return self.count if self.on_hand is None else self.on_hand


@dataclass(slots=True)
class Course:
    """A unit's holdings over time.

    Parameters
    ----------
    draft : Draft
        Takes faults and losses.
    unit : mapping
        The unit as the file has it.
    where : str
        Its path.
    spot : str or None
        Where it is at first.
    """

    draft: Draft
    unit: Json
    where: str
    spot: str | None
    people: dict[str, Stock] = field(default_factory=dict)
    kit: dict[str, Stock] = field(default_factory=dict)
    statuses: dict[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key, stocks in (("personnel", self.people), ("equipment", self.kit)):
            for line, where in self._lines(self.unit, key, self.where):
                name = self.draft.text(line.get("name"), f"{where}.name")
                if name in stocks:
                    told = f"{name!r:.60} was given before"
                    self.draft.faults.add(f"{where}.name", told)
                    continue
                if line.get("description"):
                    self.draft.losses.add(f"description of {key}", where)
                count = self.draft.faults.number(line.get("count"), f"{where}.count")
                on_hand = None
                if line.get("onHand") is not None:
                    at = f"{where}.onHand"
                    on_hand = self.draft.faults.number(line["onHand"], at)
                stocks[name] = Stock(count, on_hand)
                if key == "personnel":
                    self.statuses[name] = self.draft.status_of(name, f"{where}.name")

    def _lines(self, of: Json, key: str, where: str) -> list[tuple[Json, str]]:
        """Return the lines of personnel or equipment with their paths."""
        return list(self.draft.objects(of.get(key), f"{where}.{key}"))

    @property
    def anyone(self) -> bool:
        """Whether anyone or anything is there now."""
        return any(one.here for one in (*self.people.values(), *self.kit.values()))

    def follow(self, name: str) -> None:
        """Read the states in their order, keeping what is held after each."""
        self._keep(name, self.draft.start, self.where)
        last = ""
        states = self.draft.objects(self.unit.get("state"), f"{self.where}.state")
        for index, (state, where) in enumerate(states):
            on = self.draft.faults.day(state.get("t"), f"{where}.t")
            if on is None:
                continue
            time = str(state["t"])
            if last and on < date.fromisoformat(last[:10]):
                told = f"{time} is before the state above it"
                self.draft.faults.add(f"{where}.t", told)
            last = on.isoformat()
            if not midnight(time):
                self.draft.losses.add("times within a day", f"{where}.t")
            self._apply(state, where)
            hierarchy = state.get("hierarchy")
            if isinstance(hierarchy, dict):
                self.draft.moves.append(
                    Move(
                        unit=name,
                        on=on,
                        time=time,
                        index=index,
                        hierarchy=hierarchy,
                        where=f"{where}.hierarchy",
                    )
                )
            self._keep(name, on, where)

    def _apply(self, state: Json, where: str) -> None:
        """Take over what a state changes."""
        self.draft.lose(state, LOST_OF_STATE, "states", where)
        for key in ("update", "diff"):
            change = state.get(key)
            if isinstance(change, dict):
                if change.get("supplies"):
                    self.draft.losses.add("supplies of states", where)
                for kind, stocks in (
                    ("personnel", self.people),
                    ("equipment", self.kit),
                ):
                    for line, at in self._lines(change, kind, f"{where}.{key}"):
                        self._change(line, stocks, at, adds=key == "diff")
        if state.get("location") is not None:
            spot = self.draft.spot(state["location"], f"{where}.location")
            if not self.anyone and spot != self.spot:
                told = "movements of units that have nobody and nothing there"
                self.draft.losses.add(told, where)
            self.spot = spot

    def _change(
        self, line: Json, stocks: dict[str, Stock], where: str, *, adds: bool
    ) -> None:
        """Take over one line of an update, or add one of a difference."""
        name = self.draft.text(line.get("name"), f"{where}.name")
        if name not in stocks:
            told = f"{name!r:.60} is not held by the unit at first"
            self.draft.faults.add(f"{where}.name", told)
            return
        stock, number = stocks[name], self.draft.faults.number
        if adds:
            change = line.get("onHand")
            # What is no whole number is told as it stands.
            if isinstance(change, int) and not isinstance(change, bool):
                change += stock.here
            stock.on_hand = number(change, f"{where}.onHand")
            return
        if line.get("count") is not None:
            stock.count = number(line["count"], f"{where}.count")
        if line.get("onHand") is not None:
            stock.on_hand = number(line["onHand"], f"{where}.onHand")

    def _keep(self, name: str, on: date, where: str) -> None:
        """Keep what is held now."""
        totals: dict[tuple[str, str | None], tuple[int, int]] = {}
        for category, stock in self.people.items():
            status = self.statuses[category]
            if status is not None:
                _add(totals, (PEOPLE, status), stock)
        for kind, stock in self.kit.items():
            _add(totals, (self.draft.kit(kind), None), stock)
        for (item, status), (count, here) in totals.items():
            if here > count:
                told = "numbers on hand above the assigned, which is raised to them"
                self.draft.losses.add(told, where)
            place = self.spot or SOMEWHERE
            self.draft.held.append(
                Held(
                    unit=name,
                    on=on,
                    item=item,
                    status=status,
                    count=max(count, here),
                    at={place: here} if here else {},
                )
            )


def _add(
    totals: dict[tuple[str, str | None], tuple[int, int]],
    key: tuple[str, str | None],
    stock: Stock,
) -> None:
    """Add a stock to a total."""
    count, here = totals.get(key, (0, 0))
    totals[key] = count + stock.count, here + stock.here
