"""Handover: alerts given to the civil authority, each held until its receipt."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from linewatch.errors import BadValue
from linewatch.watch.values import Alert, Handover, Target

HANDED_OVER = frozenset({"crossing", "rescue", "test"})
"""Kinds of alert that go to the civil authority; an outage stays with the watch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverSettings:
    """How handovers are sent and watched.

    Parameters
    ----------
    receipt_due_s : float
        Time within which a receipt is expected [s]; then it is sent again.
    test_every_s : float
        Time between test alerts that prove the path end to end [s].

    Raises
    ------
    BadValue
        If a time is not above 0.
    """

    receipt_due_s: float = 120.0
    test_every_s: float = 600.0

    def __post_init__(self) -> None:
        for name in ("receipt_due_s", "test_every_s"):
            if not getattr(self, name) > 0:
                raise BadValue(f"watch.{name}", "above 0", getattr(self, name))


@dataclass(slots=True)
class HandoverDesk:
    """Every handover of the mission, open until receipted; nothing is dropped."""

    settings: HandoverSettings
    authority_at: Callable[[float], str]
    start_s: float
    _open: dict[str, tuple[Handover, Alert, float]] = field(default_factory=dict)
    _done: dict[str, Handover] = field(default_factory=dict)
    _tests: int = 0

    def hand_over(self, alerts: Iterable[Alert]) -> list[tuple[Handover, Alert]]:
        """Open a handover for each alert that the civil authority is to have."""
        opened = []
        for alert in alerts:
            if alert.kind not in HANDED_OVER:
                continue
            record = Handover(
                handover_id=f"handover-{alert.alert_id}",
                alert_id=alert.alert_id,
                time_s=alert.time_s,
                authority=self.authority_at(alert.chainage_m),
            )
            self._open[alert.alert_id] = (record, alert, alert.time_s)
            opened.append((record, alert))
        return opened

    def receive(self, time_s: float, alert_id: str, reference: str) -> Handover | None:
        """Close a handover with its receipt; None for one unknown or closed before."""
        entry = self._open.pop(alert_id, None)
        if entry is None:
            return None
        closed = replace(entry[0], receipt_s=time_s, receipt_ref=reference)
        self._done[alert_id] = closed
        return closed

    def due(self, now_s: float) -> list[Alert]:
        """Return the alerts to send again, for want of a receipt in due time."""
        again = []
        for alert_id, (record, alert, sent_s) in self._open.items():
            if now_s - sent_s >= self.settings.receipt_due_s:
                self._open[alert_id] = (record, alert, now_s)
                again.append(alert)
        return again

    def test_due(self, now_s: float) -> Alert | None:
        """Return the next test alert once its time has come: the dead man's handle."""
        number = int((now_s - self.start_s) // self.settings.test_every_s)
        if number <= self._tests:
            return None
        self._tests = number
        return Alert(
            alert_id=f"test-{number}",
            time_s=now_s,
            kind="test",
            track_id=None,
            node_id=None,
            chainage_m=0.0,
            offset_m=0.0,
            lon_deg=0.0,
            lat_deg=0.0,
            target=Target.UNKNOWN,
            count_low=0,
            count_high=0,
            priority=9,
        )

    def waiting(self) -> list[Handover]:
        """Return the handovers without a receipt, oldest first."""
        return [record for record, _, _ in self._open.values()]

    def closed(self) -> list[Handover]:
        """Return the handovers with a receipt, in the order of receipt."""
        return list(self._done.values())

    def path_broken(self, now_s: float) -> bool:
        """Tell whether a test alert has waited twice the due time for its receipt."""
        late_s = 2 * self.settings.receipt_due_s
        return any(
            alert.kind == "test" and now_s - record.time_s >= late_s
            for record, alert, _ in self._open.values()
        )

    def save(self) -> dict[str, object]:
        """Return every handover, open and closed, and how far the tests have come."""
        return {
            "open": [
                (asdict(record), asdict(alert), sent_s)
                for record, alert, sent_s in self._open.values()
            ],
            "done": [asdict(record) for record in self._done.values()],
            "tests": self._tests,
        }

    def load(self, saved: Mapping[str, Any]) -> None:
        """Stand where the desk stood that `save` was asked of."""
        self._open, self._done = {}, {}
        for record, alert, sent_s in saved["open"]:
            told = Alert(**{**alert, "target": Target(alert["target"])})
            self._open[told.alert_id] = (Handover(**record), told, sent_s)
        for record in saved["done"]:
            self._done[record["alert_id"]] = Handover(**record)
        self._tests = saved["tests"]
