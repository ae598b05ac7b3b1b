"""The commands ``linewatch request ...`` that move a request through its life."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.cli.request_desk import Act
from linewatch.force.request import read_requests
from linewatch.scenario import BUILT_IN

Json = Annotated[bool, Parameter(name="--json", negative="")]
Words = Annotated[tuple[str, ...], Parameter(negative="")]


def validate(
    request: str,
    *,
    by: str,
    log: Path,
    caveat: str = "",
    reference: str = "",
    on: str | None = None,
    known: str | None = None,
    key: Path | None = None,
    passphrase_file: Path | None = None,
    scenario: Path = BUILT_IN,
    as_json: Json = False,
) -> None:
    """Say that a request is one of the department's.

    Parameters
    ----------
    request
        Id of the request.
    caveat
        What to know of it.
    reference
        Document that it rests on.
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
    act.move(request, "validate", caveat=caveat, reference=reference)


def staff(
    request: str,
    *,
    by: str,
    log: Path,
    findings: Path | None = None,
    caveat: str = "",
    reference: str = "",
    on: str | None = None,
    known: str | None = None,
    key: Path | None = None,
    passphrase_file: Path | None = None,
    scenario: Path = BUILT_IN,
    as_json: Json = False,
) -> None:
    """Say that the six criteria were found on; legality is worked out.

    Parameters
    ----------
    request
        Id of the request.
    findings
        File with findings of this office, TOML or CSV, to put on record first.
    caveat
        What to know of it.
    reference
        Document that it rests on.
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
    told = [] if findings is None else read_requests(findings).findings
    act.move(request, "staff", caveat=caveat, reference=reference, findings=told)


def decide(
    request: str,
    *,
    by: str,
    log: Path,
    number: int,
    until: str | None = None,
    condition: Words = (),
    caveat: str = "",
    reference: str = "",
    on: str | None = None,
    known: str | None = None,
    key: Path | None = None,
    passphrase_file: Path | None = None,
    scenario: Path = BUILT_IN,
    as_json: Json = False,
) -> None:
    """Grant a request, in whole or in part; `refuse` refuses one.

    Parameters
    ----------
    request
        Id of the request.
    number
        People granted: all that were asked for, or fewer.
    until
        Last day, where it is earlier than asked for.
    condition
        What must be recorded before the task begins; may be given again.
    caveat
        What limits the decision.
    reference
        Document that it rests on.
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
    act.move(
        request,
        "decide",
        number=number,
        until=until,
        caveat=caveat,
        conditions=condition,
        reference=reference,
    )


def refuse(
    request: str,
    *,
    by: str,
    log: Path,
    caveat: Annotated[str, Parameter(name="--why")],
    reference: str = "",
    on: str | None = None,
    known: str | None = None,
    key: Path | None = None,
    passphrase_file: Path | None = None,
    scenario: Path = BUILT_IN,
    as_json: Json = False,
) -> None:
    """Refuse a request, and say why.

    Parameters
    ----------
    request
        Id of the request.
    caveat
        Why; for a close, what was reached.
    reference
        Document that it rests on.
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
    act.move(request, "refuse", caveat=caveat, reference=reference)


def withdraw(
    request: str,
    *,
    by: str,
    log: Path,
    caveat: Annotated[str, Parameter(name="--why")],
    reference: str = "",
    on: str | None = None,
    known: str | None = None,
    key: Path | None = None,
    passphrase_file: Path | None = None,
    scenario: Path = BUILT_IN,
    as_json: Json = False,
) -> None:
    """Take a request back, and say why.

    Parameters
    ----------
    request
        Id of the request.
    caveat
        Why; for a close, what was reached.
    reference
        Document that it rests on.
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
    act.move(request, "withdraw", caveat=caveat, reference=reference)


def close(
    request: str,
    *,
    by: str,
    log: Path,
    caveat: Annotated[str, Parameter(name="--why")],
    reference: str = "",
    on: str | None = None,
    known: str | None = None,
    key: Path | None = None,
    passphrase_file: Path | None = None,
    scenario: Path = BUILT_IN,
    as_json: Json = False,
) -> None:
    """End the support, and say what was reached.

    Parameters
    ----------
    request
        Id of the request.
    caveat
        Why; for a close, what was reached.
    reference
        Document that it rests on.
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
    act.move(request, "close", caveat=caveat, reference=reference)


def source(
    request: str,
    *,
    by: str,
    log: Path,
    number: int,
    reference: Annotated[str, Parameter(name="--order")],
    caveat: str = "",
    on: str | None = None,
    known: str | None = None,
    key: Path | None = None,
    passphrase_file: Path | None = None,
    scenario: Path = BUILT_IN,
    as_json: Json = False,
) -> None:
    """Say that people were sourced for a request, by an order.

    Parameters
    ----------
    request
        Id of the request.
    number
        People that the order sources.
    reference
        The order.
    caveat
        What limits it.
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
    act.move(request, "source", number=number, caveat=caveat, reference=reference)


def run(
    request: str,
    *,
    by: str,
    log: Path,
    caveat: str = "",
    reference: str = "",
    on: str | None = None,
    known: str | None = None,
    key: Path | None = None,
    passphrase_file: Path | None = None,
    scenario: Path = BUILT_IN,
    as_json: Json = False,
) -> None:
    """Say that the support began.

    Parameters
    ----------
    request
        Id of the request.
    caveat
        What to know of it.
    reference
        Document that it rests on.
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
    act.move(request, "run", caveat=caveat, reference=reference)


def extend(
    request: str,
    *,
    by: str,
    log: Path,
    until: str,
    caveat: Annotated[str, Parameter(name="--why")],
    condition: Words = (),
    reference: str = "",
    on: str | None = None,
    known: str | None = None,
    key: Path | None = None,
    passphrase_file: Path | None = None,
    scenario: Path = BUILT_IN,
    as_json: Json = False,
) -> None:
    """Move the end of a granted request to a later day.

    Parameters
    ----------
    request
        Id of the request.
    until
        New last day.
    caveat
        Why.
    condition
        What must be recorded from now on; may be given again.
    reference
        Document that it rests on.
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
    act.move(
        request,
        "extend",
        until=until,
        caveat=caveat,
        conditions=condition,
        reference=reference,
    )
