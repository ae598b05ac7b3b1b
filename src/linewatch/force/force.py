"""The force of a scenario: its ledger and its rules, asked as of a date."""

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Final

from linewatch.errors import UnknownName
from linewatch.force.balance import claims_of
from linewatch.force.kinds import NAMES
from linewatch.force.ledger import Ledger
from linewatch.force.read import read_ledger
from linewatch.force.rules import Rules, read_rules
from linewatch.force.tally import (
    POOLS_OF,
    Wanted,
    by_item,
    by_place,
    by_status_and_strength,
    by_unit_and_strength,
    one_figure,
    organic,
    rows_of,
)
from linewatch.force.values import (
    COUNTED,
    EVERYONE,
    PEOPLE,
    STATUS_KEYS,
    STATUSES,
    STRENGTHS,
    Claim,
    Entry,
    Strength,
    to_status,
)
from linewatch.scenario import Scenario

KEYS: Final = ("ledger", "authority", "more_rules", "request_offices")
"""Keys that the scenario's table of the force may hold."""


STAYS: Final = ("open", "order", "approve", "extend")
"""Kinds of entries whose ``until=`` is the end of a unit's stay."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Force:
    """Who is there, of whom how many, and under which rules.

    Parameters
    ----------
    ledger : Ledger
        Dated entries.
    rules : Rules
        Authority table.
    """

    ledger: Ledger
    rules: Rules

    def strength(
        self, on: date, known: date | None = None, unit: str = EVERYONE
    ) -> Strength:
        """Return the five strengths at the end of a day.

        Parameters
        ----------
        on : date
            The day asked about.
        known : date, optional
            Count only what was known by the end of this day; all when left out. Such a
            view may be out of balance, as the knowledge of that day was.
        unit : str, optional
            A unit with all that work under it that day; the whole force when left out.

        Raises
        ------
        UnknownName
            If the ledger names no such unit.
        """
        wanted = Wanted(on=on.toordinal(), known=_day(known), unit=self._unit(unit))
        table = by_status_and_strength(self.ledger, wanted)
        totals = table.sum(axis=0).tolist()
        present = table[:, STRENGTHS.index("present")].tolist()
        return Strength(
            organic=organic(self.ledger, wanted.on, wanted.known, unit),
            approved=totals[1],
            sourced=totals[2],
            in_transit=totals[3],
            present=totals[4],
            by_status=dict(zip(STATUS_KEYS.values(), present, strict=True)),
        )

    def by_status(self, on: date, known: date | None = None) -> dict[str, Strength]:
        """Return the strengths of each duty status; organic belongs to none: 0."""
        wanted = Wanted(on=on.toordinal(), known=_day(known))
        table = by_status_and_strength(self.ledger, wanted).tolist()
        keys = (STATUS_KEYS[status] for status in STATUSES)
        return {key: _strength(row) for key, row in zip(keys, table, strict=True)}

    def by_unit(
        self, on: date, known: date | None = None, item: str = PEOPLE
    ) -> dict[str, Strength]:
        """Return the strengths of each unit with all that work under it that day.

        Parameters
        ----------
        on, known
            As for `strength`.
        item : str
            ``people`` or a kind of kit; organic strength is of people alone.

        Raises
        ------
        UnknownName
            If the ledger has no such item.
        """
        wanted = Wanted(on=on.toordinal(), known=_day(known), item=self._item(item))
        table = by_unit_and_strength(self.ledger, wanted).tolist()
        names = (unit.name for unit in self.ledger.units)
        return {name: _strength(row) for name, row in zip(names, table, strict=True)}

    def by_sector(self, on: date, known: date | None = None) -> dict[str, int]:
        """Return those present in each sector, and ``elsewhere`` for other places."""
        wanted = Wanted(on=on.toordinal(), known=_day(known))
        present = by_place(self.ledger, wanted).tolist()
        found: dict[str, int] = {}
        for place, number in zip(self.ledger.places, present, strict=True):
            if place.sector is not None or number:
                name = place.sector or "elsewhere"
                found[name] = found.get(name, 0) + number
        return found

    def figure(  # noqa: PLR0913 - one number has that many sides
        self,
        on: date,
        *,
        strength: str = "present",
        known: date | None = None,
        unit: str = EVERYONE,
        status: str | None = None,
        item: str = PEOPLE,
        place: str | None = None,
    ) -> int:
        """Return one number: how many, of whom, where and under which status.

        Parameters
        ----------
        on, known, unit
            As for `strength`.
        strength : str
            One of the five strengths, ``on_leave`` or ``injured``.
        status : str, optional
            One duty status; all when left out.
        item : str
            ``people`` or a kind of kit.
        place : str, optional
            A place, or a sector with all places in it; only those present are at one.

        Raises
        ------
        UnknownName
            If a name does not exist.
        """
        if strength not in COUNTED:
            raise UnknownName("strength", strength, COUNTED)
        places = tuple(one.name for one in self.ledger.places)
        if place is not None and place not in places:
            raise UnknownName("place", place, places)
        wanted = Wanted(
            on=on.toordinal(),
            known=_day(known),
            unit=self._unit(unit),
            status=None if status is None else to_status(status),
            item=self._item(item),
            place=place,
        )
        return one_figure(self.ledger, wanted, strength)

    def kit(self, on: date, known: date | None = None) -> dict[str, int]:
        """Return how many of each kind of kit are present at the end of a day."""
        present = by_item(self.ledger, on.toordinal(), _day(known)).tolist()
        return dict(zip(self.ledger.items[1:], present[1:], strict=True))

    def ends(self, on: date, known: date | None = None) -> dict[str, date]:
        """Return the last day that each unit is meant to stay, as of a day.

        The latest entry with ``until=`` holds: an order, an approval, an opening or an
        extension. A unit for which none was told is left out: no end was agreed.
        """
        columns, told = self.ledger.columns, self.ledger.words
        rows = [
            row
            for row, words in told.items()
            if "until" in words.keyed
            and NAMES[int(columns["kind"][row])] in STAYS
            and columns["on"][row] <= on.toordinal()
            and (known is None or columns["known"][row] <= known.toordinal())
        ]
        rows.sort(key=lambda row: (int(columns["on"][row]), row))
        names = self.ledger.units
        return {
            names[int(columns["unit"][row])].name: date.fromisoformat(
                told[row].keyed["until"]
            )
            for row in rows
        }

    def claims(self, on: date | None = None) -> tuple[Claim, ...]:
        """Return published figures up to a date beside what the ledger counts."""
        return claims_of(self.ledger, on)

    def entries_behind(  # noqa: PLR0913 - one total has that many sides
        self,
        on: date,
        *,
        strength: str = "present",
        known: date | None = None,
        unit: str = EVERYONE,
        status: str | None = None,
        item: str = PEOPLE,
    ) -> tuple[tuple[Entry, int], ...]:
        """Return the entries that one total adds up, each with what it adds.

        Parameters
        ----------
        on, known, unit
            As for `strength`.
        strength : str
            The total asked about: any but organic, which no entry adds up to.
        status : str, optional
            One duty status; all when left out.
        item : str
            ``people`` or a kind of kit.

        Raises
        ------
        UnknownName
            If the strength, unit or item does not exist.
        """
        if strength not in POOLS_OF:
            raise UnknownName("strength", strength, tuple(POOLS_OF))
        wanted = Wanted(
            on=on.toordinal(),
            known=_day(known),
            unit=self._unit(unit),
            status=status,
            item=self._item(item),
        )
        posted = self.ledger.postings
        pools = {int(pool) for pool in POOLS_OF[strength]}
        adds: dict[int, int] = {}
        for row in rows_of(self.ledger, wanted):
            if int(posted.pool[row]) in pools:
                number = int(posted.entry[row])
                adds[number] = adds.get(number, 0) + int(posted.amount[row])
        return tuple((self.ledger.entry(n), add) for n, add in adds.items() if add)

    def _item(self, name: str) -> str:
        """Return an item's name, checked."""
        if name not in self.ledger.items:
            raise UnknownName("item", name, self.ledger.items)
        return name

    def _unit(self, name: str) -> str:
        """Return a unit's name, checked."""
        if name != EVERYONE and self.ledger.unit_number(name) < 0:
            near = get_close_matches(name, self.ledger.numbers, n=5, cutoff=0.3)
            raise UnknownName("unit", name, (EVERYONE, *near))
        return name


def read_force(scenario: Scenario) -> Force:
    """Read the ledger and the rules that a scenario names.

    Raises
    ------
    UnknownName
        If the scenario's table of the force holds another key.
    BadFile, BadLines
        If a file cannot be read or breaks its rules.
    """
    for key in scenario.table("force"):
        if key not in KEYS:
            raise UnknownName("key in [force]", key, KEYS)
    return Force(
        ledger=read_ledger(scenario.file("force", "ledger")),
        rules=read_rules(scenario.file("force", "authority")),
    )


def _day(day: date | None) -> int | None:
    """Return a date as a day number."""
    return None if day is None else day.toordinal()


def _strength(row: list[int]) -> Strength:
    """Make a strength of a row of a tally."""
    organic_people, approved, sourced, in_transit, present = row
    return Strength(
        organic=organic_people,
        approved=approved,
        sourced=sourced,
        in_transit=in_transit,
        present=present,
    )
