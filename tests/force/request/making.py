"""Requests, offices and steps for tests."""

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from linewatch.force import Rule, read_rules
from linewatch.force.asking import Authority
from linewatch.force.request import (
    CRITERIA,
    Case,
    Finding,
    Office,
    Reimbursement,
    Request,
    Result,
    cases_in,
    read_desks,
)
from linewatch.measure.clock import DAY_S, to_epoch_s
from linewatch.scenario import BUILT_IN

START_S = to_epoch_s("2025-03-01")
SECTORS = {"El Paso": (1.0e6, 1.4e6), "Yuma": (2.0e5, 4.0e5)}

FILE = """
[[request]]
id = "rfa-1"
capability = "Mobile surveillance crews"
task = "detect_monitor_static"
status = "T10"
sector = "El Paso"
number = 500
start = 2025-03-20
end = 2025-09-30
end_state = "the sector's own crews fill 150 sites"
reimbursement = "non-reimbursable"
"""


@cache
def authority() -> Authority:
    """Return the built-in table, without zones."""
    return Authority(rules=read_rules(BUILT_IN / "authority.csv"), stretches=SECTORS)


def request(**changes: Any) -> Request:
    """Return a request that breaks no rule."""
    made = Request(
        id="rfa-1",
        office="CBP sector",
        capability="Mobile surveillance crews",
        task="detect_monitor_static",
        status="T10",
        number=500,
        start=date(2025, 3, 20),
        end=date(2025, 9, 30),
        end_state="the sector's own crews fill 150 sites",
        reimbursement=Reimbursement.NON_REIMBURSABLE,
        sector="El Paso",
    )
    return replace(made, **changes)


def office(name: str, day: int = 0, *rules: Rule) -> Office:
    """Return an office at its desk, so many days after the first."""
    asked = authority().with_rules(rules) if rules else authority()
    at_s = START_S + day * DAY_S
    return Office(
        name=name, at_s=at_s, known_s=at_s, desks=read_desks(), authority=asked
    )


def drafted(**changes: Any) -> Case:
    """Return the case of a draft."""
    made = request(**changes)
    return cases_in([(START_S, "request", body(made.to_body(START_S)))])[made.id]


def body(fields: dict[str, object]) -> dict[str, object]:
    """Leave out what is None, as the log does."""
    return {name: value for name, value in fields.items() if value is not None}


def found(case: Case) -> Case:
    """Return a case with something found by every criterion but legality."""
    told = {
        each: Finding(
            request_id=case.request.id,
            criterion=each,
            result=Result.PASS,
            stated="looked at",
            office="Joint Staff",
            made_s=START_S,
            known_s=START_S,
        )
        for each in CRITERIA
        if each != "legality"
    }
    return replace(case, findings={**case.findings, **told})


def staffed(**changes: Any) -> Case:
    """Return a case that lies before who decides."""
    case, _, _ = office("DHS Executive Secretary", 1).move(
        drafted(**changes), "validate"
    )
    case, _, _ = office("Joint Staff", 2).move(found(case), "staff")
    return case


def granted(number: int = 500, **said: Any) -> Case:
    """Return a case with a decision."""
    case, _, _ = office("Secretary of Defense", 3).move(
        staffed(), "decide", number=number, **said
    )
    return case


def entries_of(case: Case) -> list[tuple[float, str, dict[str, object]]]:
    """Return the entries that lead to a case."""
    drafted_at = [(case.drafted_s, "request", body(case.request.to_body(case.known_s)))]
    told = [(f.made_s, "finding", body(f.to_body())) for f in case.findings.values()]
    return [
        *drafted_at,
        *told,
        *((m.made_s, "move", body(m.to_body())) for m in case.moves),
    ]


def write(folder: Path, text: str = FILE, name: str = "rfa.toml") -> Path:
    """Write a file of requests."""
    path = folder / name
    path.write_text(text)
    return path
