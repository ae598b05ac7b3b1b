"""The command ``linewatch decide``."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from linewatch.cli.reading import cases_of, records_of
from linewatch.cli.signing import of_office, signer_from
from linewatch.force.asking import read_authority
from linewatch.log import MissionLog
from linewatch.measure.clock import to_epoch_s, to_iso
from linewatch.plan.answering import (
    authority_under,
    people_of,
    taken_beside,
    within_grant,
)
from linewatch.plan.decision import (
    Verdict,
    decisions_in,
    entries_of,
    read_chain,
    standing,
)
from linewatch.plan.decision import decide as make_decision
from linewatch.plan.proposal import Proposal, read_proposal
from linewatch.scenario import BUILT_IN, read_scenario


def decide(
    file: Path,
    *,
    by: str,
    answer: Literal["approve", "disapprove", "in-part"],
    log: Path,
    caveat: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    on: str | None = None,
    key: Path | None = None,
    passphrase_file: Path | None = None,
    scenario: Path = BUILT_IN,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Record who decided on a proposal.

    Parameters
    ----------
    file
        Proposal, as plan deploy, plan sites and plan works write it.
    by
        Office that decided, as the approval chain names it.
    answer
        What it decided; in part needs a caveat that says what part.
    log
        Mission log that keeps the decision; it is made when it is not there.
    caveat
        What limits the decision; may be given again.
    on
        When it was decided, such as 2025-03-07; now when left out.
    key
        Key of the office, which signs the decision.
    passphrase_file
        File whose first line unlocks the key.
    scenario
        Folder of the scenario, for its authority table and approval chain.
    as_json
        Print one JSON object instead of sentences.
    """
    proposal = read_proposal(file)
    mission = read_scenario(scenario)
    ask = read_authority(mission, records=records_of(log, may_be_new=True))
    at_s = datetime.now(tz=UTC).timestamp() if on is None else to_epoch_s(on)
    if proposal.requests and answer != "disapprove":
        cases = cases_of(log, may_be_new=True)
        ask = authority_under(ask, cases, proposal.requests)
        taken = taken_of(log, proposal)
        within_grant(proposal, cases, proposal.requests, taken)
    decision = make_decision(
        proposal,
        by=by,
        answer=Verdict(answer),
        at_s=at_s,
        chain=read_chain(mission),
        ask=ask,
        caveats=caveat,
    )
    signers = signer_from(key, passphrase_file)
    of_office(signers, decision.office, key)
    with MissionLog.open(log) as kept:
        people = people_of(proposal) if proposal.requests else None
        told = entries_of(proposal, decision, people=people)
        seq = kept.append(told, signers=signers)
        entries = kept.read(kinds={"decision"})
        now = standing(proposal, decisions_in((e.time_s, e.body) for e in entries))
    if as_json:
        body = decision.to_body() | {"on": to_iso(at_s), "seq": seq, "standing": now}
        print(json.dumps(body | {"conditions": list(proposal.conditions)}))
        return
    signed = ", signed" if signers else ""
    print(f"{decision.office}: {answer} {proposal.id}, entry {seq} of {log}{signed}.")
    print(f"The proposal is now {now.value}.")
    if decision.caveat:
        print(f"Caveat: {decision.caveat}.")
    if proposal.conditions and decision.answer is not Verdict.DISAPPROVE:
        said = ", ".join(what.replace("_", " ") for what in proposal.conditions)
        print(f"Open before the tasks begin: {said}.")


def taken_of(log: Path, proposal: Proposal) -> int:
    """Return the people that other plans of a log take of a proposal's requests."""
    if not log.exists():
        return 0
    with MissionLog.open_to_read(log) as kept:
        proposed = [entry.body for entry in kept.read(kinds=("proposal",))]
        entries = kept.read(kinds={"decision"})
        decisions = decisions_in((e.time_s, e.body) for e in entries)
    return taken_beside(proposal, proposed, decisions)


commands = App(name="decide", help="Record who decided; lay options side by side.")
commands.default(decide)
commands.command(
    "linewatch.cli.decide_compare:compare_",
    name="compare",
    help="Lay proposals side by side.",
)
commands.command(
    "linewatch.cli.decide_record:record",
    name="record",
    help="Put on record that a condition is met.",
)
