"""Requests for assistance: from the draft to the last report, each step on record."""

from linewatch.force.request.case import Case, cases_in, find_case, rules_under
from linewatch.force.request.desk import Legality, Office, legality_of
from linewatch.force.request.read import Requested, read_requests
from linewatch.force.request.states import MOVES, Desk, State, read_desks
from linewatch.force.request.strength import Sourcing, sourcing_of
from linewatch.force.request.values import (
    CRITERIA,
    Finding,
    Move,
    Reimbursement,
    Request,
    Result,
)

__all__ = [
    "CRITERIA",
    "MOVES",
    "Case",
    "Desk",
    "Finding",
    "Legality",
    "Move",
    "Office",
    "Reimbursement",
    "Request",
    "Requested",
    "Result",
    "Sourcing",
    "State",
    "cases_in",
    "find_case",
    "legality_of",
    "read_desks",
    "read_requests",
    "rules_under",
    "sourcing_of",
]
