"""Orders: what decided proposals make of a mission's log, and the watch they open."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

import linewatch
from linewatch.area import Area
from linewatch.errors import BadValue, LogBroken, Prohibited, Undecided
from linewatch.log import MissionLog
from linewatch.measure.clock import to_date, to_iso
from linewatch.mission.entries import NewEntry
from linewatch.mission.settings import WatchSettings
from linewatch.mission.sites import STATUS, TASK, stand_post
from linewatch.plan import Decision, Pairing, Proposal, Standing, checked, standing
from linewatch.plan.proposal import Ask
from linewatch.sight import KINDS, SensorKind, kind_from, record_of
from linewatch.watch.engine import Engine
from linewatch.watch.live import Watch
from linewatch.watch.post import Post


def open_watch(
    area: Area,
    posts: Sequence[Post],
    *,
    start_s: float,
    settings: WatchSettings | None = None,
) -> Watch:
    """Open the watch of ordered posts at its start.

    Parameters
    ----------
    area : Area
        The line.
    posts : sequence of Post
        The posts that a decided proposal orders.
    start_s : float
        Start of the watch, seconds of UTC since 1970 [s].
    settings : WatchSettings, optional
        When tracks become alerts, and how handovers are watched.
    """
    settings = settings or WatchSettings()
    return Watch(
        engine=Engine(area=area, posts=posts, start_s=start_s),
        posts=posts,
        authority_at=partial(authority_at, area, settings.authority),
        start_s=start_s,
        alert_settings=settings.alerts,
        handover_settings=settings.handovers,
    )


def authority_at(area: Area, authority: str, chainage_m: float) -> str:
    """Name the civil authority at a chainage [m]: its office for the sector there."""
    within_m = min(max(chainage_m, 0.0), area.line.length_m)
    return f"{authority}, {area.sector_at(within_m).name}"


def order_entries(  # noqa: PLR0913 - an order has that many grounds
    proposals: Iterable[Proposal],
    decisions: Sequence[Decision],
    posts: Iterable[Post],
    *,
    start_s: float,
    until_s: float,
    ask: Ask,
    decided: Sequence[Decision] = (),
) -> list[NewEntry]:
    """Write proposals, decisions and the orders that follow, as entries of the log.

    Parameters
    ----------
    proposals : iterable of Proposal
        What was proposed.
    decisions : sequence of Decision
        Decisions to write.
    posts : iterable of Post
        Posts that are ordered.
    start_s, until_s : float
        Start and end of the orders [s].
    ask : Ask
        The authority, asked again about every post for the term of its order.
    decided : sequence of Decision
        Decisions that the log holds already.

    Raises
    ------
    Prohibited
        If those who stand at a post may not on any day of the order.
    Undecided
        If a proposal was not approved: without that there is no order.
    BadValue
        If one was approved in part: which part is known to people alone.
    """
    posts = tuple(posts)
    on, last = (to_date(to_iso(at_s)[:10]) for at_s in (start_s, until_s))
    checked(
        (
            Pairing(
                task=TASK,
                status=STATUS,
                place=post.name,
                from_m=post.site.chainage_m,
                on=on,
                until=last + timedelta(days=1),
            )
            for post in posts
        ),
        ask,
    )
    entries: list[NewEntry] = []
    sites = ""
    for proposal in proposals:
        entries.append((proposal.made_s, "proposal", proposal.to_body()))
        stands = standing(proposal, [*decided, *decisions])
        if stands is Standing.ORDERED_IN_PART:
            rule = "approved whole: propose the part that was, and decide on that"
            raise BadValue(proposal.id, rule, "in part")
        if stands is not Standing.ORDERED:
            raise Undecided(proposal.id)
        sites = proposal.id if proposal.kind == "sites" else sites
    entries += [(each.at_s, "decision", each.to_body()) for each in decisions]
    entries += _figures_entries(posts, sites, at_s=start_s)
    entries += [
        (
            start_s,
            "order",
            {
                "order_id": f"watch-{post.name}",
                "proposal_id": sites,
                "kind": post.site.kind,
                "unit": post.name,
                "task": TASK,
                "status": STATUS,
                "from_s": start_s,
                "to_s": until_s,
                "phase_s": post.sight.phase_s,
                "cell_m": post.sight.cell_m,
                **{name: getattr(post.site, name) for name in _PLACE},
            },
        )
        for post in posts
    ]
    return entries


def _figures_entries(
    posts: Iterable[Post], proposal_id: str, *, at_s: float
) -> list[NewEntry]:
    """Write the figures of each kind that stands; their sources are the proposal's."""
    kinds = {post.sight.kind.name: post.sight.kind for post in posts}
    return [
        (
            at_s,
            "figures",
            {
                "proposal_id": proposal_id,
                "kind": name,
                **{
                    figure: value
                    for figure, value in record_of(kind).items()
                    if not figure.endswith("source")
                },
            },
        )
        for name, kind in kinds.items()
    ]


