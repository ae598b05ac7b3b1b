"""Checks: what the authority answers to everything that a plan holds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Protocol

from linewatch.errors import BadValue, Prohibited
from linewatch.force.asking import Authority, Spot
from linewatch.measure.clock import to_date

LONGEST_DAYS: Final = 36_600
"""Longest term of a pairing [d]: a century; a longer one is a slip of the pen."""


class Answer(Protocol):
    """What the authority table answers; `linewatch.force` makes it."""

    @property
    def answer(self) -> str:
        """Return allowed, conditional or prohibited."""

    @property
    def rule(self) -> str:
        """Return the rule that decided."""

    @property
    def layer(self) -> str:
        """Return the rule's layer: law, policy, order or default."""

    @property
    def conditions(self) -> Sequence[str]:
        """Return the conditions that are still open."""

    @property
    def citation(self) -> str:
        """Return where the rule stands."""


class Ask(Protocol):
    """Asks the authority table: `linewatch.force.may` with its rules filled in."""

    def __call__(
        self, *, task: str, status: str, on: date, zone: str | None = None
    ) -> Answer:
        """Answer whether a status may do a task on a date, in a zone or outside any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Who is to do what, where and when.

    Parameters
    ----------
    task, status : str
        A task and a duty status of the authority table.
    place : str
        Where, for people.
    on : date
        First day of the task.
    zone : str, optional
        Kind of zone that the place lies in for sure; empty outside any, and where the
        authority is to find it out from the place.
    until : date, optional
        First day after the task; None for a task of one day.
    sector, base : str, optional
        Sector of the line and base that the place lies in.
    from_m, to_m : float, optional
        Stretch of the line that the place is [m].
    """

    task: str
    status: str
    place: str
    on: date
    zone: str = ""
    until: date | None = None
    sector: str = ""
    base: str = ""
    from_m: float | None = None
    to_m: float | None = None

    def __post_init__(self) -> None:
        days = 1 if self.until is None else (self.until - self.on).days
        if not 0 < days <= LONGEST_DAYS:
            rule = f"after {self.on}, within {LONGEST_DAYS:,} days of it"
            raise BadValue("until", rule, self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A pairing and what the authority table answered to it.

    Parameters
    ----------
    pairing : Pairing
        What was asked.
    answer : str
        ``allowed`` or ``conditional``; no proposal holds another.
    rule, layer, citation : str
        The rule that decided, its layer, and where it stands.
    conditions : tuple of str
        Conditions that must be met before the task begins.
    """

    pairing: Pairing
    answer: str
    rule: str
    layer: str
    conditions: tuple[str, ...]
    citation: str

    def __post_init__(self) -> None:
        if self.answer not in {"allowed", "conditional"}:
            asked = self.pairing
            raise Prohibited(
                asked.task, asked.status, self.rule, self.layer, self.citation
            )


def checked(pairings: Iterable[Pairing], ask: Ask) -> tuple[Check, ...]:
    """Ask the authority about every pairing over its whole term, each once, in order.

    A pairing whose answer changes within its term becomes a check for each part.

    Parameters
    ----------
    pairings : iterable of Pairing
        Who is to do what, where, from when until when.
    ask : Ask
        The authority. One that has a method `over` knows on which days an answer may
        change; any other is asked for every day.

    Raises
    ------
    Prohibited
        At the first pairing that is prohibited on any day of its term.
    """
    asked = sorted(set(pairings), key=_order)
    return tuple(check for pairing in asked for check in checks_of(pairing, ask))


def checks_of(pairing: Pairing, ask: Ask) -> Iterator[Check]:
    """Yield a check for each part of a pairing's term that has one answer."""
    for start, end, told in _answers(pairing, ask):
        until = None if pairing.until is None else end
        yield Check(
            pairing=replace(pairing, on=start, until=until),
            answer=str(told.answer),
            rule=told.rule,
            layer=str(told.layer),
            conditions=tuple(told.conditions),
            citation=told.citation,
        )


def _answers(pairing: Pairing, ask: Ask) -> Iterator[tuple[date, date, Answer]]:
    """Yield the answers over a term, each from a date up to another."""
    end = pairing.until or pairing.on + timedelta(days=1)
    if isinstance(ask, Authority):
        spot = Spot(
            from_m=pairing.from_m,
            to_m=pairing.to_m,
            sector=pairing.sector,
            base=pairing.base,
            zone=pairing.zone,
        )
        told = ask.over(
            spot, task=pairing.task, status=pairing.status, start=pairing.on, end=end
        )
        yield from ((each.start, each.end, each.answer) for each in told)
        return
    last: tuple[date, Answer] | None = None
    for number in range(pairing.on.toordinal(), end.toordinal()):
        on = date.fromordinal(number)
        zone = pairing.zone or None
        answer = ask(task=pairing.task, status=pairing.status, on=on, zone=zone)
        if last is None or _says(last[1]) != _says(answer):
            if last is not None:
                yield last[0], on, last[1]
            last = (on, answer)
    if last is not None:
        yield last[0], end, last[1]


def _says(answer: Answer) -> tuple[object, ...]:
    """Return what a check keeps of an answer."""
    conditions = tuple(answer.conditions)
    return answer.answer, answer.rule, answer.layer, conditions, answer.citation


def check_told(check: Check) -> dict[str, object]:
    """Write a check as plain values."""
    asked = check.pairing
    return {
        "task": asked.task,
        "status": asked.status,
        "place": asked.place,
        "zone": asked.zone,
        "on": asked.on.isoformat(),
        **_term_told(asked),
        "answer": check.answer,
        "rule": check.rule,
        "layer": check.layer,
        "conditions": list(check.conditions),
        "citation": check.citation,
    }


def _term_told(asked: Pairing) -> dict[str, object]:
    """Write what older proposals do not tell, where it is told."""
    until = None if asked.until is None else asked.until.isoformat()
    more: dict[str, object] = {
        "until": until,
        "sector": asked.sector,
        "base": asked.base,
        "from_m": asked.from_m,
        "to_m": asked.to_m,
    }
    return {name: value for name, value in more.items() if value not in {None, ""}}


def _metres(table: Mapping[str, object], name: str) -> float | None:
    """Read a chainage that may be left out."""
    return float(str(table[name])) if name in table else None


def _order(pairing: Pairing) -> tuple[object, ...]:
    """Order pairings, those without a stretch or an end before those with one."""
    told = (pairing.until, pairing.from_m, pairing.to_m)
    known = tuple((value is not None, value or 0) for value in told[1:])
    last = (told[0] is not None, pairing.until or pairing.on)
    plain = (pairing.task, pairing.status, pairing.place, pairing.on, pairing.zone)
    return (*plain, last, pairing.sector, pairing.base, *known)


def check_from(told: object) -> Check:
    """Read a check that `check_told` wrote."""
    table = table_of(told)
    pairing = Pairing(
        task=str(table["task"]),
        status=str(table["status"]),
        place=str(table["place"]),
        zone=str(table["zone"]),
        on=to_date(str(table["on"])),
        until=to_date(str(table["until"])) if "until" in table else None,
        sector=str(table.get("sector", "")),
        base=str(table.get("base", "")),
        from_m=_metres(table, "from_m"),
        to_m=_metres(table, "to_m"),
    )
    return Check(
        pairing=pairing,
        answer=str(table["answer"]),
        rule=str(table["rule"]),
        layer=str(table["layer"]),
        conditions=tuple(str(what) for what in list_of(table["conditions"])),
        citation=str(table["citation"]),
    )


def table_of(told: object) -> Mapping[str, object]:
    """Return a table of plain values."""
    if not isinstance(told, Mapping):
        raise TypeError("a table")
    return told


def list_of(told: object) -> Sequence[object]:
    """Return a list of plain values."""
    if not isinstance(told, list):
        raise TypeError("a list")
    return told
