"""Cost report: by request, unit, status and month, with range, scope and actuals."""

from collections.abc import Iterable
from typing import Final

from linewatch.force.ledger import Ledger
from linewatch.plan.account import Account
from linewatch.plan.book import METHOD, Book, RequestCost
from linewatch.plan.interval import Interval
from linewatch.report.document import Cell, Column, Document, Figure, Form, Table
from linewatch.report.grounds import facts_of

RANGE: Final = (
    Column(title="Low, USD", form=Form.MONEY),
    Column(title="Best, USD", form=Form.MONEY),
    Column(title="High, USD", form=Form.MONEY),
)
"""Columns of money: never without its range."""

DAYS: Final = Column(title="Troop-days", form=Form.COUNT)


def cost_report(ledger: Ledger, books: Iterable[Book]) -> Document:
    """Report the cost of a period.

    Parameters
    ----------
    ledger : Ledger
        The ledger that its days are counted from.
    books : iterable of Book
        Books of one period and scope, each split in another way.
    """
    every = tuple(books)
    whole = every[0].whole
    asked = whole.asked
    tables = [_lines(whole)]
    for book in every:
        if book.requests:
            tables.append(_requests(book))
        if book.parts:
            tables.append(_parts(book))
    tables += [*_actuals(every[0]), _claims(every[0])]
    return Document(
        kind="cost",
        title=f"Cost, {asked.since} to {asked.on}, {whole.scope.name}",
        on=asked.on,
        facts=facts_of(
            ledger,
            asked.on,
            asked.known,
            ("Days", f"{asked.since} to {asked.on}"),
            ("Scope", whole.scope.said),
            ("Left out", "; ".join(one.line for one in whole.scope.outside)),
            ("Range", METHOD),
        ),
        tables=tuple(table for table in tables if table.rows),
        remarks=tuple(_remarks(every)),
    )


def _remarks(books: tuple[Book, ...]) -> Iterable[str]:
    """Say what must be known to use the figures."""
    whole = books[0].whole
    yield (
        f"{whole.assumed_share:.0%} of the troop-days rest on planning assumptions of "
        "the ledger."
    )
    if whole.assumed_factors:
        yield f"Prices that are assumptions: {', '.join(whole.assumed_factors)}."
    if whole.last_entry < whole.asked.on:
        yield (
            f"The ledger's last entry is of {whole.last_entry}: after it all are taken "
            "to stay."
        )
    for one in whole.scope.outside:
        yield f"Not in it: {one.line} ({one.note})."
    for book in books:
        if book.shared_days:
            yield (
                f"{book.shared_days:,} troop-days cite more than one request and are "
                "counted under each."
            )
    for first, second in books[0].overlaps:
        yield f"Actuals {first} and {second} share days: not to be added up."
    for gap in books[0].missing:
        yield f"Missing: no actual of {gap.line}, {gap.since} to {gap.until}."


def _money(held: Account) -> tuple[Cell, ...]:
    """Return an account's money, its best figure with the id of its entries."""
    return (
        held.cost.low,
        Figure(value=held.cost.best, id=held.cost_id),
        held.cost.high,
    )


def _days(held: Account) -> Figure:
    """Return an account's troop-days with the id of their entries."""
    return Figure(value=held.troop_days, id=held.asked.id)


def _ends(amount: Interval) -> tuple[Cell, ...]:
    """Return money with its range."""
    return (amount.low, amount.best, amount.high)


def _lines(whole: Account) -> Table:
    """Return the lines of the cost, what each payer pays, and all."""
    rows: list[tuple[Cell, ...]] = [
        (line.name, line.amount.best, line.unit, line.price.best, *_ends(line.sum))
        for line in whole.cost.lines
    ]
    rows += [
        (
            f"{kind}-days, counted and not priced",
            float(days),
            f"{kind}-day",
            *[None] * 4,
        )
        for kind, days in whole.kit_days.items()
        if not any(one.item == kind for one in whole.scope.inside)
    ]
    payers = sorted({one.payer for one in whole.scope.inside})
    if len(payers) > 1:
        rows += [
            (f"paid by {payer}", None, None, None, *_ends(whole.paid_by(payer)))
            for payer in payers
        ]
    rows.append(("all", _days(whole), "troop-day", None, *_money(whole)))
    return Table(
        id="lines",
        title="Lines",
        columns=(
            Column(title="Line"),
            Column(title="Days", form=Form.COUNT),
            Column(title="Unit"),
            Column(title="Price, USD", form=Form.MONEY),
            *RANGE,
        ),
        rows=tuple(rows),
        remark=whole.scope.said,
    )


