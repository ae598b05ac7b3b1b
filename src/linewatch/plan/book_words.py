"""A book as plain words and numbers, for JSON."""

from linewatch.plan.account import Account
from linewatch.plan.actuals import Comparison
from linewatch.plan.book import METHOD, Book, RequestCost
from linewatch.plan.cost_claims import Held
from linewatch.plan.interval import Interval


def book_words(made: Book) -> dict[str, object]:
    """Return a book as plain words and numbers.

    Every sum of money has its range, its scope and the id that explain takes.
    """
    whole, drawn = made.whole, made.spread
    return {
        "from": None if whole.asked.since is None else whole.asked.since.isoformat(),
        "to": whole.asked.on.isoformat(),
        "known": None if whole.asked.known is None else whole.asked.known.isoformat(),
        "scope": {
            "name": whole.scope.name,
            "said": whole.scope.said,
            "in": [line.line for line in whole.scope.inside],
            "out": {line.line: line.note for line in whole.scope.outside},
        },
        "method": METHOD,
        "currency": whole.cost.currency,
        "all": account_words(whole),
        "by": made.by,
        "parts": [account_words(one) for one in made.parts],
        "requests": [_request(one) for one in made.requests],
        "shared_troop_days": made.shared_days,
        "assumed_share": round(whole.assumed_share, 4),
        "assumed_prices": list(whole.assumed_factors),
        "last_entry": whole.last_entry.isoformat(),
        "drawn": drawn
        and {
            "low": drawn.low,
            "middle": drawn.middle,
            "high": drawn.high,
            "shares_below": [0.05, 0.5, 0.95],
            "draws": drawn.draws,
            "seed": drawn.seed,
            "together": dict(drawn.together),
        },
        "actuals": [_comparison(one) for one in made.comparisons],
        "missing": [
            {
                "line": one.line,
                "from": one.since.isoformat(),
                "to": one.until.isoformat(),
            }
            for one in made.missing
        ],
        "overlapping_actuals": [list(pair) for pair in made.overlaps],
        "claims": [_claim(one) for one in made.claims],
    }


def account_words(one: Account) -> dict[str, object]:
    """Return one account as plain words and numbers."""
    return {
        "name": one.name,
        "id": one.cost_id,
        "troop_days": one.troop_days,
        "kit_days": one.kit_days,
        "cost": {"low": one.cost.low, "best": one.cost.best, "high": one.cost.high},
        "lines": [line.to_dict() for line in one.cost.lines],
        "paid_by": {
            payer: _ends(one.paid_by(payer))
            for payer in sorted({line.payer for line in one.scope.inside})
        },
    }


def _request(one: RequestCost) -> dict[str, object]:
    """Return one request's cost as plain words."""
    case, estimate = one.case, one.estimate
    told: dict[str, object] = {
        "request": one.name,
        "tracked": account_words(one.tracked),
    }
    if case is not None and estimate is not None:
        told |= {
            "capability": case.request.capability,
            "state": case.state,
            "status": case.request.status,
            "people": case.people,
            "from": case.request.start.isoformat(),
            "to": case.end.isoformat(),
            "estimate": {
                "low": estimate.low,
                "best": estimate.best,
                "high": estimate.high,
                "scope": estimate.scope,
            },
        }
    return told


def _comparison(one: Comparison) -> dict[str, object]:
    """Return one comparison as plain words."""
    paid = one.actual
    return {
        "actual": paid.actual,
        "from": paid.since.isoformat(),
        "to": paid.until.isoformat(),
        "line": paid.line,
        "scope": paid.scope,
        "paid": paid.amount_usd,
        "estimate": _ends(one.estimate),
        "ratio": one.ratio,
        "verdict": one.verdict,
        "mismatch": list(one.mismatch),
        "source": paid.source,
    }


def _claim(one: Held) -> dict[str, object]:
    """Return one published sum as plain words."""
    claim = one.claim
    return {
        "claim": claim.claim,
        "from": claim.since.isoformat(),
        "to": claim.until.isoformat(),
        "people": claim.people,
        "days": claim.days,
        "amount": claim.amount_usd,
        "usd_per_troop_day": _ends(claim.usd_per_troop_day),
        "model": _ends(one.model),
        "factor": claim.factor,
        "verdict": one.verdict,
        "includes": list(claim.includes),
        "source": claim.source,
    }


def _ends(figure: Interval) -> dict[str, float]:
    """Write a range as plain values."""
    return {"low": figure.low, "best": figure.best, "high": figure.high}
