"""The commands ``linewatch request draft`` and ``linewatch request find``."""

import json
from pathlib import Path
from typing import Literal

from linewatch.cli.reading import cases_of
from linewatch.cli.request_desk import Act, entries_of_case
from linewatch.errors import BadFile
from linewatch.force.request import Finding, Result, cases_in, find_case, read_requests


def draft(
    file: Path,
    *,
    act: Act,
) -> None:
    """Put requests of a file on record as drafts.

    Parameters
    ----------
    file
        Requests, TOML with [[request]] or CSV; every fault in it is told at once.
    act
        Who acts, when, and on which log.
    """
    desk, held = act.office(), cases_of(act.log, may_be_new=True)
    read = read_requests(file, office=act.by, authority=desk.authority)
    if not read.requests:
        raise BadFile(file, "holds findings and no request")
    entries = []
    for request in read.requests:
        drafted = desk.draft(request, held.get(request.id))
        body = drafted.to_body(desk.known_s) | {"digest": drafted.digest}
        entries.append((desk.at_s, "request", body))
    seq = act.write(str(entries[0][2]["office"]), entries)
    names = [request.id for request in read.requests]
    if act.as_json:
        print(json.dumps({"drafted": names, "seq": seq}))
        return
    print(f"Drafted {', '.join(names)}, entry {seq} of {act.log}.")


def find(
    request: str,
    *,
    act: Act,
    criterion: str,
    result: Literal["pass", "concern", "fail"],
    stated: str,
) -> None:
    """Put on record what an office found on a request by one criterion.

    Parameters
    ----------
    request
        Id of the request.
    act
        Who acts, when, and on which log.
    criterion
        Lethality, risk, cost, readiness or appropriateness.
    result
        What was found.
    stated
        The finding in words.
    """
    desk, case = act.office(), find_case(cases_of(act.log), request)
    made = Finding(
        request_id=request,
        criterion=criterion.strip().lower(),
        result=Result(result),
        stated=stated,
        office=act.by,
        made_s=desk.at_s,
        known_s=desk.known_s,
    )
    found = desk.find(case, made)
    entry = (found.made_s, "finding", found.to_body())
    seq = act.write(found.office, [entry])
    after = cases_in([*entries_of_case(case), entry])[request]
    act.tell(after, seq, f"{found.office}: {found.criterion} {result} for {request}")
