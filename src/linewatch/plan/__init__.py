"""Plans: siting, deployment, works, cost; proposals until someone decides.

The planners load solvers and are imported by their own names: `linewatch.plan.siting`,
`linewatch.plan.deploy`, `linewatch.plan.works`.
"""

from linewatch.plan.cost import INCREMENTAL, Cost, CostLine
from linewatch.plan.decision import (
    Decision,
    Office,
    Standing,
    Verdict,
    decide,
    ordered,
    read_chain,
    standing,
)
from linewatch.plan.factors import Factor, Factors, read_factors
from linewatch.plan.interval import Interval
from linewatch.plan.proposal import (
    Check,
    Pairing,
    Proposal,
    ProposalKind,
    checked,
    read_proposal,
    rechecked,
    write_proposal,
)

__all__ = [
    "INCREMENTAL",
    "Check",
    "Cost",
    "CostLine",
    "Decision",
    "Factor",
    "Factors",
    "Interval",
    "Office",
    "Pairing",
    "Proposal",
    "ProposalKind",
    "Standing",
    "Verdict",
    "checked",
    "decide",
    "ordered",
    "read_chain",
    "read_factors",
    "read_proposal",
    "rechecked",
    "standing",
    "write_proposal",
]
