"""A first schedule: tasks by urgency, each as early as the rules allow.

Serial schedule generation (Kelley 1963; Kolisch 1996,
doi:10.1016/0377-2217(95)00357-6) with the latest finish time as priority. It is quick,
it is a start for the solver, and it is the answer when the solver's effort runs out.
"""

from collections.abc import Sequence

from linewatch.plan.rcpsp.board import Board
from linewatch.plan.rcpsp.data import Project, Task
from linewatch.plan.rcpsp.result import Choice, Goal


def serial_schedule(
    project: Project, goals: Sequence[Goal] = (Goal.LATENESS,)
) -> tuple[Choice, ...] | None:
    """Schedule every task as early as it goes, most urgent first.

    Parameters
    ----------
    project : Project
        What is to be scheduled.
    goals : sequence of Goal, optional
        How to choose between modes.

    Returns
    -------
    tuple of Choice or None
        One a task; None if a task found no place, which proves nothing.
    """
    board = Board(project)
    latest = latest_ends(project)
    waits_for: list[set[int]] = [set() for _ in project.tasks]
    for order in project.orders:
        waits_for[order.after].add(order.before)
    left = set(range(len(project.tasks)))
    while left:
        ready = (at for at in left if not waits_for[at] & left)
        at = min(ready, key=lambda at: (latest[at], -project.tasks[at].weight, at))
        choice = best_choice(board, at, goals)
        if choice is None:
            return None
        board.put(at, choice)
        left.remove(at)
    return tuple(board.choices[at] for at in range(len(project.tasks)))


def latest_ends(project: Project) -> tuple[int, ...]:
    """Return the end of each task beyond which it or a follower must be late."""
    latest = [
        project.deadline if task.due is None else min(task.due, project.deadline)
        for task in project.tasks
    ]
    shortest = [min(mode.span for mode in task.modes) for task in project.tasks]
    after: list[list[tuple[int, int]]] = [[] for _ in project.tasks]
    for order in project.orders:
        after[order.before].append((order.after, order.wait))
    for at in reversed(project.sequence):
        for follower, wait in after[at]:
            latest[at] = min(latest[at], latest[follower] - shortest[follower] - wait)
    return tuple(latest)


def periods_late(task: Task, choice: Choice) -> int:
    """Return how many periods after its due date a task ends."""
    return 0 if task.due is None else max(0, choice.end - task.due)


def best_choice(board: Board, at: int, goals: Sequence[Goal]) -> Choice | None:
    """Return the mode and start that serve the goals best for one task."""
    task = board.project.tasks[at]
    found: list[Choice] = []
    for mode in task.modes:
        start = board.earliest(at, mode)
        if start is not None:
            found.append(Choice(mode=mode, start=start))

    def merit(choice: Choice) -> tuple[int, ...]:
        own = {
            Goal.LATENESS: periods_late(task, choice),
            Goal.COST: choice.mode.cost,
            Goal.FINISH: choice.end,
            Goal.MAKESPAN: choice.end,
        }
        return (*(own[goal] for goal in goals), choice.end, choice.mode.cost)

    return min(found, key=merit, default=None)
