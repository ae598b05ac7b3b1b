"""The gate of 10 USC 276 before a request runs."""

from linewatch.errors import GateClosed
from linewatch.force.ledger import Ledger
from linewatch.force.read import read_ledger
from linewatch.force.request import Case
from linewatch.force.request.values import Result
from linewatch.plan.decision import read_chain
from linewatch.plan.factors import read_factors
from linewatch.plan.readiness import LAW, must_be_open
from linewatch.plan.readiness_ledger import entitled, readiness_of_request
from linewatch.plan.readiness_read import read_readiness
from linewatch.plan.readiness_tables import Finding
from linewatch.scenario import Scenario


def may_run(mission: Scenario, case: Case) -> None:
    """Refuse to let a request run while the law holds it back.

    Units that give are those whose entries of the ledger cite the request. A finding on
    readiness by an office that decides opens the gate, unless it found a failure; where
    no entry cites the request, the finding of any office stands.

    Raises
    ------
    GateClosed
        If a unit falls below the floor or was not assessed, and nobody entitled found
        that it may.
    """
    chain = read_chain(mission)
    said = case.findings.get("readiness")
    if said is None or said.result is Result.FAIL:
        stated = "nothing was found on readiness" if said is None else said.stated
        raise GateClosed(LAW, [f"request {case.request.id}: {stated}"])
    found = Finding(
        parent="",
        office=said.office,
        since=case.request.start,
        until=case.end,
        text=said.stated,
        source=f"finding on {case.request.id}",
    )
    held = _ledger(mission)
    if held is None:
        return
    must_be_open(
        readiness_of_request(
            case.request.id,
            since=case.request.start,
            until=case.end,
            ledger=held,
            tables=read_readiness(mission, chain),
            factors=read_factors(mission),
            found=found if entitled(said.office, chain) else None,
        )
    )


def _ledger(mission: Scenario) -> Ledger | None:
    """Read the scenario's ledger, if it has one."""
    if "ledger" not in mission.table("force"):
        return None
    return read_ledger(mission.file("force", "ledger"))
