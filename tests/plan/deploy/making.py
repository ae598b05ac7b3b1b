"""Small deployments, made in one line."""

from dataclasses import replace
from datetime import date, timedelta

from linewatch.plan.deploy import (
    DeployData,
    DeploySettings,
    Lane,
    Lift,
    Movement,
    Parent,
    Reception,
)

START = date(2025, 3, 1)


def on(day: int) -> date:
    """Return a day of the plan as a date."""
    return START + timedelta(days=day)


def movement(name: str = "M1", **words: object) -> Movement:
    """Return 50 people from Carson to Bliss, required by day 20."""
    made = Movement(
        movement=name,
        unit="unit",
        parent="brigade",
        people=50,
        pieces=0,
        kind="people",
        origin="Carson",
        destination="Bliss",
        earliest=on(2),
        required=on(20),
        priority=3,
        after=(),
        task="static",
        status="T10",
        source="test",
    )
    return replace(made, **words)  # type: ignore[arg-type]


def lane(mode: str = "air", days: int = 1, carries: str = "people") -> Lane:
    """Return a lane from Carson to Bliss."""
    return Lane(
        mode=mode,
        origin="Carson",
        destination="Bliss",
        carries=(carries,),
        transit_days=days,
        source="test",
    )


def lift(mode: str = "air", people: int = 50, pieces: int = 0, day: int = 0) -> Lift:
    """Return lift from Carson."""
    return Lift(
        mode=mode,
        origin="Carson",
        since=on(day),
        people_per_day=people,
        pieces_per_day=pieces,
        source="test",
    )


def reception(people: int = 100, pieces: int = 50, day: int = 0) -> Reception:
    """Return reception at Bliss."""
    return Reception(
        site="Bliss",
        since=on(day),
        people_per_day=people,
        pieces_per_day=pieces,
        source="test",
    )


def deployment(*movements: Movement, **words: object) -> DeployData:
    """Return a deployment of these movements by air from Carson to Bliss."""
    made = DeployData(
        start=START,
        movements=movements or (movement(),),
        lanes=(lane(),),
        lifts=(lift(),),
        reception=(reception(),),
        parents={
            "brigade": Parent(
                parent="brigade", title="a brigade", organic_people=200, source="test"
            )
        },
        settings=DeploySettings(in_place_by=on(40).isoformat(), settle_days=3),
    )
    return replace(made, **words)  # type: ignore[arg-type]