def _requests(book: Book) -> Table:
    """Return the cost by request: estimated over its term, and as the ledger has it."""
    return Table(
        id="requests",
        title="By request",
        columns=(
            *(Column(title=t) for t in ("Request", "Capability", "State", "Term")),
            Column(title="People", form=Form.COUNT),
            *(
                Column(title=f"Estimate {end}, USD", form=Form.MONEY)
                for end in ("low", "best", "high")
            ),
            DAYS,
            *RANGE,
        ),
        rows=tuple(_request(one) for one in book.requests),
        remark="The estimate is for the whole term; troop-days and money after it are "
        "those of the ledger's entries that cite the request, in the report's days.",
    )


def _request(one: RequestCost) -> tuple[Cell, ...]:
    """Return one request's row."""
    case, estimate = one.case, one.estimate
    tracked = (_days(one.tracked), *_money(one.tracked))
    if case is None or estimate is None:
        return ("none", "entries that cite no request", *[None] * 6, *tracked)
    return (
        one.name,
        case.request.capability,
        case.state,
        f"{case.request.start} to {case.end}",
        float(case.people),
        estimate.low,
        estimate.best,
        estimate.high,
        *tracked,
    )


def _parts(book: Book) -> Table:
    """Return the parts of a cost, which add up to it."""
    kinds = tuple(dict.fromkeys(kind for one in book.parts for kind in one.kit_days))
    return Table(
        id=f"by-{book.by}",
        title=f"By {book.by}",
        columns=(
            Column(title=book.by.capitalize()),
            DAYS,
            *(Column(title=f"{kind}-days", form=Form.COUNT) for kind in kinds),
            *RANGE,
        ),
        rows=tuple(
            (
                one.name,
                _days(one),
                *(float(one.kit_days.get(kind, 0)) for kind in kinds),
                *_money(one),
            )
            for one in book.parts
        ),
        remark="The parts add up to all."
        if book.by != "unit"
        else "Each unit by itself, without those under it; the parts add up to all.",
    )


def _actuals(book: Book) -> list[Table]:
    """Return what was paid beside the estimate for the same days."""
    rows = tuple(
        (
            one.actual.actual,
            f"{one.actual.since} to {one.actual.until}",
            one.actual.amount_usd,
            *_ends(one.estimate),
            one.verdict,
            "; ".join(one.mismatch),
            one.actual.source,
        )
        for one in book.comparisons
    )
    columns = (
        Column(title="Actual"),
        Column(title="Days"),
        Column(title="Paid, USD", form=Form.MONEY),
        *RANGE,
        *(Column(title=t) for t in ("Paid is", "Does not cover the same", "Source")),
    )
    title = "Paid, against the estimate for the same days"
    return [Table(id="actuals", title=title, columns=columns, rows=rows)]


def _claims(book: Book) -> Table:
    """Return published sums beside the model."""
    return Table(
        id="claims",
        title="Published sums, beside people x days x the model's price",
        columns=(
            Column(title="Claim"),
            Column(title="People", form=Form.COUNT),
            Column(title="Days", form=Form.COUNT),
            Column(title="Published, USD", form=Form.MONEY),
            Column(title="A troop-day, USD", form=Form.MONEY),
            *RANGE,
            Column(title="Published is"),
            Column(title="Source"),
        ),
        rows=tuple(
            (
                one.claim.claim,
                one.claim.people,
                float(one.claim.days),
                one.claim.amount_usd,
                one.claim.usd_per_troop_day.best,
                *_ends(one.model),
                one.verdict,
                one.claim.source,
            )
            for one in book.claims
        ),
    )
