"""Force: units, the ledger, strengths and authority."""

from linewatch.force.authority import Answer, may
from linewatch.force.difference import Difference, difference
from linewatch.force.events import Event, Finding, read_events, reconcile
from linewatch.force.force import Force, read_force
from linewatch.force.ledger import Ledger
from linewatch.force.read import read_ledger
from linewatch.force.rules import Rule, Rules, read_rules
from linewatch.force.values import STATUSES, STRENGTHS, Claim, Entry, Strength

__all__ = [
    "STATUSES",
    "STRENGTHS",
    "Answer",
    "Claim",
    "Difference",
    "Entry",
    "Event",
    "Finding",
    "Force",
    "Ledger",
    "Rule",
    "Rules",
    "Strength",
    "difference",
    "may",
    "read_events",
    "read_force",
    "read_ledger",
    "read_rules",
    "reconcile",
]
