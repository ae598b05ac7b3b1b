"""Small works, made in one line."""

from dataclasses import replace
from datetime import date, timedelta

from linewatch.plan.works import Crew, Delivery, Work, WorksData, WorksSettings

START = date(2025, 3, 1)


def on(day: int) -> date:
    """Return a day of the plan as a date."""
    return START + timedelta(days=day)


def work(name: str = "W1", **words: object) -> Work:
    """Return a kilometre of road, due by day 60."""
    made = Work(
        work=name,
        kind="road",
        from_km=100.0,
        to_km=101.0,
        zone="",
        earliest=on(2),
        due=on(60),
        priority=3,
        after=(),
        source="test",
    )
    return replace(made, **words)  # type: ignore[arg-type]


def crew(name: str = "C1", **words: object) -> Crew:
    """Return 20 people at kilometre 100 who can build anything anywhere."""
    made = Crew(
        crew=name,
        unit=f"unit {name}",
        status="T10",
        kinds=("road", "vehicle_barrier", "wire", "lighting"),
        people=20,
        home_km=100.0,
        from_km=0.0,
        to_km=3_000.0,
        since=START,
        source="test",
    )
    return replace(made, **words)  # type: ignore[arg-type]


def delivery(metres: float, day: int, kind: str = "wire") -> Delivery:
    """Return a delivery."""
    return Delivery(kind=kind, on=on(day), metres=metres, source="test")


def works(*listed: Work, **words: object) -> WorksData:
    """Return these works with one crew."""
    made = WorksData(
        start=START,
        works=listed or (work(),),
        crews=(crew(),),
        settings=WorksSettings(done_by=on(90).isoformat()),
    )
    return replace(made, **words)  # type: ignore[arg-type]
