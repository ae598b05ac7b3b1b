"""What an office does with a request: each step checked, and made an entry of the log.

Legality is worked out by the authority over the whole term of the request, when it is
staffed and again when it is decided or extended. Nobody can state it otherwise.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from linewatch.errors import BadValue, Prohibited
from linewatch.force.asking import Authority, Stretch
from linewatch.force.request.case import Case
from linewatch.force.request.states import NEEDS, TAKES, Desk, allowed
from linewatch.force.request.values import (
    WORDS_LENGTH,
    Finding,
    Move,
    Request,
    Result,
)
from linewatch.force.rules import ANSWERS
from linewatch.measure.clock import to_iso

LEGALITY: Final = "legality"
"""The criterion that is worked out, and never stated by hand."""

_RESULTS: Final = {
    "allowed": Result.PASS,
    "conditional": Result.CONCERN,
    "prohibited": Result.FAIL,
}

_PLAIN: Final = ("caveat", "reference")
"""What any move may tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Someone at a desk: an office that acts at a time, with what it asks and may.

    Parameters
    ----------
    name : str
        The office.
    at_s, known_s : float
        When it acts, and when that becomes known [s].
    desks : tuple of Desk
        Who may make which move.
    authority : Authority
        Rules, zones and records.
    """

    name: str
    at_s: float
    known_s: float
    desks: tuple[Desk, ...] = field(repr=False)
    authority: Authority = field(repr=False)

    def draft(self, request: Request, before: Case | None = None) -> Request:
        """Return a request as this office drafts it.

        Raises
        ------
        UnknownName, MayNotDecide
            If the office does not exist or may not.
        BadValue
            If the request is no draft any more.
        """
        if before is not None and before.state != "draft":
            rule = "a draft, to be drafted anew"
            raise BadValue(f"request {request.id}", rule, before.state.value)
        name = allowed(self.desks, "draft", self.name, request, request.number)
        self.authority.at(
            request.spot, task=request.task, status=request.status, on=request.start
        )
        return replace(request, office=name)

    def find(self, case: Case, finding: Finding) -> Finding:
        """Return a finding as this office makes it.

        Raises
        ------
        BadValue
            If it is on legality, or the request is decided already.
        UnknownName, MayNotDecide
            If the office does not exist or may not.
        """
        if finding.criterion == LEGALITY:
            raise BadValue(
                "finding on legality", "left to the authority table", finding.result
            )
        if case.state not in {"draft", "validated", "staffed"}:
            rule = "not decided yet, to be found on"
            raise BadValue(f"request {case.request.id}", rule, case.state.value)
        self._not_before(case)
        number = case.request.number
        name = allowed(self.desks, "find", self.name, case.request, number)
        return replace(finding, office=name, made_s=self.at_s, known_s=self.known_s)

    def legality(self, case: Case, end: date | None = None) -> Finding:
        """Work out the legality of a request over its term."""
        found = legality_of(case.request, self.authority, end=end or case.end)
        return Finding(
            request_id=case.request.id,
            criterion=LEGALITY,
            result=found.result,
            stated=found.stated,
            office=self.name,
            made_s=self.at_s,
            known_s=self.known_s,
        )

    def move(  # noqa: PLR0913 - a step may tell that much
        self,
        case: Case,
        move: str,
        *,
        number: int | None = None,
        until: date | None = None,
        caveat: str = "",
        conditions: Iterable[str] = (),
        reference: str = "",
    ) -> tuple[Case, Move, Finding | None]:
        """Make a step; return the case after it, and what to log.

        Parameters
        ----------
        case : Case
            Where the request stands.
        move : str
            Step of the table of moves.
        number, until, caveat, conditions, reference
            What the step tells; see `Move`.

        Returns
        -------
        Case, Move, Finding or None
            The case after, the step, and the legality where it was worked out anew:
            it is logged before the step.

        Raises
        ------
        BadValue
            If the step does not lead from here, lacks a word, or tells too much.
        UnknownName, MayNotDecide
            If the office does not exist or may not make it.
        Prohibited
            If it would grant what the authority prohibits on any day.
        """
        said = Move(
            request_id=case.request.id,
            move=move,
            office=self.name,
            made_s=self.at_s,
            known_s=self.known_s,
            number=number,
            until=until,
            caveat=caveat.strip(),
            conditions=tuple(dict.fromkeys(conditions)),
            reference=reference.strip(),
        )
        case.after(said)
        self._not_before(case)
        _check_words(said)
        people = case.request.number if number is None else number
        name = allowed(self.desks, move, self.name, case.request, people)
        said = replace(said, office=name)
        found = None
        if move == "staff":
            found = self._staffed(case)
        elif move in {"decide", "extend"}:
            found = self._granted(case, said)
        elif move == "source":
            _check_sourced(case, said)
        if found is not None:
            case = replace(case, findings={**case.findings, LEGALITY: found})
        return case.after(said), said, found

    def _staffed(self, case: Case) -> Finding:
        """Hold a decision package against the six criteria."""
        missing = [each for each in case.missing if each != LEGALITY]
        if missing:
            rule = "found on by all six criteria before it is staffed"
            raise BadValue(
                f"request {case.request.id}", rule, f"without {', '.join(missing)}"
            )
        return self.legality(case)

    def _granted(self, case: Case, said: Move) -> Finding:
        """Hold a decision or an extension against the request and the authority."""
        request, until = case.request, said.until
        if said.move == "decide":
            if not 0 < (said.number or 0) <= request.number:
                rule = f"1 to {request.number:,}, as many as were asked for"
                raise BadValue("number", rule, said.number)
            if until is not None and not request.start <= until <= request.end:
                rule = f"{request.start} to {request.end}, as asked for"
                raise BadValue("until", rule, until)
        elif until is not None and until <= case.end:
            raise BadValue("until", f"after {case.end}, the end so far", until)
        last = until or case.end
        bad = next(_prohibited(request, self.authority, last), None)
        if bad is not None:
            told = bad.answer
            raise Prohibited(
                told.task, told.status, told.rule, told.layer, told.citation
            )
        return self.legality(case, last)

    def _not_before(self, case: Case) -> None:
        """Refuse to act before what was done last."""
        if self.at_s < case.last_s:
            rule = f"no earlier than {to_iso(case.last_s)}, when it was last touched"
            raise BadValue("time", rule, to_iso(self.at_s))


@dataclass(frozen=True, slots=True, kw_only=True)
class Legality:
    """What the authority answers to a request over its term.

    Parameters
    ----------
    result : Result
        By the strictest answer: fail if any day is prohibited.
    stated : str
        The answers in words, with rules and dates.
    conditions : tuple of str
        Conditions open on any day.
    parts : tuple of Stretch
        The answers.
    """

    result: Result
    stated: str
    conditions: tuple[str, ...]
    parts: tuple[Stretch, ...]


def legality_of(
    request: Request, authority: Authority, *, end: date | None = None
) -> Legality:
    """Ask the authority about a request on every day of its term."""
    parts = _asked(request, authority, end or request.end)
    strictest = max((part.answer.answer for part in parts), key=ANSWERS.index)
    open_conditions = (what for part in parts for what in part.answer.conditions)
    stated = "; ".join(
        f"{part.answer.answer} from {part.start} by {part.answer.layer} "
        f"{part.answer.rule}"
        for part in parts
    )
    return Legality(
        result=_RESULTS[strictest],
        stated=stated[:WORDS_LENGTH],
        conditions=tuple(dict.fromkeys(open_conditions)),
        parts=parts,
    )


def _asked(request: Request, authority: Authority, end: date) -> tuple[Stretch, ...]:
    """Ask about a request up to and including its last day."""
    return authority.over(
        request.spot,
        task=request.task,
        status=request.status,
        start=request.start,
        end=end + timedelta(days=1),
    )


def _prohibited(request: Request, authority: Authority, end: date) -> Iterator[Stretch]:
    """Yield the parts of a term that are prohibited."""
    for part in _asked(request, authority, end):
        if part.answer.answer == "prohibited":
            yield part


def _check_words(said: Move) -> None:
    """Refuse a step that lacks a word or tells one that it does not take."""
    given = {
        "number": said.number is not None,
        "until": said.until is not None,
        "caveat": bool(said.caveat),
        "conditions": bool(said.conditions),
        "reference": bool(said.reference),
    }
    takes: Sequence[str] = TAKES.get(said.move, _PLAIN)
    for name, is_given in given.items():
        if is_given and name not in takes:
            raise BadValue(name, f"left out of {said.move}", "given")
        if not is_given and name in NEEDS.get(said.move, ()):
            raise BadValue(name, f"given, for {said.move} needs it", "empty")
    if len(said.caveat) > WORDS_LENGTH:
        rule = f"at most {WORDS_LENGTH:,} characters"
        raise BadValue("caveat", rule, f"{len(said.caveat):,}")


def _check_sourced(case: Case, said: Move) -> None:
    """Refuse to source more than was granted."""
    left = (case.granted or 0) - case.sourced
    if not 0 < (said.number or 0) <= left:
        rule = f"1 to {left:,}, what of {case.granted or 0:,} granted is not sourced"
        raise BadValue("number", rule, said.number)
