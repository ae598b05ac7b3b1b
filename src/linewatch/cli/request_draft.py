"""The commands ``linewatch request draft`` and ``linewatch request find``."""

import json
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from linewatch.cli.reading import cases_of
from linewatch.cli.request_desk import Act, entries_of_case
from linewatch.errors import BadFile
from linewatch.force.request import Finding, Result, cases_in, find_case, read_requests
from linewatch.scenario import BUILT_IN

Json = Annotated[bool, Parameter(name="--json", negative="")]


def draft(
    file: Path,
    *,
    by: str,
    log: Path,
    on: str | None = None,
    known: str | None = None,
    key: Path | None = None,
    passphrase_file: Path | None = None,
    scenario: Path = BUILT_IN,
    as_json: Json = False,
) -> None:
    """Put requests of a file on record as drafts.

    Parameters
    ----------
    file
        Requests, TOML with [[request]] or CSV; every fault in it is told at once.
    by
        Office that acts, as the table of offices names it.
    log
        Mission log that keeps the requests; it is made when it is not there.
    on
        When it was done, such as 2025-03-07; now when left out.
    known
        When that became known; then when left out.
    key
        Key of the office, which signs the entry.
    passphrase_file
        File whose first line unlocks the key.
    scenario
        Folder of the scenario, for its authority table, zones and offices.
    as_json
        Print one JSON object instead of sentences.
    """
    act = Act(
        by=by,
        log=log,
        scenario=scenario,
        on=on,
        known=known,
        key=key,
        passphrase_file=passphrase_file,
        as_json=as_json,
    )
    desk, held = act.office(), cases_of(log)
    read = read_requests(file, office=by, authority=desk.authority)
    if not read.requests:
        raise BadFile(file, "holds findings and no request")
    entries = []
    for request in read.requests:
        drafted = desk.draft(request, held.get(request.id))
        body = drafted.to_body(desk.known_s) | {"digest": drafted.digest}
        entries.append((desk.at_s, "request", body))
    seq = act.write(str(entries[0][2]["office"]), entries)
    names = [request.id for request in read.requests]
    if as_json:
        print(json.dumps({"drafted": names, "seq": seq}))
        return
    print(f"Drafted {', '.join(names)}, entry {seq} of {log}.")


def find(
    request: str,
    *,
    by: str,
    log: Path,
    criterion: str,
    result: Literal["pass", "concern", "fail"],
    stated: str,
    on: str | None = None,
    known: str | None = None,
    key: Path | None = None,
    passphrase_file: Path | None = None,
    scenario: Path = BUILT_IN,
    as_json: Json = False,
) -> None:
    """Put on record what an office found on a request by one criterion.

    Parameters
    ----------
    request
        Id of the request.
    criterion
        Lethality, risk, cost, readiness or appropriateness.
    result
        What was found.
    stated
        The finding in words.
    by
        Office that acts, as the table of offices names it.
    log
        Mission log that keeps the requests; it is made when it is not there.
    on
        When it was done, such as 2025-03-07; now when left out.
    known
        When that became known; then when left out.
    key
        Key of the office, which signs the entry.
    passphrase_file
        File whose first line unlocks the key.
    scenario
        Folder of the scenario, for its authority table, zones and offices.
    as_json
        Print one JSON object instead of sentences.
    """
    act = Act(
        by=by,
        log=log,
        scenario=scenario,
        on=on,
        known=known,
        key=key,
        passphrase_file=passphrase_file,
        as_json=as_json,
    )
    desk, case = act.office(), find_case(cases_of(log), request)
    made = Finding(
        request_id=request,
        criterion=criterion.strip().lower(),
        result=Result(result),
        stated=stated,
        office=by,
        made_s=desk.at_s,
        known_s=desk.known_s,
    )
    found = desk.find(case, made)
    entry = (found.made_s, "finding", found.to_body())
    seq = act.write(found.office, [entry])
    after = cases_in([*entries_of_case(case), entry])[request]
    act.tell(after, seq, f"{found.office}: {found.criterion} {result} for {request}")
