"""Settings of the watch, read from one table of the scenario."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from linewatch.errors import BadValue, UnknownName
from linewatch.scenario import Scenario, settings_from
from linewatch.watch.alert import AlertSettings
from linewatch.watch.handover import HandoverSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings:
    """When tracks become alerts, and to whom they are handed over.

    Parameters
    ----------
    authority : str
        The civil authority; the sector's name is added to it.
    alerts : AlertSettings
        When a track becomes an alert.
    handovers : HandoverSettings
        How handovers are watched.

    Raises
    ------
    BadValue
        If the authority has no name.
    """

    authority: str = "Civil authority"
    alerts: AlertSettings = field(default_factory=AlertSettings)
    handovers: HandoverSettings = field(default_factory=HandoverSettings)

    def __post_init__(self) -> None:
        if not self.authority.strip():
            raise BadValue("watch.authority", "named", "empty")


def watch_settings(scenario: Scenario) -> WatchSettings:
    """Read the ``[watch]`` table; every key belongs to one of the settings.

    Raises
    ------
    UnknownName, BadValue
        If a key or a value in it cannot be.
    """
    table = scenario.table("watch")
    alerts, handovers = _keys(AlertSettings), _keys(HandoverSettings)
    for key in table:
        if key not in {"authority", *alerts, *handovers}:
            allowed = sorted({"authority", *alerts, *handovers})
            raise UnknownName("key in [watch]", key, allowed)
    authority = table.get("authority", "Civil authority")
    if not isinstance(authority, str):
        raise BadValue("watch.authority", "of type str", repr(authority))
    return WatchSettings(
        authority=authority,
        alerts=settings_from(AlertSettings, _part(table, alerts), where="watch"),
        handovers=settings_from(
            HandoverSettings, _part(table, handovers), where="watch"
        ),
    )


def _keys(kind: type) -> frozenset[str]:
    """Return the names of a settings class."""
    return frozenset(each.name for each in fields(kind))


def _part(table: Mapping[str, object], keys: frozenset[str]) -> dict[str, object]:
    """Return the part of a table that has these keys."""
    return {key: value for key, value in table.items() if key in keys}
