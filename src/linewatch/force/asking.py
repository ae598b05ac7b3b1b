"""Asking the authority of a mission: its rules, zones and records, at a place and time.

A pairing is asked over its whole term. The term is cut where a rule begins or ends,
where a zone does, and where a record does; between two cuts no answer changes. Where
nobody knows whether a place lies inside a zone, both are asked and the strictest holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from linewatch.errors import Prohibited
from linewatch.force.authority import Answer, may, to_task
from linewatch.force.read import read_ledger
from linewatch.force.records import Record, met_on
from linewatch.force.rules import ANSWERS, ANY, Rule, Rules, read_rules
from linewatch.force.values import to_status
from linewatch.scenario import Scenario

if TYPE_CHECKING:
    # Reading ground takes a second; whoever asks about no place never waits for it.
    from linewatch.area import Area
    from linewatch.area.zones import Zone

NOTICE: Final = "zone_notice_recorded"
"""Condition that a zone's own date of notice meets."""


DOUBT: Final = "inside_or_outside_"
"""How a condition begins that is open while nobody knows a zone's edges."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a task is done.

    Parameters
    ----------
    from_m, to_m : float or None
        Stretch of the line [m]; None where it is not on the line.
    sector : str
        Sector that it lies in; empty where that is not told.
    base : str
        Base, for a record that is limited to it.
    zone : str
        Kind of zone that it lies in for sure; empty to find out.
    """

    from_m: float | None = None
    to_m: float | None = None
    sector: str = ""
    base: str = ""
    zone: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Names that a record may limit itself to."""
        return tuple(name for name in (self.sector, self.base) if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a term with one answer: from a date up to, and without, another."""

    start: date
    end: date
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """The authority of a mission, to be asked.

    Parameters
    ----------
    rules : Rules
        Authority table.
    zones : sequence of Zone
        Zones, with dates, and with edges where they are known.
    records : sequence of Record
        What is on record as met.
    bases : mapping of str to str
        Sector of each base, so that one in a zone's sector is asked about it.
    stretches : mapping of str to (float, float)
        Where each sector begins and ends [m].
    """

    rules: Rules = field(repr=False)
    zones: "Sequence[Zone]" = ()
    records: Sequence[Record] = ()
    bases: Mapping[str, str] = field(default_factory=dict)
    stretches: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    _kept: dict[object, Answer] = field(default_factory=dict, repr=False, compare=False)
    _by_task: dict[str, Rules] = field(default_factory=dict, repr=False, compare=False)

    def __call__(
        self, *, task: str, status: str, on: date, zone: str | None = None
    ) -> Answer:
        """Answer for a day in a kind of zone, or outside any; see `may`."""
        return self._ask(task, status, on, zone or "", ())

    def at(self, spot: Spot, *, task: str, status: str, on: date) -> Answer:
        """Answer for a day at a spot, by the strictest of what it may lie in.

        Raises
        ------
        UnknownName
            If the status or kind of zone does not exist.
        """
        met_names = spot.names
        if spot.zone:
            return self._ask(task, status, on, spot.zone, met_names)
        inside, unsure, outside = self._zones_at(spot, on)
        answers = [
            self._ask(task, status, on, _kind(zone), (*met_names, zone.name), zone)
            for zone in (*inside, *unsure)
        ]
        if outside:
            answers.append(self._ask(task, status, on, "", met_names))
        open_doubt = _doubts(unsure, answers)
        first = max(answers, key=lambda each: ANSWERS.index(each.answer))
        held = (what for each in answers for what in each.conditions)
        met = met_on(self.records, on, met_names)
        doubt = tuple(what for what in open_doubt if what not in met)
        conditions = (*dict.fromkeys(held), *doubt)
        if first.answer == "prohibited" or not conditions:
            return first
        beaten = (name for each in answers for name in (each.rule, *each.beaten))
        return replace(
            first,
            answer="conditional",
            conditions=conditions,
            beaten=tuple(n for n in dict.fromkeys(beaten) if n != first.rule),
        )

    def over(
        self, spot: Spot, *, task: str, status: str, start: date, end: date
    ) -> tuple[Stretch, ...]:
        """Answer for every day of a term from `start` up to, and without, `end`.

        Stretches with one answer are told as one. A term of no day is asked as one day.
        """
        last = max(end, date.fromordinal(start.toordinal() + 1))
        cuts = [start, *self.turns(task, status, start, last), last]
        found: list[Stretch] = []
        for since, until in pairwise(cuts):
            answer = self.at(spot, task=task, status=status, on=since)
            if found and _same(found[-1].answer, answer):
                found[-1] = replace(found[-1], end=until)
            else:
                found.append(Stretch(start=since, end=until, answer=answer))
        return tuple(found)

    def turns(self, task: str, status: str, start: date, end: date) -> tuple[date, ...]:
        """Return the dates inside a term on which an answer may change."""
        word, short = to_task(task), to_status(status)
        edges: set[date | None] = set()
        for rule in self._rules_of(word).rules:
            if rule.status in {ANY, short}:
                edges |= {rule.start, rule.end}
        for zone in self.zones:
            edges |= {zone.start, zone.end, zone.notice}
        for record in self.records:
            edges |= {_day_from(record.from_s), _day_from(record.until_s)}
        return tuple(sorted(edge for edge in edges if edge and start < edge < end))

    def permit(self, spot: Spot, *, task: str, status: str, on: date) -> Answer:
        """Answer as `at` does, and refuse what is prohibited.

        Raises
        ------
        Prohibited
            If it is.
        """
        answer = self.at(spot, task=task, status=status, on=on)
        if answer.answer == "prohibited":
            raise Prohibited(
                answer.task, answer.status, answer.rule, answer.layer, answer.citation
            )
        return answer

    def with_rules(self, more: Iterable[Rule]) -> "Authority":
        """Return it with further rules, as a decision lays them over the table."""
        table = replace(self.rules, rules=(*self.rules.rules, *more))
        return self.with_table(table)

    def with_table(self, rules: Rules) -> "Authority":
        """Return it with another authority table, and nothing remembered."""
        return replace(self, rules=rules, _kept={}, _by_task={})

    def with_records(self, more: Iterable[Record]) -> "Authority":
        """Return it with more on record, and nothing remembered."""
        records = (*self.records, *more)
        return replace(self, records=records, _kept={}, _by_task={})

    def _zones_at(self, spot: Spot, on: date) -> "tuple[list[Zone], list[Zone], bool]":
        """Return zones that hold a spot, those that may, and whether none may."""
        inside: list[Zone] = []
        unsure: list[Zone] = []
        outside = True
        for zone in self.zones:
            may_in, may_out = (
                self._meets(zone, spot) if zone.holds(on) else (False, True)
            )
            if may_in:
                (unsure if may_out else inside).append(zone)
                outside = outside and may_out
        return inside, unsure, outside

    def _meets(self, zone: "Zone", spot: Spot) -> tuple[bool, bool]:
        """Tell whether a spot may lie inside a zone, and whether it may lie outside."""
        sector = spot.sector or self.bases.get(spot.base, "")
        from_m, to_m = spot.from_m, spot.to_m
        if from_m is None and sector in self.stretches:
            from_m, to_m = self.stretches[sector]
        if zone.edges_known and from_m is not None:
            inside, outside = zone.meets(from_m, from_m if to_m is None else to_m)
            # A base is beside the line, in a sector: it may lie in any part of it.
            return inside, outside or (spot.from_m is None and inside)
        if not zone.sectors:  # then it may be anywhere on the line
            return from_m is not None or bool(sector), True
        told = (self.stretches.get(name) for name in zone.sectors)
        if spot.from_m is not None and all(
            name in self.stretches for name in zone.sectors
        ):
            end_m = spot.from_m if spot.to_m is None else spot.to_m
            return any(s and s[0] <= end_m and spot.from_m <= s[1] for s in told), True
        return sector in zone.sectors, True

    def _ask(  # noqa: PLR0913 - one question has that many sides
        self,
        task: str,
        status: str,
        on: date,
        kind: str,
        places: tuple[str, ...],
        zone: "Zone | None" = None,
    ) -> Answer:
        """Ask the table once for each question."""
        notice = zone is not None and zone.notice is not None and zone.notice <= on
        asked = (task, status, on, kind, places, notice)
        if asked not in self._kept:
            met = met_on(self.records, on, places) | (
                {NOTICE} if notice else frozenset()
            )
            rules = self._rules_of(to_task(task))
            self._kept[asked] = may(
                rules, task=task, status=status, on=on, zone=kind or None, met=met
            )
        return self._kept[asked]

    def _rules_of(self, task: str) -> Rules:
        """Return the rules that can speak of a task, all zones still known."""
        if task not in self._by_task:
            kinds = dict.fromkeys((*self.rules.zones, *map(_kind, self.zones)))
            spoke = tuple(r for r in self.rules.rules if r.task in {ANY, task})
            self._by_task[task] = replace(
                self.rules, rules=spoke, more_zones=tuple(kinds)
            )
        return self._by_task[task]


