"""What a report rests on: its ledger by digest, its days, its assumptions."""

from datetime import date
from hashlib import sha256

from linewatch.force.explain import explained
from linewatch.force.ledger import Ledger
from linewatch.force.question import Question


def facts_of(
    ledger: Ledger, on: date, known: date | None, *more: tuple[str, str]
) -> tuple[tuple[str, str], ...]:
    """Return what a report of a ledger rests on, in words."""
    seen = "all that is known" if known is None else f"what was known by {known}"
    text = "\n".join(ledger.texts).encode()
    digest = sha256(text).hexdigest()[:16]
    return (
        ("As of", f"the end of {on}, by {seen}"),
        *more,
        (
            "Ledger",
            f"{ledger.path.name}, {len(ledger):,} entries, SHA-256 {digest} (head)",
        ),
    )


def kept_by_assumption(ledger: Ledger, asked: Question) -> str:
    """Say how much of a total rests on planning assumptions."""
    told = explained(ledger, asked)
    share = told.assumed / told.moved if told.moved else 0.0
    return (
        f"{share:.0%} of what the entries behind the {told.total:,} present move are "
        "planning assumptions of the ledger, marked ! in it."
    )
