"""What the commands of ``linewatch request`` share: the desk, the log, the answer."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.cli.reading import cases_of, records_of
from linewatch.cli.request_gate import may_run
from linewatch.cli.signing import of_office, signer_from
from linewatch.force.asking import read_authority
from linewatch.force.request import (
    Case,
    Finding,
    Office,
    cases_in,
    find_case,
    read_desks,
)
from linewatch.log import MissionLog
from linewatch.measure.clock import to_date, to_epoch_s, to_iso
from linewatch.scenario import BUILT_IN, read_scenario


@Parameter(name="*")  # its fields are the options of each command
@dataclass(frozen=True, kw_only=True)
class Act:
    """Who acts on a log, when, with which key, and how that is told.

    Parameters
    ----------
    by : str
        Office that acts, as the table of offices names it.
    log : Path
        Mission log that keeps the requests; it is made when it is not there.
    on : str, optional
        When it was done, such as 2025-03-07; now when left out.
    known : str, optional
        When that became known; then when left out.
    key : Path, optional
        Key of the office, which signs the entry.
    passphrase_file : Path, optional
        File whose first line unlocks the key.
    scenario : Path
        Folder of the scenario, for its authority table, zones and offices.
    as_json : bool
        Print one JSON object instead of sentences.
    """

    by: str
    log: Path
    on: str | None = None
    known: str | None = None
    key: Path | None = None
    passphrase_file: Path | None = None
    scenario: Path = BUILT_IN
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False

    def office(self) -> Office:
        """Return the office at its desk."""
        mission = read_scenario(self.scenario)
        now_s = datetime.now(tz=UTC).timestamp()
        at_s = now_s if self.on is None else to_epoch_s(self.on)
        return Office(
            name=self.by,
            at_s=at_s,
            known_s=at_s if self.known is None else to_epoch_s(self.known),
            desks=read_desks(mission),
            authority=read_authority(
                mission, records=records_of(self.log, may_be_new=True)
            ),
        )

    def write(
        self, office: str, entries: Iterable[tuple[float, str, Mapping[str, object]]]
    ) -> int:
        """Append entries, signed where the office's key is there; return the last."""
        signers = signer_from(self.key, self.passphrase_file)
        of_office(signers, office, self.key)
        with MissionLog.open(self.log) as kept:
            return kept.append(entries, signers=signers)

    def move(
        self,
        name: str,
        move: str,
        *,
        number: int | None = None,
        until: str | None = None,
        caveat: str = "",
        conditions: Iterable[str] = (),
        reference: str = "",
        findings: Iterable[Finding] = (),
    ) -> None:
        """Make a step with a request, log it, and tell where the request stands."""
        desk, case = self.office(), find_case(cases_of(self.log), name)
        entries: list[tuple[float, str, Mapping[str, object]]] = []
        for each in findings:
            if each.request_id == name:
                found = desk.find(case, each)
                entries.append((found.made_s, "finding", found.to_body()))
        told = [*entries_of_case(case), *entries]
        case, said, legal = desk.move(
            cases_in(told)[name],
            move,
            number=number,
            until=None if until is None else to_date(until),
            caveat=caveat,
            conditions=conditions,
            reference=reference,
        )
        if move == "run":
            may_run(read_scenario(self.scenario), case)
        if legal is not None:
            entries.append((legal.made_s, "finding", legal.to_body()))
        entries.append((said.made_s, "move", said.to_body()))
        seq = self.write(said.office, entries)
        self.tell(case, seq, f"{said.office}: {move} {name}")

    def tell(self, case: Case, seq: int, what: str) -> None:
        """Tell what was done and where the request stands."""
        if self.as_json:
            print(json.dumps(case_words(case) | {"seq": seq}))
            return
        signed = ", signed" if self.key is not None else ""
        print(f"{what}, entry {seq} of {self.log}{signed}.")
        print(f"The request is now {standing(case)}.")


def entries_of_case(
    case: Case,
) -> list[tuple[float, str, Mapping[str, object]]]:
    """Write a case as entries again, in the order in which they lead to it."""
    drafted = case.request.to_body(case.known_s)
    found = ((f.made_s, "finding", _kept(f.to_body())) for f in case.findings.values())
    moved = ((m.made_s, "move", _kept(m.to_body())) for m in case.moves)
    return [(case.drafted_s, "request", _kept(drafted)), *found, *moved]


def _kept(body: Mapping[str, object]) -> dict[str, object]:
    """Leave out what is None, as the log does."""
    return {name: value for name, value in body.items() if value is not None}


def standing(case: Case) -> str:
    """Say in a few words where a request stands."""
    words = case.state.value
    if case.granted:
        part = "in part, " if case.in_part else ""
        words += f": {part}{case.granted:,} of {case.request.number:,} people"
        words += f" until {case.end}"
    return words + (", extended" if case.extended else "")


def case_words(case: Case) -> dict[str, object]:
    """Return a case as plain words and numbers for JSON."""
    request = case.request
    return {
        "id": request.id,
        "state": case.state.value,
        "office": request.office,
        "capability": request.capability,
        "task": request.task,
        "status": request.status,
        "place": request.place,
        "number": request.number,
        "start": request.start.isoformat(),
        "end": request.end.isoformat(),
        "end_state": request.end_state,
        "reimbursement": request.reimbursement.value,
        "statute": request.statute,
        "granted": case.granted,
        "in_part": case.in_part,
        "extended": case.extended,
        "ends": case.end.isoformat(),
        "sourced": case.sourced,
        "conditions": list(case.conditions),
        "caveats": list(case.caveats),
        "missing": list(case.missing),
        "findings": [
            {
                "criterion": each.criterion,
                "result": each.result.value,
                "stated": each.stated,
                "office": each.office,
                "on": _day(each.made_s),
            }
            for each in case.findings.values()
        ],
        "moves": [
            {
                "move": each.move,
                "office": each.office,
                "on": _day(each.made_s),
                "known": _day(each.known_s),
                "number": each.number,
                "until": None if each.until is None else each.until.isoformat(),
                "caveat": each.caveat,
                "conditions": list(each.conditions),
                "reference": each.reference,
            }
            for each in case.moves
        ],
    }


def _day(time_s: float) -> str:
    """Write the day of an instant [s]."""
    return to_iso(time_s)[:10]