def doubt_of(zone: "Zone") -> str:
    """Return the condition that is open while nobody knows a zone's edges.

    It is met by a record, limited to the sector or base, of where the place lies.
    """
    plain = "".join(c if c.isalnum() else "_" for c in zone.name.lower())
    return f"{DOUBT}{'_'.join(filter(None, plain.split('_')))}_recorded"


def _doubts(unsure: "Sequence[Zone]", answers: Sequence[Answer]) -> tuple[str, ...]:
    """Return what must be found out: nothing where it makes no difference."""
    says = {(each.answer, each.conditions) for each in answers}
    return tuple(map(doubt_of, unsure)) if len(says) > 1 else ()


def _same(one: Answer, other: Answer) -> bool:
    """Tell whether two answers differ in nothing but their day."""
    return replace(one, on=other.on) == other


def _kind(zone: "Zone") -> str:
    """Return a zone's kind in the authority table's words."""
    return zone.kind.strip().lower().replace(" ", "_").replace("-", "_")


def _day_from(time_s: float) -> date | None:
    """Return the first whole day from an instant [s] on; None for never."""
    if abs(time_s) > _FAR_S:
        return None
    day = datetime.fromtimestamp(time_s, tz=UTC)
    whole = (day.hour, day.minute, day.second, day.microsecond) == (0, 0, 0, 0)
    return day.date() if whole else date.fromordinal(day.toordinal() + 1)


