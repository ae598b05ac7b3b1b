"""Tests of schedules: against every one tried, against PSPLIB, and when none is."""

import csv
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linewatch.errors import BadValue
from linewatch.plan.rcpsp import (
    GOALS,
    Board,
    Choice,
    Draw,
    Effort,
    Goal,
    Mode,
    Order,
    Project,
    Resource,
    Setup,
    Status,
    Stock,
    Task,
    Use,
    capacity_by_period,
    clash,
    periods_late,
    serial_schedule,
    solve,
)
from linewatch.plan.rcpsp.improve import improve
from tests.plan.rcpsp import naive
from tests.plan.rcpsp.drawing import DEADLINE, projects
from tests.plan.rcpsp.patterson import read_patterson

PSPLIB = Path(__file__).parents[3].parent / "shared" / "psplib"


@settings(max_examples=60)
@given(projects())
def test_agrees_with_every_schedule_tried(project: Project) -> None:
    expected = naive.best(project, GOALS)
    result = solve(project)
    if expected is None:
        assert result.status is Status.IMPOSSIBLE
        assert result.clash
    else:
        assert result.status is Status.BEST
        assert tuple(result.values[goal] for goal in GOALS) == expected
        assert naive.faults(project, result.choices) == []


@settings(max_examples=60)
@given(projects(), st.sampled_from(list(Goal)))
def test_a_serial_schedule_keeps_the_rules_and_is_no_better(
    project: Project, goal: Goal
) -> None:
    choices = serial_schedule(project, (goal,))
    if choices is None:
        return
    assert naive.faults(project, choices) == []
    result = solve(project, (goal,))
    assert result.status is Status.BEST
    assert result.values[goal] <= naive.value(project, choices, goal)


@settings(max_examples=60)
@given(projects(), st.sampled_from(list(Goal)), st.integers(0, 5))
def test_improvement_keeps_the_rules_and_is_never_worse(
    project: Project, goal: Goal, seed: int
) -> None:
    choices = serial_schedule(project, (goal,))
    if choices is None:
        return
    better = improve(project, choices, (goal,), rounds=20, seed=seed)
    assert naive.faults(project, better) == []
    assert naive.value(project, better, goal) <= naive.value(project, choices, goal)
    assert better == improve(project, choices, (goal,), rounds=20, seed=seed)


@settings(max_examples=150)
@given(projects(), st.randoms(use_true_random=False))
def test_the_board_stops_what_breaks_a_rule_and_nothing_else(
    project: Project, chance: random.Random
) -> None:
    """Put tasks down at will: the board objects exactly when the plain check does."""
    board = Board(project)
    kept: dict[int, Choice] = {}
    for at, task in enumerate(project.tasks):
        mode = chance.choice(task.modes)
        start = chance.randint(0, DEADLINE)
        tried = kept | {at: Choice(mode=mode, start=start)}
        stopped = board.stopped_by(at, mode, start)
        assert (stopped is None) == (naive.faults(*only(project, tried)) == [])
        if stopped is None:
            board.put(at, tried[at])
            kept = tried


def only(project: Project, kept: dict[int, Choice]) -> tuple[Project, list[Choice]]:
    """Return the project of some tasks alone."""
    index = {at: new for new, at in enumerate(sorted(kept))}
    return (
        replace(
            project,
            tasks=tuple(project.tasks[at] for at in index),
            orders=tuple(
                replace(order, before=index[order.before], after=index[order.after])
                for order in project.orders
                if order.before in index and order.after in index
            ),
            setups=tuple(
                replace(
                    setup,
                    gap=tuple(tuple(setup.gap[a][b] for b in index) for a in index),
                )
                for setup in project.setups
            ),
        ),
        [kept[at] for at in index],
    )


@pytest.mark.shared
@pytest.mark.parametrize("number", [1, 41, 81, 161, 201, 241, 281, 321, 401])
def test_psplib_j30_meets_the_best_known(number: int) -> None:
    if not PSPLIB.is_dir():
        pytest.skip("no PSPLIB instances beside the repository")
    name = f"J30/J30_{number}.txt"
    with (PSPLIB / "bks_J30.csv").open(encoding="utf-8") as file:
        known = {row["file"]: int(row["ub"]) for row in csv.DictReader(file)}
    project = read_patterson(PSPLIB / name)
    result = solve(project, (Goal.MAKESPAN,), Effort(steps=10))
    assert result.status is Status.BEST
    assert result.values[Goal.MAKESPAN] == known[name]
    assert naive.faults(project, result.choices) == []


def lone(span: int = 2, **words: object) -> Task:
    """Return a task of one mode that uses resource 0."""
    use = Use(resource=0, amount=1, start=0, length=span)
    mode = Mode(name="only", span=span, uses=(use,))
    return replace(Task(name="lone", modes=(mode,)), **words)  # type: ignore[arg-type]


ONE = Resource(name="one crane", steps=((0, 1),))


def test_the_same_effort_gives_the_same_schedule() -> None:
    chance = random.Random(3)  # noqa: S311
    tasks = tuple(
        lone(chance.randint(1, 5), name=f"t{at}", due=chance.randint(1, 20))
        for at in range(12)
    )
    project = Project(tasks=tasks, resources=(ONE,), deadline=60)
    first = solve(project, effort=Effort(steps=0.05))
    again = solve(project, effort=Effort(steps=0.05))
    assert first == again
    assert first.status in {Status.GOOD, Status.BEST}
    assert first.bounds[Goal.LATENESS] <= first.values[Goal.LATENESS]


