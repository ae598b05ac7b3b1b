"""Reading PSPLIB's single-mode instances in the Patterson format."""

from pathlib import Path

from linewatch.plan.rcpsp import Mode, Order, Project, Resource, Task, Use


def read_patterson(path: Path) -> Project:
    """Read an instance; the deadline is the sum of the durations."""
    numbers = iter([int(word) for word in path.read_text().split()])
    size, kinds = next(numbers), next(numbers)
    capacities = [next(numbers) for _ in range(kinds)]
    tasks: list[Task] = []
    orders: list[Order] = []
    for at in range(size):
        span = next(numbers)
        amounts = [next(numbers) for _ in range(kinds)]
        uses = tuple(
            Use(resource=which, amount=amount, start=0, length=span)
            for which, amount in enumerate(amounts)
            if amount and span
        )
        mode = Mode(name="only", span=span, uses=uses)
        tasks.append(Task(name=f"task {at}", modes=(mode,)))
        orders += [
            Order(before=at, after=next(numbers) - 1) for _ in range(next(numbers))
        ]
    return Project(
        tasks=tuple(tasks),
        orders=tuple(orders),
        resources=tuple(
            Resource(name=f"resource {which}", steps=((0, capacity),))
            for which, capacity in enumerate(capacities)
        ),
        deadline=sum(task.modes[0].span for task in tasks),
    )
