"""The life of a request: the whole table of its states, and of who may move it.

The table of moves stands here. Who may make each is data: `request_offices.csv` of the
scenario, one row for each move and office, up to what is reserved to the President.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from linewatch.errors import BadValue, MayNotDecide, UnknownName
from linewatch.force.request.values import Request
from linewatch.scenario import BUILT_IN, Scenario
from linewatch.scenario.table import Faults, read_table, words

OFFICES: Final = BUILT_IN / "request_offices.csv"
"""Who may make which move, as it ships with Linewatch."""

COLUMNS: Final = ("move", "office", "most_people", "reserved_tasks", "source")
"""Columns of that table."""


class State(StrEnum):
    """Where a request stands."""

    DRAFT = "draft"
    VALIDATED = "validated"
    STAFFED = "staffed"
    DECIDED = "decided"
    SOURCED = "sourced"
    RUNNING = "running"
    CLOSED = "closed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


D, V, T, C = State.DRAFT, State.VALIDATED, State.STAFFED, State.DECIDED
S, R = State.SOURCED, State.RUNNING

MOVES: Final = {
    # move: state before -> state after
    "validate": {D: V},
    "staff": {V: T},
    "decide": {T: C},
    "refuse": dict.fromkeys((D, V, T), State.REFUSED),
    "withdraw": dict.fromkeys((D, V, T, C), State.WITHDRAWN),
    "source": {C: S, S: S, R: R},
    "run": {S: R},
    "extend": {C: C, S: S, R: R},
    "close": dict.fromkeys((C, S, R), State.CLOSED),
}
"""Every move, from which states it may be made, and where it leads. A draft is made by
its entry, and made anew by another one while it is a draft."""

NEEDS: Final = {
    "decide": ("number",),
    "refuse": ("caveat",),
    "withdraw": ("caveat",),
    "source": ("number", "reference"),
    "extend": ("until", "caveat"),
    "close": ("caveat",),
}
"""What a move must tell: how many, until when, why, and by which order."""

TAKES: Final = {
    "decide": ("number", "until", "caveat", "conditions", "reference"),
    "source": ("number", "caveat", "reference"),
    "extend": ("until", "caveat", "conditions", "reference"),
}
"""What a move may tell; every other may tell a caveat and a reference."""

ACTS: Final = ("draft", "find", *MOVES)
"""All that an office may be allowed to do with a request."""

HELD: Final = (C, S, R)
"""States in which a decision holds: it is granted, and has not ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """An office that may make a move.

    Parameters
    ----------
    move, office : str
        What it may do; who.
    most_people : int or None
        Largest request that it may do this with; None for any.
    reserved_tasks : tuple of str
        Tasks that are reserved to another office.
    source : str
        Where this stands, or that it is an assumption.
    """

    move: str
    office: str
    most_people: int | None
    reserved_tasks: tuple[str, ...]
    source: str

    def covers(self, request: Request, number: int) -> bool:
        """Tell whether it may do this with a request, for so many people."""
        few = self.most_people is None or number <= self.most_people
        return few and request.task not in self.reserved_tasks


def read_desks(scenario: Scenario | None = None) -> tuple[Desk, ...]:
    """Read who may make which move: the scenario's own table, else the built-in.

    Raises
    ------
    BadFile
        If the file cannot be read, has other columns or no row.
    BadLines
        If rows break a rule, or a move is left that nobody may make; all are told.
    """
    path = OFFICES
    if scenario is not None and "request_offices" in scenario.table("force"):
        path = scenario.file("force", "request_offices")
    table = read_table(path, COLUMNS)
    desks = tuple(desk for _, desk in table.read(_desk))
    faults = Faults(path)
    for act in ACTS:
        if not any(desk.move == act for desk in desks):
            faults.add(0, f"names no office that may {act} a request")
    faults.stop()
    return desks


def allowed(
    desks: tuple[Desk, ...], act: str, office: str, request: Request, number: int
) -> str:
    """Return the office's name as the table writes it, if it may.

    Parameters
    ----------
    desks : tuple of Desk
        Who may make which move.
    act, office : str
        What is to be done, and who would; the case of letters does not matter.
    request : Request
        With which request.
    number : int
        For how many people.

    Raises
    ------
    UnknownName
        If the table names no such office at all.
    MayNotDecide
        If the office may not, or not with this request; carries those that may.
    """
    wanted = " ".join(office.split()).casefold()
    named = {desk.office.casefold(): desk.office for desk in desks}
    if wanted not in named:
        raise UnknownName("office", office, tuple(named.values()))
    able = [d.office for d in desks if d.move == act and d.covers(request, number)]
    if named[wanted] not in able:
        raise MayNotDecide(named[wanted], f"{act} request {request.id}", able)
    return named[wanted]


def _desk(cells: dict[str, str]) -> Desk:
    """Read one row."""
    move, most = words(cells, "move"), cells["most_people"]
    if move not in ACTS:
        raise BadValue("move", f"one of {', '.join(ACTS)}", repr(move))
    if most and not (most.isascii() and most.isdigit() and int(most) > 0):
        raise BadValue("most_people", "a number above 0, or empty for any", repr(most))
    tasks = (part.strip() for part in cells["reserved_tasks"].split(";"))
    return Desk(
        move=move,
        office=words(cells, "office"),
        most_people=int(most) if most else None,
        reserved_tasks=tuple(task for task in tasks if task),
        source=words(cells, "source"),
    )
