"""Values of a request for assistance: what is asked, what was found, what was done."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from linewatch.errors import BadValue
from linewatch.force.asking import Spot
from linewatch.force.authority import to_task
from linewatch.force.values import to_status
from linewatch.measure.clock import to_date, to_epoch_s, to_iso

CRITERIA: Final = (
    "legality",
    "lethality",
    "risk",
    "cost",
    "readiness",
    "appropriateness",
)
"""What is found on each request before it is decided: the six criteria of DoDD 3025.18,
whose use GAO-21-356 examined."""

STATUTE: Final = "10 USC 277"
"""Statute that asks for reimbursement unless it is waived."""

WORDS_LENGTH: Final = 1_000
"""Longest free text [characters], as the mission log keeps it."""


class Result(StrEnum):
    """What is found by one criterion."""

    PASS = "pass"  # noqa: S105 - what is found, no secret
    CONCERN = "concern"
    FAIL = "fail"


class Reimbursement(StrEnum):
    """Whether the requesting department pays."""

    REIMBURSABLE = "reimbursable"
    NON_REIMBURSABLE = "non-reimbursable"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request for assistance.

    Parameters
    ----------
    id : str
        Its name: an identifier without spaces, by which all else cites it.
    office : str
        Which office asks.
    capability : str
        What is asked for, in one line.
    task, status : str
        A task and a duty status of the authority table.
    number : int
        How many people are asked for.
    start, end : date
        First and last day.
    end_state : str
        What must be so for the support to end.
    reimbursement : Reimbursement
        Whether it is paid for.
    statute : str
        Statute of the reimbursement.
    sector : str
        Sector of the line; empty where a stretch is given.
    from_m, to_m : float or None
        Stretch of the line [m].
    zone : str
        Kind of zone, where the place is known to lie in one.
    reference : str
        Document that holds it.

    Raises
    ------
    BadValue
        If it lacks an end date, an end state or a place, or a value breaks its rule.
    """

    id: str
    office: str
    capability: str
    task: str
    status: str
    number: int
    start: date
    end: date
    end_state: str
    reimbursement: Reimbursement
    statute: str = STATUTE
    sector: str = ""
    from_m: float | None = None
    to_m: float | None = None
    zone: str = ""
    reference: str = ""

    def __post_init__(self) -> None:
        for what in faults_in({name: getattr(self, name) for name in _RULED}):
            raise what
        object.__setattr__(self, "task", to_task(self.task))
        object.__setattr__(self, "status", to_status(self.status))

    @property
    def spot(self) -> Spot:
        """Where it is, to ask the authority about."""
        return Spot(
            from_m=self.from_m, to_m=self.to_m, sector=self.sector, zone=self.zone
        )

    @property
    def place(self) -> str:
        """Where it is, for people."""
        if self.from_m is None or self.to_m is None:
            return self.sector
        return f"km {self.from_m / 1000:g} to {self.to_m / 1000:g}"

    @property
    def digest(self) -> str:
        """SHA-256 of all that it says, so that a changed file is told from this one."""
        told = {k: v for k, v in self.to_body(0.0).items() if k != "known_s"}
        return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def to_body(self, known_s: float) -> dict[str, object]:
        """Return the fields of the log's entry, but its digest."""
        return {
            "request_id": self.id,
            "known_s": known_s,
            "office": self.office,
            "capability": self.capability,
            "task": self.task,
            "status": self.status,
            "sector": self.sector or None,
            "from_m": self.from_m,
            "to_m": self.to_m,
            "zone": self.zone or None,
            "number": self.number,
            "from_s": to_epoch_s(self.start.isoformat()),
            "until_s": to_epoch_s(self.end.isoformat()),
            "end_state": self.end_state,
            "reimbursement": self.reimbursement.value,
            "statute": self.statute,
            "reference": self.reference or None,
        }

    @classmethod
    def from_body(cls, body: Mapping[str, object]) -> "Request":
        """Read a request from the fields of a log's entry."""
        return cls(
            id=str(body["request_id"]),
            office=str(body["office"]),
            capability=str(body["capability"]),
            task=str(body["task"]),
            status=str(body["status"]),
            number=int(str(body["number"])),
            start=day_of(body["from_s"]),
            end=day_of(body["until_s"]),
            end_state=str(body["end_state"]),
            reimbursement=Reimbursement(str(body["reimbursement"])),
            statute=str(body["statute"]),
            sector=str(body.get("sector", "")),
            from_m=_metres(body.get("from_m")),
            to_m=_metres(body.get("to_m")),
            zone=str(body.get("zone", "")),
            reference=str(body.get("reference", "")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What an office found on a request by one criterion.

    Parameters
    ----------
    request_id, criterion : str
        On which request, by which of `CRITERIA`.
    result : Result
        What was found.
    stated : str
        The finding in words; never empty.
    office : str
        Who found it.
    made_s, known_s : float
        When it was found, and when it became known [s].

    Raises
    ------
    UnknownName
        If there is no such criterion.
    BadValue
        If nothing is stated, or more than the log keeps.
    """

    request_id: str
    criterion: str
    result: Result
    stated: str
    office: str
    made_s: float
    known_s: float

    def __post_init__(self) -> None:
        if self.criterion not in CRITERIA:
            allowed = f"one of {', '.join(CRITERIA)}"
            raise BadValue("criterion", allowed, repr(self.criterion))
        if not self.stated.strip() or len(self.stated) > WORDS_LENGTH:
            rule = f"stated in 1 to {WORDS_LENGTH:,} characters"
            raise BadValue(f"finding on {self.criterion}", rule, len(self.stated))

    def to_body(self) -> dict[str, object]:
        """Return the fields of the log's entry; its time is `made_s`."""
        return {
            "request_id": self.request_id,
            "known_s": self.known_s,
            "criterion": self.criterion,
            "answer": self.result.value,
            "stated": self.stated,
            "office": self.office,
        }

    @classmethod
    def from_body(cls, made_s: float, body: Mapping[str, object]) -> "Finding":
        """Read a finding from the fields of a log's entry."""
        return cls(
            request_id=str(body["request_id"]),
            criterion=str(body["criterion"]),
            result=Result(str(body["answer"])),
            stated=str(body["stated"]),
            office=str(body["office"]),
            made_s=made_s,
            known_s=float(str(body.get("known_s", made_s))),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A step that an office takes a request.

    Parameters
    ----------
    request_id, move, office : str
        Which request, which step of `linewatch.force.request.states.MOVES`, and who.
    made_s, known_s : float
        When it was made, and when it became known [s].
    number : int or None
        People granted or sourced.
    until : date or None
        Last day, where the decision sets or moves it.
    caveat : str
        What limits it, or why.
    conditions : tuple of str
        What must be recorded before the task begins, as the authority table names it.
    reference : str
        Document, order or proposal that it rests on.
    """

    request_id: str
    move: str
    office: str
    made_s: float
    known_s: float
    number: int | None = None
    until: date | None = None
    caveat: str = ""
    conditions: tuple[str, ...] = ()
    reference: str = ""

    def to_body(self) -> dict[str, object]:
        """Return the fields of the log's entry; its time is `made_s`."""
        until = None if self.until is None else to_epoch_s(self.until.isoformat())
        return {
            "request_id": self.request_id,
            "known_s": self.known_s,
            "move": self.move,
            "office": self.office,
            "number": self.number,
            "until_s": until,
            "caveat": self.caveat or None,
            "conditions": list(self.conditions) or None,
            "reference": self.reference or None,
        }

    @classmethod
    def from_body(cls, made_s: float, body: Mapping[str, object]) -> "Move":
        """Read a step from the fields of a log's entry."""
        number, until = body.get("number"), body.get("until_s")
        conditions = body.get("conditions")
        return cls(
            request_id=str(body["request_id"]),
            move=str(body["move"]),
            office=str(body["office"]),
            made_s=made_s,
            known_s=float(str(body.get("known_s", made_s))),
            number=None if number is None else int(str(number)),
            until=None if until is None else day_of(until),
            caveat=str(body.get("caveat", "")),
            conditions=tuple(map(str, conditions))
            if isinstance(conditions, list)
            else (),
            reference=str(body.get("reference", "")),
        )


_NAMED: Final = {
    "id": "an identifier without spaces",
    "office": "the requesting office",
    "capability": "said in one line",
    "task": "a task of the authority table",
    "end_state": "said: what must be so for the support to end",
    "statute": "named",
}

_RULED: Final = (*_NAMED, "number", "start", "end", "from_m", "to_m", "sector")
"""Fields of a request that a rule speaks of."""


LAST_YEAR: Final = 2199
"""Last year in which a request may end."""


def faults_in(values: Mapping[str, Any]) -> tuple[BadValue, ...]:
    """Return what of a request's fields, given by name, breaks a rule."""
    found = [
        BadValue(name, rule, "empty")
        for name, rule in _NAMED.items()
        if not str(values[name]).strip()
    ]
    if not values["number"] > 0:
        found.append(BadValue("number", "above 0", values["number"]))
    if values["end"] < values["start"]:
        rule = f"a date from {values['start']} on"
        found.append(BadValue("end", rule, values["end"]))
    elif values["end"].year > LAST_YEAR:
        rule = f"in {LAST_YEAR} or before: support ends"
        found.append(BadValue("end", rule, values["end"]))
    from_m, to_m = values["from_m"], values["to_m"]
    if (from_m is None) != (to_m is None):
        found.append(BadValue("from_km and to_km", "given together", "one"))
    elif from_m is None and not values["sector"]:
        found.append(BadValue("sector", "given, or from_km and to_km", "empty"))
    elif from_m is not None and values["sector"]:
        found.append(BadValue("sector", "given without from_km and to_km", "both"))
    elif from_m is not None and not 0 <= from_m <= to_m:
        found.append(BadValue("from_km", "0 to to_km", from_m / 1000))
    return tuple(found)


def day_of(time_s: object) -> date:
    """Return the day of an instant [s]."""
    return to_date(to_iso(float(str(time_s)))[:10])


def _metres(value: object) -> float | None:
    """Read a chainage that may be left out."""
    if value is None:
        return None
    metres = float(str(value))
    return metres if math.isfinite(metres) else None
