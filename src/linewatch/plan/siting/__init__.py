"""Siting: where sensors should stand, and how good any other choice could be."""

from linewatch.plan.siting.border import plan_sites
from linewatch.plan.siting.choose import (
    Choice,
    Effort,
    Limits,
    Links,
    Proof,
    Rows,
    choose,
)
from linewatch.plan.siting.cover import Cover, merged
from linewatch.plan.siting.median import Median, p_median
from linewatch.plan.siting.moving import Moving, choose_moving
from linewatch.plan.siting.rules import crews, one_a_place, spacing
from linewatch.plan.siting.values import (
    DEFAULT_MIX,
    Coverage,
    Gap,
    Site,
    SitePlan,
    SiteSettings,
)

__all__ = [
    "DEFAULT_MIX",
    "Choice",
    "Cover",
    "Coverage",
    "Effort",
    "Gap",
    "Limits",
    "Links",
    "Median",
    "Moving",
    "Proof",
    "Rows",
    "Site",
    "SitePlan",
    "SiteSettings",
    "choose",
    "choose_moving",
    "crews",
    "merged",
    "one_a_place",
    "p_median",
    "plan_sites",
    "spacing",
]
