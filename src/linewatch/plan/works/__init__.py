"""Works along the line: which crew builds what and when."""

from linewatch.plan.works.data import (
    Crew,
    Delivery,
    Work,
    WorksData,
    WorksSettings,
    read_works,
)
from linewatch.plan.works.planning import plan_works, propose_works, works_words
from linewatch.plan.works.rates import Rates, day_length_h
from linewatch.plan.works.result import PlannedWork, WorksPlan

__all__ = [
    "Crew",
    "Delivery",
    "PlannedWork",
    "Rates",
    "Work",
    "WorksData",
    "WorksPlan",
    "WorksSettings",
    "day_length_h",
    "plan_works",
    "propose_works",
    "read_works",
    "works_words",
]
