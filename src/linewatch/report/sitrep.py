"""Situation report: strength, sites, contacts, handovers and cost, as of a day."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Final

from linewatch.area import Area
from linewatch.errors import BadValue
from linewatch.force import STRENGTHS, Force, Strength
from linewatch.force.question import Question
from linewatch.log import MissionLog
from linewatch.measure.clock import to_epoch_s
from linewatch.report.reading import Offer, Reading
from linewatch.watch.values import Alert, Handover

TEST: Final = "test"
"""Kind of the alerts that only prove the path to the civil authority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindOfNode:
    """Nodes of one kind: how many, watching at the end, and the mean share of time."""

    kind: str
    registered: int
    watching: int
    share_up: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """An alert with its sector and its handover, if it was handed over."""

    alert: Alert
    sector: str
    handover: Handover | None

    @property
    def receipt_after_s(self) -> float | None:
        """Time from handover to receipt [s]; None while there is no receipt."""
        if self.handover is None or self.handover.receipt_s is None:
            return None
        return self.handover.receipt_s - self.handover.time_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitrep:
    """What a situation report tells. No field of it can hold a person.

    Parameters
    ----------
    area : str
        Name of the area.
    on : date
        The day at whose end the force is counted.
    from_s, to_s : float
        Time that the report covers [s].
    last_seq : int
        Number of the last entry of the log that it covers.
    digest : str
        Digest of the log's head, hexadecimal: what the report rests on.
    terrain_generated, terrain_source
        Whether the ground is made up, and where it comes from.
    strength : Strength or None
        The five strengths; None where the scenario has no force.
    nodes : tuple of KindOfNode
        Nodes by kind.
    detections, tracks, refused : int
        Detections taken, tracks that were logged or raised an alert, messages refused.
    contacts : tuple of Contact
        Alerts but tests, in the order of time.
    tests, tests_received : int
        Test alerts sent down the path, and received.
    offers : tuple of Offer
        Proposals with their cost and decision.
    """

    area: str
    on: date
    from_s: float
    to_s: float
    last_seq: int
    digest: str
    terrain_generated: bool
    terrain_source: str
    line_source: str
    strength: Strength | None
    nodes: tuple[KindOfNode, ...]
    detections: int
    tracks: int
    refused: int
    contacts: tuple[Contact, ...]
    tests: int
    tests_received: int
    offers: tuple[Offer, ...]

    @property
    def handed_over(self) -> int:
        """Contacts that were handed to a civil authority."""
        return sum(one.handover is not None for one in self.contacts)

    @property
    def received(self) -> int:
        """Contacts whose handover has its receipt."""
        return sum(one.receipt_after_s is not None for one in self.contacts)

    @property
    def receipt_median_s(self) -> float | None:
        """Median time from handover to receipt [s]; None without a receipt."""
        waits = [w for one in self.contacts if (w := one.receipt_after_s) is not None]
        return median(waits) if waits else None

    def by_kind(self) -> dict[str, int]:
        """Count contacts by kind of alert."""
        return dict(Counter(one.alert.kind for one in self.contacts).most_common())

    def by_sector(self) -> dict[str, int]:
        """Count contacts by sector, along the line."""
        placed = sorted(self.contacts, key=lambda one: one.alert.chainage_m)
        return dict(Counter(one.sector for one in placed))


def sitrep(
    log: MissionLog, area: Area, force: Force | None = None, *, on: date | None = None
) -> Sitrep:
    """Report on a mission from its log.

    Parameters
    ----------
    log : MissionLog
        The log, open to read.
    area : Area
        The area of its scenario.
    force : Force, optional
        The force of its scenario.
    on : date, optional
        Report as of the end of this day; of the log's last entry when left out.

    Returns
    -------
    Sitrep
        What there is to tell. Equal logs make equal reports: no clock is read.

    Raises
    ------
    BadValue
        If the log has no entry up to then.
    """
    head = log.head()
    reading, last_seq = _read(log, on, head.seq)
    if reading.start_s is None:
        raise BadValue("log", "of one entry or more up to the day asked for", "empty")
    day = on or datetime.fromtimestamp(reading.time_s, UTC).date()
    alerts = sorted(reading.alerts.values(), key=lambda one: (one.time_s, one.alert_id))
    tests = [handed for name, handed in reading.handovers.items() if _is_test(name)]
    return Sitrep(
        area=area.name,
        on=day,
        from_s=reading.start_s,
        to_s=reading.time_s,
        last_seq=last_seq,
        digest=head.digest.hex() if last_seq == head.seq else "",
        terrain_generated=area.terrain.generated,
        terrain_source=area.terrain.source,
        line_source=area.line.source,
        strength=None if force is None else force.strength(day),
        nodes=_nodes(reading),
        detections=reading.detections,
        tracks=len(reading.track_ids),
        refused=reading.refused,
        contacts=tuple(_contacts(reading, area, alerts)),
        tests=len(tests),
        tests_received=sum(one.receipt_s is not None for one in tests),
        offers=tuple(reading.offers.values()),
    )


def total_ids(report: Sitrep) -> dict[str, str]:
    """Return the word that explain takes for each of the five strengths."""
    return {name: Question(what=name, on=report.on).id for name in STRENGTHS}


def _read(log: MissionLog, on: date | None, head: int) -> tuple[Reading, int]:
    """Read the log up to the end of a day; entries stand in order of writing."""
    until_s = float("inf")
    if on is not None:
        until_s = to_epoch_s((on + timedelta(days=1)).isoformat())
    reading, last = Reading(), 0
    for entry in log.read(to_seq=head):
        if entry.time_s < until_s:
            reading.take(entry)
            last = entry.seq
    reading.settle()
    return reading, last


def _is_test(alert_id: str) -> bool:
    """Tell a test alert by its id, for the watch logs its handover alone."""
    return alert_id.startswith(f"{TEST}-")


def _nodes(reading: Reading) -> tuple[KindOfNode, ...]:
    """Count nodes by kind, and how much of the time they watched."""
    held = list(reading.availability.nodes())
    shares = reading.availability.share_up(reading.time_s)
    rows = []
    for kind in sorted({node.kind for node in held}):
        names = [node.node_id for node in held if node.kind == kind]
        rows.append(
            KindOfNode(
                kind=kind,
                registered=len(names),
                watching=sum(map(reading.availability.watching, names)),
                share_up=sum(shares[name] for name in names) / len(names),
            )
        )
    return tuple(rows)


def _contacts(
    reading: Reading, area: Area, alerts: Iterable[Alert]
) -> Iterable[Contact]:
    """Place each alert that is no test in its sector, with its handover."""
    for alert in alerts:
        if alert.kind == TEST:
            continue
        yield Contact(
            alert=alert,
            sector=area.sector_at(alert.chainage_m).name,
            handover=reading.handovers.get(alert.alert_id),
        )
