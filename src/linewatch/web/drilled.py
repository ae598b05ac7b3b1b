"""The picture of a drill as it runs: its log, and what was planned for it."""

from dataclasses import replace
from datetime import UTC, datetime

from linewatch.log import MissionLog
from linewatch.mission.prepare import DECIDERS, Prepared
from linewatch.plan.cost import in_millions
from linewatch.web.compose import force_of
from linewatch.web.picture import Coverage, LiveFrame, Picture, Plan
from linewatch.web.recorded import RecordedSource


class DrilledSource:
    """A picture source over the log of a running drill, with the plans beside it.

    Parameters
    ----------
    log : MissionLog
        The drill's log, open to read.
    prepared : Prepared
        What the drill was made from.
    """

    def __init__(self, log: MissionLog, prepared: Prepared) -> None:
        self._prepared = prepared
        self._recorded = RecordedSource(log, prepared.area)
        self._still: tuple[Picture, Picture] | None = None

    def live(self) -> LiveFrame:
        """Give the picture as of the last entry of the log."""
        return self._recorded.live()

    def static(self) -> Picture:
        """Give the part that stands still: ground, sites, force and plans."""
        ground = self._recorded.static()
        if self._still is None or self._still[0] is not ground:
            self._still = ground, self._with_plans(ground)
        return self._still[1]

    def _with_plans(self, ground: Picture) -> Picture:
        """Add what was planned."""
        made = self._prepared
        along = made.site_plan.coverage
        on = datetime.fromtimestamp(made.start_s, UTC).date()
        return replace(
            ground,
            coverage=Coverage(
                chainage_km=along.chainage_m / 1000, chance=dict(along.chance)
            ),
            force=force_of(made.force, on),
            plans=tuple(
                Plan(
                    kind=proposal.kind.value,
                    summary=proposal.summary,
                    cost=f"USD {in_millions(proposal.cost)}; {proposal.cost.scope}",
                    decided=f"{DECIDERS[proposal.kind]}, as an exercise",
                )
                for proposal in made.proposals
            ),
            mode="live",
        )
