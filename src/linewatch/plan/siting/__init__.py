"""Siting: where sensors should stand, and how good any other choice could be."""

from linewatch.plan.siting.border import plan_sites
from linewatch.plan.siting.choose import Choice, Effort, Limits, Proof, choose
from linewatch.plan.siting.cover import Cover, merged
from linewatch.plan.siting.median import Median, p_median
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
    "Median",
    "Proof",
    "Site",
    "SitePlan",
    "SiteSettings",
    "choose",
    "merged",
    "p_median",
    "plan_sites",
]
