"""A case: a request with all that was found and done about it, as of two instants."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from linewatch.errors import BadValue, UnknownName
from linewatch.force.request.states import HELD, MOVES, State
from linewatch.force.request.values import (
    CRITERIA,
    Finding,
    Move,
    Request,
    day_of,
)
from linewatch.force.rules import ANY, Rule

KINDS: Final = ("request", "finding", "move")
"""Kinds of entry of the mission log that make a case."""

Told = tuple[float, str, Mapping[str, object]]
"""Time [s], kind and fields of an entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A request and where it stands.

    Parameters
    ----------
    request : Request
        What is asked.
    state : State
        Where it stands.
    drafted_s, known_s : float
        When it was drafted, and when that became known [s].
    findings : mapping of str to Finding
        The last finding by each criterion.
    moves : tuple of Move
        Every step, in order.
    """

    request: Request
    state: State
    drafted_s: float
    known_s: float
    findings: Mapping[str, Finding]
    moves: tuple[Move, ...] = ()

    @property
    def granted(self) -> int | None:
        """People granted; None while nobody has decided, 0 when refused."""
        if self.state is State.REFUSED:
            return 0
        told = [move.number for move in self.moves if move.move == "decide"]
        return told[-1] if told else None

    @property
    def sourced(self) -> int:
        """People sourced, all orders together."""
        return sum(m.number or 0 for m in self.moves if m.move == "source")

    @property
    def end(self) -> date:
        """Last day: that of the last extension, of the decision, or as asked."""
        told = [m.until for m in self.moves if m.until is not None]
        return told[-1] if told else self.request.end

    @property
    def conditions(self) -> tuple[str, ...]:
        """Conditions of the decision and of its extensions."""
        every = (what for move in self.moves for what in move.conditions)
        return tuple(dict.fromkeys(every))

    @property
    def caveats(self) -> tuple[str, ...]:
        """Caveats of the decision and of its extensions, and why it ended."""
        return tuple(move.caveat for move in self.moves if move.caveat)

    @property
    def in_part(self) -> bool:
        """Whether less was granted than was asked for, or with limits."""
        granted = self.granted
        short = granted is not None and 0 < granted < self.request.number
        decided = [m for m in self.moves if m.move == "decide"]
        limited = any(m.caveat or m.conditions for m in decided)
        return short or limited or any(m.until is not None for m in decided)

    @property
    def extended(self) -> bool:
        """Whether it was extended."""
        return any(move.move == "extend" for move in self.moves)

    @property
    def missing(self) -> tuple[str, ...]:
        """Criteria on which nothing was found."""
        return tuple(each for each in CRITERIA if each not in self.findings)

    @property
    def last_s(self) -> float:
        """When it was last touched [s]."""
        told = [move.made_s for move in self.moves]
        found = [finding.made_s for finding in self.findings.values()]
        return max([self.drafted_s, *told, *found])

    def after(self, move: Move) -> "Case":
        """Return the case after a step.

        Raises
        ------
        BadValue
            If no such step leads out of the state that it is in.
        """
        leads = MOVES.get(move.move, {})
        if self.state not in leads:
            may = [name for name, ways in MOVES.items() if self.state in ways]
            rule = f"one of {', '.join(may) or 'none'} while it is {self.state.value}"
            raise BadValue(f"move of request {self.request.id}", rule, move.move)
        return replace(self, state=leads[self.state], moves=(*self.moves, move))


def cases_in(
    entries: Iterable[Told], *, on_s: float = math.inf, known_s: float = math.inf
) -> dict[str, Case]:
    """Make the cases of a log's entries, given in their order.

    Parameters
    ----------
    entries : iterable of (time_s, kind, fields)
        Entries of the kinds `KINDS`.
    on_s, known_s : float
        Only what was done, and was known, by these instants [s].

    Raises
    ------
    BadValue
        If an entry speaks of a request that nobody drafted, or a step does not lead
        out of the state that it was made in.
    """
    cases: dict[str, Case] = {}
    for made_s, kind, body in entries:
        learned_s = float(str(body.get("known_s", made_s)))
        if made_s > on_s or learned_s > known_s:
            continue
        if kind == "request":
            _draft(cases, made_s, learned_s, Request.from_body(body))
            continue
        case = find_case(cases, str(body["request_id"]))
        if kind == "finding":
            finding = Finding.from_body(made_s, body)
            told = {**case.findings, finding.criterion: finding}
            cases[case.request.id] = replace(case, findings=told)
        else:
            cases[case.request.id] = case.after(Move.from_body(made_s, body))
    return cases


def find_case(cases: Mapping[str, Case], name: str) -> Case:
    """Return the case of a request.

    Raises
    ------
    UnknownName
        If there is none of that id.
    """
    if name not in cases:
        raise UnknownName("request", name, tuple(cases) or ("none: the log has none",))
    return cases[name]


def rules_under(case: Case) -> tuple[Rule, ...]:
    """Return what a decision lays over the authority table, for tasks under a request.

    After its last day nothing may be done under it, and its own task not before its
    first; within its dates its own conditions must be met too. One that is closed ended
    on that day. One that nobody has granted, or that was taken back, permits nothing.
    """
    request, name = case.request, case.request.id
    decided = [move for move in case.moves if move.move == "decide"]
    if case.state not in (*HELD, State.CLOSED) or not decided:
        why = f"request {name} is {case.state.value}, and no decision holds"
        return (_rule(f"request-{name}-{case.state.value}", citation=why),)
    told = f"request {name}, decided by {decided[-1].office}"
    last = case.end
    if case.state is State.CLOSED:
        last = min(last, day_of(case.moves[-1].made_s))
    after = last + timedelta(days=1)
    ended = "granted until" if last == case.end else "closed on"
    term = f"{told}: from {request.start}, {ended} {last}"
    limits = [
        _rule(
            f"request-{name}-before",
            task=request.task,
            status=request.status,
            end=request.start,
            citation=term,
        ),
        _rule(f"request-{name}-after", start=after, citation=term),
    ]
    if case.conditions:
        limits.append(
            _rule(
                f"request-{name}",
                task=request.task,
                status=request.status,
                answer="conditional",
                conditions=case.conditions,
                citation=told,
            )
        )
    return tuple(limits)


def _rule(  # noqa: PLR0913 - a rule has that many sides
    name: str,
    *,
    citation: str,
    task: str = ANY,
    status: str = ANY,
    start: date | None = None,
    end: date | None = None,
    answer: str = "prohibited",
    conditions: tuple[str, ...] = (),
) -> Rule:
    """Make a rule of the layer "order"."""
    return Rule(
        name=name,
        task=task,
        status=status,
        zone=ANY,
        start=start,
        end=end,
        layer="order",
        answer=answer,
        conditions=conditions,
        citation=citation,
    )


def _draft(
    cases: dict[str, Case], made_s: float, known_s: float, request: Request
) -> None:
    """Add a draft, or make it anew while it is one."""
    held = cases.get(request.id)
    if held is not None and held.state is not State.DRAFT:
        rule = "a draft, to be drafted anew"
        raise BadValue(f"request {request.id}", rule, held.state.value)
    findings = {} if held is None else held.findings
    cases[request.id] = Case(
        request=request,
        state=State.DRAFT,
        drafted_s=made_s,
        known_s=known_s,
        findings=findings,
    )
