"""Improving a schedule: take some tasks off, put them back in another order.

Ruin and recreate (Schrimpf, Schneider, Stamm-Wilbrandt, Dueck 2000,
doi:10.1006/jcph.1999.6413) on the board of the serial start. Where lift is short, a
proof is out of reach, and this finds in seconds what the solver misses in a minute.
"""

import random
from collections.abc import Sequence
from typing import Final

from linewatch.plan.rcpsp.board import Board
from linewatch.plan.rcpsp.data import Project
from linewatch.plan.rcpsp.result import Choice, Goal
from linewatch.plan.rcpsp.serial import best_choice, periods_late

TAKEN: Final = 8
"""Tasks taken off in a round: few enough to be quick, many enough to change places."""


def improve(
    project: Project,
    choices: Sequence[Choice],
    goals: Sequence[Goal],
    *,
    rounds: int,
    seed: int,
) -> tuple[Choice, ...]:
    """Return a schedule that serves the goals at least as well.

    Parameters
    ----------
    project : Project
        What is to be scheduled.
    choices : sequence of Choice
        A schedule that keeps the rules, one choice a task.
    goals : sequence of Goal
        What to make small, the first before the second.
    rounds : int
        How often to try.
    seed : int
        Seed of the draws; the same seed gives the same schedule.
    """
    chance = random.Random(seed)  # noqa: S311  draws of a search, no secret
    board = Board(project)
    for at, choice in enumerate(choices):
        board.put(at, choice)
    merit = _merit(board, goals)
    for _ in range(rounds):
        taken = _neighbours(board, chance)
        before = {at: board.lift(at) for at in taken}
        tried = _put_back(board, taken, goals)
        found = _merit(board, goals) if tried else None
        if found is not None and found <= merit:
            merit = found
            continue
        for at in taken:
            if at in board.choices:
                board.lift(at)
        for at, choice in before.items():
            board.put(at, choice)
    return tuple(board.choices[at] for at in range(len(project.tasks)))


def _neighbours(board: Board, chance: random.Random) -> list[int]:
    """Draw tasks that overlap in time with one another, in a drawn order."""
    tasks = range(len(board.project.tasks))
    middle = board.choices[chance.choice(tasks)]
    near = [
        at
        for at in tasks
        if board.choices[at].start <= middle.end
        and board.choices[at].end >= middle.start
    ]
    return chance.sample(near, min(TAKEN, len(near)))


def _put_back(board: Board, taken: Sequence[int], goals: Sequence[Goal]) -> bool:
    """Put tasks back in this order, each as well as it goes; False if one cannot."""
    for at in taken:
        choice = best_choice(board, at, goals)
        if choice is None:
            return False
        board.put(at, choice)
    return True


def _merit(board: Board, goals: Sequence[Goal]) -> tuple[int, ...]:
    """Return the goals of the schedule on the board, all tasks being on it."""
    late = cost = finish = latest = 0
    for at, choice in board.choices.items():
        task = board.project.tasks[at]
        late += task.weight * periods_late(task, choice)
        cost += choice.mode.cost
        finish += task.weight * choice.end
        latest = max(latest, choice.end)
    told = {
        Goal.LATENESS: late,
        Goal.COST: cost,
        Goal.FINISH: finish,
        Goal.MAKESPAN: latest,
    }
    return tuple(told[goal] for goal in goals)
