"""Schedules under limits: the core that deployment and works share."""

from linewatch.plan.rcpsp.board import Board, capacity_by_period
from linewatch.plan.rcpsp.data import (
    Draw,
    Mode,
    Order,
    Project,
    Resource,
    Setup,
    Stock,
    Task,
    Use,
)
from linewatch.plan.rcpsp.result import Choice, Goal, Result, Status
from linewatch.plan.rcpsp.serial import periods_late, serial_schedule
from linewatch.plan.rcpsp.solve import GOALS, Effort, clash, solve

__all__ = [
    "GOALS",
    "Board",
    "Choice",
    "Draw",
    "Effort",
    "Goal",
    "Mode",
    "Order",
    "Project",
    "Resource",
    "Result",
    "Setup",
    "Status",
    "Stock",
    "Task",
    "Use",
    "capacity_by_period",
    "clash",
    "periods_late",
    "serial_schedule",
    "solve",
]