def test_an_effort_too_small_to_prove_still_gives_the_serial_schedule() -> None:
    chance = random.Random(5)  # noqa: S311
    tasks = tuple(
        lone(chance.randint(1, 9), name=f"t{at}", due=9, weight=chance.randint(1, 9))
        for at in range(40)
    )
    project = Project(tasks=tasks, resources=(ONE,), deadline=400)
    result = solve(project, (Goal.LATENESS,), Effort(steps=1e-6))
    assert result.status is Status.GOOD
    assert naive.faults(project, result.choices) == []


def test_improvement_finds_the_order_that_the_serial_start_misses() -> None:
    """The long task is due first but counts little; four short ones count much."""
    long = lone(9, name="long", due=9, weight=1)
    short = [lone(1, name=f"short {at}", due=10, weight=9) for at in range(4)]
    project = Project(tasks=(long, *short), resources=(ONE,), deadline=40)
    choices = serial_schedule(project)
    assert choices is not None
    better = improve(project, choices, (Goal.LATENESS,), rounds=200, seed=0)
    late = naive.value(project, better, Goal.LATENESS)
    assert late < naive.value(project, choices, Goal.LATENESS)
    assert late == solve(project, (Goal.LATENESS,)).values[Goal.LATENESS] == 4


def test_the_clash_names_the_rules_and_no_other() -> None:
    """Three tasks of two periods on one crane cannot end by five; a spare idles."""
    project = Project(
        tasks=(lone(), lone(), lone()),
        resources=(ONE, Resource(name="a spare", steps=((0, 9),))),
        orders=(Order(before=0, after=1),),
        deadline=5,
        deadline_name="all done by Friday",
    )
    result = solve(project)
    assert result.status is Status.IMPOSSIBLE
    assert result.choices == ()
    assert set(result.clash) == {"one crane", "all done by Friday"}
    assert set(clash(project, Effort())) == set(result.clash)


def test_the_clash_can_be_stock_alone() -> None:
    task = replace(lone(), draws=(Draw(stock=0, amount=3),))
    project = Project(
        tasks=(task,),
        resources=(ONE,),
        stocks=(Stock(name="two rolls", deliveries=((0, 2),)),),
        deadline=9,
    )
    assert solve(project).clash == ("two rolls",)


def test_each_rule_of_the_clash_is_needed() -> None:
    """Without any one rule of the clash a schedule exists."""
    base = Project(tasks=(lone(), lone(), lone()), resources=(ONE,), deadline=5)
    assert solve(replace(base, deadline=6)).status is Status.BEST
    wider = replace(base, resources=(Resource(name="two", steps=((0, 2),)),))
    assert solve(wider).status is Status.BEST


def test_capacity_follows_its_steps() -> None:
    resource = Resource(name="r", steps=((2, 3), (4, 1)))
    assert capacity_by_period(resource, 6).tolist() == [0, 0, 3, 3, 1, 1]
    assert resource.most == 3


def test_lateness_counts_from_the_due_period() -> None:
    choice = Choice(mode=Mode(name="m", span=3), start=2)
    assert periods_late(lone(due=5), choice) == 0
    assert periods_late(lone(due=3), choice) == 2
    assert periods_late(lone(due=None), choice) == 0


def test_an_empty_project_is_best_at_once() -> None:
    result = solve(Project(tasks=(), deadline=0))
    assert (result.status, result.choices) == (Status.BEST, ())


BAD_USE = Use(resource=5, amount=1, start=0, length=1)
LONG_USE = Use(resource=0, amount=1, start=1, length=2)
LESS_USE = Use(resource=0, amount=-1, start=0, length=2)


@pytest.mark.parametrize(
    "change",
    [
        {"deadline": -1},
        {"tasks": (replace(lone(), modes=()),)},
        {"tasks": (lone(weight=-1),)},
        {"tasks": (lone(earliest=-1),)},
        {"tasks": (replace(lone(), modes=(Mode(name="m", span=-1),)),)},
        {"tasks": (replace(lone(), modes=(Mode(name="m", span=2, uses=(BAD_USE,)),)),)},
        {
            "tasks": (
                replace(lone(), modes=(Mode(name="m", span=2, uses=(LONG_USE,)),)),
            )
        },
        {
            "tasks": (
                replace(lone(), modes=(Mode(name="m", span=2, uses=(LESS_USE,)),)),
            )
        },
        {"tasks": (replace(lone(), draws=(Draw(stock=0, amount=1),)),)},
        {"resources": (Resource(name="r", steps=()),)},
        {"resources": (Resource(name="r", steps=((3, 1), (1, 1))),)},
        {"resources": (Resource(name="r", steps=((0, -1),)),)},
        {"orders": (Order(before=0, after=9),)},
        {"orders": (Order(before=0, after=0),)},
        {"orders": (Order(before=0, after=1), Order(before=1, after=0))},
        {"orders": (Order(before=0, after=1, wait=-1),)},
        {
            "resources": (Resource(name="r", steps=((0, 2),)),),
            "setups": (Setup(resource=0, gap=((0, 0), (0, 0))),),
        },
    ],
    ids=str,
)
def test_a_project_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    base = Project(tasks=(lone(), lone()), resources=(ONE,), deadline=9)
    with pytest.raises(BadValue):
        replace(base, **change)  # type: ignore[arg-type]


@pytest.mark.parametrize("steps", [0.0, -1.0, float("nan")])
def test_effort_must_be_above_0(steps: float) -> None:
    with pytest.raises(BadValue, match="effort"):
        Effort(steps=steps)
