"""The commands ``linewatch request ...`` that move a request through its life."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.cli.request_desk import Act
from linewatch.force.request import read_requests

Words = Annotated[tuple[str, ...], Parameter(negative="")]
Why = Annotated[str, Parameter(name="--why")]


def validate(
    request: str,
    *,
    act: Act,
    caveat: str = "",
    reference: str = "",
) -> None:
    """Say that a request is one of the department's.

    Parameters
    ----------
    request
        Id of the request.
    act
        Who acts, when, and on which log.
    caveat
        What to know of it.
    reference
        Document that it rests on.
    """
    act.move(request, "validate", caveat=caveat, reference=reference)


def staff(
    request: str,
    *,
    act: Act,
    findings: Path | None = None,
    caveat: str = "",
    reference: str = "",
) -> None:
    """Say that the six criteria were found on; legality is worked out.

    Parameters
    ----------
    request
        Id of the request.
    act
        Who acts, when, and on which log.
    findings
        File with findings of this office, TOML or CSV, to put on record first.
    caveat
        What to know of it.
    reference
        Document that it rests on.
    """
    told = [] if findings is None else read_requests(findings).findings
    act.move(request, "staff", caveat=caveat, reference=reference, findings=told)


def decide(
    request: str,
    *,
    act: Act,
    number: int,
    until: str | None = None,
    condition: Words = (),
    caveat: str = "",
    reference: str = "",
) -> None:
    """Grant a request, in whole or in part; `refuse` refuses one.

    Parameters
    ----------
    request
        Id of the request.
    act
        Who acts, when, and on which log.
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
    """
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
    act: Act,
    caveat: Why,
    reference: str = "",
) -> None:
    """Refuse a request, and say why.

    Parameters
    ----------
    request
        Id of the request.
    act
        Who acts, when, and on which log.
    caveat
        Why.
    reference
        Document that it rests on.
    """
    act.move(request, "refuse", caveat=caveat, reference=reference)


def withdraw(
    request: str,
    *,
    act: Act,
    caveat: Why,
    reference: str = "",
) -> None:
    """Take a request back, and say why.

    Parameters
    ----------
    request
        Id of the request.
    act
        Who acts, when, and on which log.
    caveat
        Why.
    reference
        Document that it rests on.
    """
    act.move(request, "withdraw", caveat=caveat, reference=reference)


def close(
    request: str,
    *,
    act: Act,
    caveat: Why,
    reference: str = "",
) -> None:
    """End the support, and say what was reached.

    Parameters
    ----------
    request
        Id of the request.
    act
        Who acts, when, and on which log.
    caveat
        What was reached, and why it ends.
    reference
        Document that it rests on.
    """
    act.move(request, "close", caveat=caveat, reference=reference)


def source(
    request: str,
    *,
    act: Act,
    number: int,
    reference: Annotated[str, Parameter(name="--order")],
    caveat: str = "",
) -> None:
    """Say that people were sourced for a request, by an order.

    Parameters
    ----------
    request
        Id of the request.
    act
        Who acts, when, and on which log.
    number
        People that the order sources.
    reference
        The order.
    caveat
        What limits it.
    """
    act.move(request, "source", number=number, caveat=caveat, reference=reference)


def run(
    request: str,
    *,
    act: Act,
    caveat: str = "",
    reference: str = "",
) -> None:
    """Say that the support began.

    Parameters
    ----------
    request
        Id of the request.
    act
        Who acts, when, and on which log.
    caveat
        What to know of it.
    reference
        Document that it rests on.
    """
    act.move(request, "run", caveat=caveat, reference=reference)


def extend(
    request: str,
    *,
    act: Act,
    until: str,
    caveat: Why,
    condition: Words = (),
    reference: str = "",
) -> None:
    """Move the end of a granted request to a later day.

    Parameters
    ----------
    request
        Id of the request.
    act
        Who acts, when, and on which log.
    until
        New last day.
    caveat
        Why.
    condition
        What must be recorded from now on; may be given again.
    reference
        Document that it rests on.
    """
    act.move(
        request,
        "extend",
        until=until,
        caveat=caveat,
        conditions=condition,
        reference=reference,
    )