def kinds_in(log: MissionLog) -> dict[str, dict[str, SensorKind]]:
    """Return the sensor kinds that a log holds, by proposal and by name.

    Raises
    ------
    LogBroken
        If the figures of one cannot be read.
    """
    held: dict[str, dict[str, SensorKind]] = {}
    for entry in log.read(kinds=("figures",)):
        record = dict(entry.body)
        proposal, name = str(record.pop("proposal_id", "")), str(record.pop("kind", ""))
        try:
            held.setdefault(proposal, {})[name] = kind_from(name, record)
        except BadValue as error:
            raise LogBroken(log.path, entry.seq, f"cannot be read: {error}") from error
    return held


def kinds_by_post(log: MissionLog) -> dict[str, SensorKind]:
    """Return the kind of each post that a log orders, with the figures that it holds.

    Raises
    ------
    LogBroken
        If the figures of one cannot be read.
    """
    held = kinds_in(log)
    out = {}
    for entry in log.read(kinds=("order",)):
        kinds = held.get(str(entry.body.get("proposal_id")), KINDS)
        kind = kinds.get(str(entry.body.get("kind")))
        if kind is not None:
            out[str(entry.body.get("unit"))] = kind
    return out


def posts_in(log: MissionLog, area: Area) -> list[Post]:
    """Stand the posts that a log orders, as they were ordered, in their order.

    They stand with the figures that the log holds, whatever a scenario or the program
    says now; a log from before figures were kept, with the built-in ones.

    Raises
    ------
    BadValue, UnknownName
        If an order in the log names no place, or a kind without figures.
    LogBroken
        If the figures of a kind cannot be read.
    Prohibited
        If it orders something else than to watch from a post.
    """
    orders = tuple(log.read(kinds=("order",)))
    held = kinds_in(log)
    for entry in orders:
        task, status = (str(entry.body.get(name)) for name in ("task", "status"))
        if (task, status) != (TASK, STATUS):
            raise Prohibited(task, status, "a watch orders posts alone", "default")
    return [
        stand_post(
            {
                "name": entry.body.get("unit"),
                "kind": entry.body.get("kind"),
                "why": "ordered",
                "phase_s": entry.body.get("phase_s"),
                "cell_m": entry.body.get("cell_m"),
                **{name: entry.body.get(name) for name in _PLACE},
            },
            area,
            held.get(str(entry.body.get("proposal_id")), KINDS),
        )
        for entry in orders
    ]


_PLACE: Final = (
    *("chainage_m", "offset_m", "lon_deg", "lat_deg", "x_m", "y_m", "mast_m"),
)
"""Where a post stands: fields of a site that an order in the log holds too."""


def start_of(log: MissionLog) -> float | None:
    """Return when the watch of a log began [s]; None if it did not."""
    return next((entry.time_s for entry in log.read(kinds=("start",))), None)


def start_entry(
    scenario: str, *, seed: int, start_s: float, until_s: float
) -> NewEntry:
    """Write the start of a watch as an entry."""
    body = {
        "scenario": scenario,
        "version": linewatch.__version__,
        "seed": seed,
        "start_s": start_s,
        "until_s": until_s,
    }
    return start_s, "start", body
