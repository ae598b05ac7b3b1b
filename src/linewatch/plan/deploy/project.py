"""A deployment as a project of tasks, modes and limits, one rule a method."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from linewatch.errors import NoPlan
from linewatch.measure.clock import to_date
from linewatch.plan.deploy.data import DeployData, Lane, Movement
from linewatch.plan.factors import Factors
from linewatch.plan.rcpsp import Mode, Order, Project, Resource, Task, Use

COUNTED = ("people", "pieces")
"""What lift and reception are limited in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit a day with its steps: (day of the plan, amount)."""

    name: str
    steps: tuple[tuple[int, int], ...]


class Deployment:
    """States a deployment as a project.

    Parameters
    ----------
    deploy : DeployData
        Movements and limits.
    factors : Factors
        Prices of the modes.
    """

    def __init__(self, deploy: DeployData, factors: Factors) -> None:
        self._deploy = deploy
        self._factors = factors
        self._lift = {
            (lift.mode, lift.origin, item): self._limit(
                f"{lift.mode} from {lift.origin}",
                item,
                (
                    (step.since, getattr(step, f"{item}_per_day"))
                    for step in deploy.lifts
                    if (step.mode, step.origin) == (lift.mode, lift.origin)
                ),
            )
            for lift in deploy.lifts
            for item in COUNTED
        }
        self._sites = {
            (site.site, item): self._limit(
                f"reception at {site.site}",
                item,
                (
                    (step.since, getattr(step, f"{item}_per_day"))
                    for step in deploy.reception
                    if step.site == site.site
                ),
            )
            for site in deploy.reception
            for item in COUNTED
        }
        limits = [*self._lift.values(), *self._sites.values()]
        self._index = {limit.name: at for at, limit in enumerate(limits)}
        self._limits = limits

    def project(self) -> Project:
        """Return the project; its tasks are the movements in their order.

        Raises
        ------
        NoPlan
            If a movement has no way at all; every such movement is told.
        """
        deploy = self._deploy
        by = to_date(deploy.settings.in_place_by)
        tasks = [self._task(movement) for movement in deploy.movements]
        stranded = [
            self._why_no_way(movement)
            for movement, task in zip(deploy.movements, tasks, strict=True)
            if task is None
        ]
        if stranded:
            raise NoPlan(stranded)
        return Project(
            tasks=tuple(task for task in tasks if task is not None),
            resources=tuple(
                Resource(name=limit.name, steps=limit.steps) for limit in self._limits
            ),
            orders=tuple(self._advance_parties_go_first()),
            deadline=deploy.day_of(by),
            deadline_name=f"all in place by {by}",
        )

    def _task(self, movement: Movement) -> Task | None:
        """State one movement; None when it has no way."""
        modes = tuple(
            mode for lane in self._deploy.lanes for mode in self._modes(movement, lane)
        )
        if not modes:
            return None
        return Task(
            name=movement.movement,
            modes=modes,
            earliest=self._deploy.day_of(movement.earliest),
            due=self._deploy.day_of(movement.required),
            weight=movement.weight,
        )

    def _modes(self, movement: Movement, lane: Lane) -> list[Mode]:
        """State a movement by one lane, once for each pace; none if it cannot go so."""
        ends = (movement.origin, movement.destination)
        if (lane.origin, lane.destination) != ends or movement.kind not in lane.carries:
            return []
        lift = {
            item: self._lift.get((lane.mode, lane.origin, item)) for item in COUNTED
        }
        site = {item: self._sites.get((lane.destination, item)) for item in COUNTED}
        modes: list[Mode] = []
        for days in self._loading_days(movement, (lift, site)):
            uses: list[Use] = []
            for item in COUNTED:
                amount = -(-getattr(movement, item) // days)
                uses += self._loads_within_lift(lift[item], amount, days)
                uses += self._arrives_within_reception(
                    site[item], amount, days, lane.transit_days
                )
            settle = self._deploy.settings.settle_days
            modes.append(
                Mode(
                    name=lane.mode,
                    span=days + lane.transit_days + settle,
                    uses=tuple(uses),
                    cost=round(self._price(movement, lane.mode)),
                )
            )
        return modes

    def _loading_days(
        self, movement: Movement, limits: Iterable[dict[str, Limit | None]]
    ) -> list[int]:
        """Return the paces that may serve: the days needed at each level of a limit.

        The fewest days fill the largest level of the tightest limit; a slower pace can
        begin before that level is reached, or go on after it has gone.
        """
        fewest, paces = 1, {1}
        for limit in limits:
            for item in COUNTED:
                amount: int = getattr(movement, item)
                bound = limit[item]
                if not amount:
                    continue
                levels = {level for _, level in bound.steps if level} if bound else ()
                if not levels:
                    return []
                paces |= {-(-amount // level) for level in levels}
                fewest = max(fewest, -(-amount // max(levels)))
        return sorted({max(fewest, days) for days in paces})

    def _loads_within_lift(
        self, limit: Limit | None, amount: int, days: int
    ) -> list[Use]:
        """Use lift evenly over the days of loading."""
        if limit is None or not amount:
            return []
        at = self._index[limit.name]
        return [Use(resource=at, amount=amount, start=0, length=days)]

    def _arrives_within_reception(
        self, limit: Limit | None, amount: int, days: int, transit: int
    ) -> list[Use]:
        """Use reception as evenly, a transit later."""
        if limit is None or not amount:
            return []
        at = self._index[limit.name]
        return [Use(resource=at, amount=amount, start=transit, length=days)]

    def _advance_parties_go_first(self) -> list[Order]:
        """Let a movement load only when those it waits for are in place."""
        index = {m.movement: at for at, m in enumerate(self._deploy.movements)}
        return [
            Order(before=index[name], after=index[movement.movement])
            for movement in self._deploy.movements
            for name in movement.after
        ]

    def _price(self, movement: Movement, mode: str) -> float:
        """Return the best figure of what a movement costs by a mode [USD]."""
        name, amount = priced(movement, mode)
        return self._factors.value(name) * amount

    def _limit(self, what: str, item: str, steps: Iterable[tuple[date, int]]) -> Limit:
        """Make a limit from dated steps; of those before the plan the last holds."""
        told = sorted(steps)
        found = {self._deploy.day_of(on): amount for on, amount in told}
        said = ", then ".join(
            f"{amount} a day from {on}"
            if on > self._deploy.start
            else f"{amount} a day"
            for on, amount in told
        )
        return Limit(name=f"{what}: {item} {said}", steps=tuple(sorted(found.items())))

    def _why_no_way(self, movement: Movement) -> str:
        """Say what a stranded movement lacks."""
        ends = f"from {movement.origin} to {movement.destination}"
        what = (
            f"{movement.movement} ({movement.people} people, {movement.pieces} pieces)"
        )
        open_lanes = [
            lane.mode
            for lane in self._deploy.lanes
            if (lane.origin, lane.destination)
            == (movement.origin, movement.destination)
            and movement.kind in lane.carries
        ]
        if not open_lanes:
            return f"{what} has no lane that carries {movement.kind} {ends}"
        by = ", ".join(open_lanes)
        return f"{what} has no lift or no reception {ends} by {by}"


def priced(movement: Movement, mode: str) -> tuple[str, int]:
    """Return the factor that prices a movement by a mode, and how often it counts."""
    if movement.pieces:
        return f"move.{mode}.usd_per_piece", movement.pieces
    return f"move.{mode}.usd_per_person", movement.people
