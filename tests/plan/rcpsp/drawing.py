"""Small projects with every kind of rule, drawn by hypothesis."""

from hypothesis import strategies as st

from linewatch.plan.rcpsp import (
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

DEADLINE = 5


@st.composite
def modes(draw: st.DrawFn) -> Mode:
    """One mode that may use a limit in part of its span, and a crew for all of it."""
    span = draw(st.integers(0, 3))
    uses = []
    if span and draw(st.booleans()):
        start = draw(st.integers(0, span - 1))
        length = draw(st.integers(1, span - start))
        uses.append(
            Use(resource=0, amount=draw(st.integers(0, 3)), start=start, length=length)
        )
    if span and draw(st.booleans()):
        uses.append(Use(resource=1, amount=1, start=0, length=span))
    first = draw(st.integers(0, 1))
    last = draw(st.none() | st.integers(first, DEADLINE))
    return Mode(
        name=f"mode of {span}",
        span=span,
        uses=tuple(uses),
        cost=draw(st.integers(0, 3)),
        first=first,
        last=last,
    )


@st.composite
def projects(draw: st.DrawFn) -> Project:
    """Draw a project of up to three tasks, small enough to try every schedule."""
    size = draw(st.integers(1, 3))
    tasks = tuple(
        Task(
            name=f"task {at}",
            modes=tuple(draw(st.lists(modes(), min_size=1, max_size=2))),
            earliest=draw(st.integers(0, 1)),
            due=draw(st.none() | st.integers(0, 4)),
            weight=draw(st.integers(0, 3)),
            draws=(Draw(stock=0, amount=draw(st.integers(0, 2))),),
        )
        for at in range(size)
    )
    pairs = [(one, other) for other in range(size) for one in range(other)]
    orders = tuple(
        Order(before=one, after=other, wait=draw(st.integers(0, 1)))
        for one, other in pairs
        if draw(st.booleans())
    )
    gap = tuple(
        tuple(draw(st.integers(0, 2)) for _ in range(size)) for _ in range(size)
    )
    steps = [(draw(st.integers(0, 1)), draw(st.integers(0, 4)))]
    if draw(st.booleans()):
        steps.append((draw(st.integers(2, 6)), draw(st.integers(0, 4))))
    return Project(
        tasks=tasks,
        resources=(
            Resource(name="limit", steps=tuple(steps)),
            Resource(name="crew", steps=((0, 1),)),
        ),
        stocks=(
            Stock(
                name="wire",
                deliveries=((0, draw(st.integers(0, 3))), (2, draw(st.integers(0, 3)))),
            ),
        ),
        orders=orders,
        setups=(Setup(resource=1, gap=gap),),
        deadline=DEADLINE,
    )