_FAR_S: Final = 1e11
"""An instant so far off that no term reaches it [s]."""


def scenario_rules(scenario: Scenario, *add: Path) -> Rules:
    """Read the authority table of a scenario, and the rules that are added to it.

    Those of the scenario's own ``more_rules`` come first, then those of `add`.

    Raises
    ------
    BadFile, BadLines
        If a file cannot be read or a rule breaks the table's own rules.
    """
    more = "more_rules" in scenario.table("force")
    added = (scenario.file("force", "more_rules"),) if more else ()
    return read_rules(scenario.file("force", "authority"), *added, *add)


def read_authority(
    scenario: Scenario, area: "Area | None" = None, *, records: Sequence[Record] = ()
) -> Authority:
    """Read the authority of a scenario: rules, zones, and the sectors of its bases.

    Parameters
    ----------
    scenario : Scenario
        A mission's folder.
    area : Area, optional
        Its ground, where that has been read; else it is read if the scenario names
        zones, for without them nobody could tell what may lie in one.
    records : sequence of Record
        What is on record as met, as a mission log tells it.

    Raises
    ------
    InputError
        If a file is bad: see the readers.
    """
    if area is None and "zones" in scenario.table("area"):
        from linewatch.area import read_area  # noqa: PLC0415 - see above

        area = read_area(scenario)
    bases: dict[str, str] = {}
    if "ledger" in scenario.table("force"):
        for place in read_ledger(scenario.file("force", "ledger")).places:
            if place.sector is not None:
                plain = place.title.partition(",")[0]
                bases |= dict.fromkeys((place.name, place.title, plain), place.sector)
    sectors = () if area is None else area.sectors
    return Authority(
        rules=scenario_rules(scenario),
        zones=() if area is None else area.zones,
        records=records,
        bases=bases,
        stretches={each.name: (each.from_m, each.to_m) for each in sectors},
    )
