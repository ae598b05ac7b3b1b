"""Works as a project of tasks, crews, journeys and stock, one rule a method."""

import math
from datetime import timedelta

from linewatch.errors import NoPlan
from linewatch.plan.factors import Factors
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
from linewatch.plan.works.data import Crew, Work, WorksData
from linewatch.plan.works.rates import Rates


class Works:
    """States works as a project; its tasks are the works, its resources the crews.

    Parameters
    ----------
    works : WorksData
        What is to be built, by whom, of what.
    factors : Factors
        Rates and times.
    """

    def __init__(self, works: WorksData, factors: Factors) -> None:
        self._works = works
        self._factors = factors
        self._rates = Rates(factors=factors, lat_deg=works.lat_deg)
        kinds = sorted({delivery.kind for delivery in works.deliveries})
        self._stock = {kind: at for at, kind in enumerate(kinds)}

    def project(self) -> Project:
        """Return the project.

        Raises
        ------
        NoPlan
            If no crew can do a work at all; every such work is told.
        """
        works = self._works
        tasks = [self._task(work) for work in works.works]
        orphans = [
            f"{work.work} needs a crew for {work.kind} there that ends by "
            f"{works.settings.done_by}"
            for work, task in zip(works.works, tasks, strict=True)
            if task is None
        ]
        if orphans:
            raise NoPlan(orphans)
        return Project(
            tasks=tuple(task for task in tasks if task is not None),
            resources=tuple(
                Resource(name=f"one {crew.crew} ({crew.unit})", steps=((0, 1),))
                for crew in works.crews
            ),
            stocks=tuple(self._material_is_there(kind) for kind in self._stock),
            orders=tuple(self._what_carries_comes_first()),
            setups=tuple(self._crews_travel(at) for at in range(len(works.crews))),
            deadline=works.deadline,
            deadline_name=f"all finished by {works.settings.done_by}",
        )

    def _task(self, work: Work) -> Task | None:
        """State one work; None when no crew can do it in time."""
        modes = tuple(
            mode
            for at, crew in enumerate(self._works.crews)
            if crew.can_do(work)
            for mode in self._modes(work, crew, at)
        )
        if not modes:
            return None
        draws: tuple[Draw, ...] = ()
        if work.kind in self._stock:
            need = math.ceil(work.length_m)
            draws = (Draw(stock=self._stock[work.kind], amount=need),)
        return Task(
            name=work.work,
            modes=modes,
            earliest=self._works.day_of(work.earliest),
            # Finished on the due date means ended by the beginning of the next day.
            due=self._works.day_of(work.due) + 1,
            weight=10 - work.priority,
            draws=draws,
        )

    def _modes(self, work: Work, crew: Crew, at: int) -> list[Mode]:
        """State a work by one crew: a mode for each run of starts of one length.

        Daylight and heat make the days needed depend on the day of the start. Starts
        that need equally many days share a mode with a window, so this is exact.
        """
        first = max(
            self._works.day_of(work.earliest), self._crew_comes_from_home(work, crew)
        )
        daily_m = self._rates.metres_per_day(
            work.kind, people=crew.people, rate=self._works.settings.rate
        ).best
        runs: list[tuple[int, int, int]] = []
        needed = self._rates.days_by_start(
            self._works.start + timedelta(days=first),
            max(0, self._works.deadline - first),
            length_m=work.length_m,
            daily_m=daily_m,
        )
        for start, days in enumerate(needed, start=first):
            if runs and runs[-1][1:] == (start - 1, days):
                runs[-1] = (runs[-1][0], start, days)
            else:
                runs.append((start, start, days))
        fit = sum(opens + days <= self._works.deadline for opens, _, days in runs)
        # The run after those that fit stays open-ended, so that a plan that is
        # impossible by its deadline is not impossible for another reason too.
        kept = runs[: fit + 1] if fit else []
        return [
            Mode(
                name=crew.crew,
                span=days,
                uses=(Use(resource=at, amount=1, start=0, length=days),),
                first=opens,
                last=closes if (opens, closes, days) != kept[-1] else None,
            )
            for opens, closes, days in kept
        ]

    def _crew_comes_from_home(self, work: Work, crew: Crew) -> int:
        """Return the first day on which a crew can be at a work."""
        away_km = max(0.0, work.from_km - crew.home_km, crew.home_km - work.to_km)
        return self._works.day_of(crew.since) + self._journey_days(away_km)

    def _crews_travel(self, crew: int) -> Setup:
        """Let a crew travel and set up between two works."""
        setup_days = math.ceil(self._factors.value("works.setup"))
        works = self._works.works
        gap = tuple(
            tuple(
                self._journey_days(
                    max(0.0, there.from_km - here.to_km, here.from_km - there.to_km)
                )
                + setup_days
                for there in works
            )
            for here in works
        )
        return Setup(resource=crew, gap=gap)

    def _what_carries_comes_first(self) -> list[Order]:
        """Let a work wait for those it needs, as a barrier for the road to it."""
        index = {work.work: at for at, work in enumerate(self._works.works)}
        return [
            Order(before=index[name], after=index[work.work])
            for work in self._works.works
            for name in work.after
        ]

    def _material_is_there(self, kind: str) -> Stock:
        """Let a work start when the material for all of it has been delivered."""
        deliveries = tuple(
            (self._works.day_of(delivery.on), math.floor(delivery.metres))
            for delivery in self._works.deliveries
            if delivery.kind == kind
        )
        total = sum(metres for _, metres in deliveries)
        last = max(d.on for d in self._works.deliveries if d.kind == kind)
        name = f"material for {kind}: {total:,} m delivered until {last}"
        return Stock(name=name, deliveries=deliveries)

    def _journey_days(self, away_km: float) -> int:
        """Return the days that a journey along the line takes."""
        return math.ceil(away_km / self._factors.value("works.travel"))
