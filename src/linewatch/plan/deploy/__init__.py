"""Deployment: who arrives when and how, within lift and reception."""

from linewatch.plan.deploy.data import (
    DeployData,
    DeploySettings,
    Lane,
    Lift,
    Movement,
    Parent,
    Reception,
    read_deploy,
)
from linewatch.plan.deploy.planning import (
    cost_of,
    deploy_words,
    plan_deploy,
    propose_deploy,
    readiness_of,
)
from linewatch.plan.deploy.result import Arrival, DeployPlan, Hold, Week

__all__ = [
    "Arrival",
    "DeployData",
    "DeployPlan",
    "DeploySettings",
    "Hold",
    "Lane",
    "Lift",
    "Movement",
    "Parent",
    "Reception",
    "Week",
    "cost_of",
    "deploy_words",
    "plan_deploy",
    "propose_deploy",
    "read_deploy",
    "readiness_of",
]
