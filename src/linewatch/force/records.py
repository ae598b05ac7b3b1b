"""Records: what an office put on record, so that a condition counts as met."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from linewatch.errors import BadValue, MayNotDecide
from linewatch.force.rules import Rules
from linewatch.measure.clock import to_epoch_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A condition that an office put on record as met, or a record that it made.

    Parameters
    ----------
    name : str
        The condition or record, in the authority table's words.
    office : str
        Which office put it on record.
    reference : str
        The document that shows it, never a person.
    made_s, known_s : float
        When it was made, and when it became known [s].
    from_s, until_s : float
        First instant that it holds, and first that it no longer does [s]; without end,
        infinity.
    place : str
        Zone, sector or base that it is limited to; empty for everywhere.
    """

    name: str
    office: str
    reference: str
    made_s: float
    known_s: float
    from_s: float
    until_s: float = math.inf
    place: str = ""

    def holds(self, on: date, places: Collection[str] = ()) -> bool:
        """Tell whether it holds on a whole day at a spot that has these names."""
        day_s = to_epoch_s(on.isoformat())
        return (
            self.from_s <= day_s < self.until_s
            and (not self.place or self.place in places)
        )  # fmt: skip

    def to_body(self) -> dict[str, object]:
        """Return the fields of the log's entry; its time is `made_s`."""
        return {
            "record": self.name,
            "office": self.office,
            "reference": self.reference,
            "known_s": self.known_s,
            "from_s": self.from_s,
            "until_s": None if math.isinf(self.until_s) else self.until_s,
            "place": self.place or None,
        }

    @classmethod
    def from_body(cls, made_s: float, body: Mapping[str, object]) -> "Record":
        """Read a record from the fields of a log's entry."""
        return cls(
            name=str(body["record"]),
            office=str(body["office"]),
            reference=str(body.get("reference", "")),
            made_s=made_s,
            known_s=_seconds(body.get("known_s", made_s)),
            from_s=_seconds(body.get("from_s", made_s)),
            until_s=_seconds(body.get("until_s", math.inf)),
            place=str(body.get("place", "")),
        )


def records_in(
    entries: Iterable[tuple[float, Mapping[str, object]]],
    *,
    known_s: float = math.inf,
) -> tuple[Record, ...]:
    """Read the records of a log's entries, those that were known by an instant [s]."""
    read = (Record.from_body(at_s, body) for at_s, body in entries)
    return tuple(one for one in read if one.known_s <= known_s)


def recorded(record: Record, rules: Rules, offices: Collection[str]) -> Record:
    """Check that an office may make a record that the authority table knows.

    A record that overrides a rule or that a rule needs is made by the owner that the
    table names. A condition is put on record by any office of the chain.

    Parameters
    ----------
    record : Record
        The record.
    rules : Rules
        Authority table.
    offices : collection of str
        Offices of the approval chain.

    Raises
    ------
    MayNotDecide
        If another office must make it.
    BadValue
        If the record names no document, or ends before it begins.
    """
    owners = rules.owners(record.name)
    if record.office not in (owners or tuple(offices)):
        raise MayNotDecide(record.office, f"make {record.name}", owners)
    if not record.reference.strip():
        raise BadValue("reference", "the document that shows it", "empty")
    if not record.from_s < record.until_s:
        raise BadValue("until", "after the record begins to hold", record.until_s)
    return record


def met_on(
    records: Iterable[Record], on: date, places: Collection[str] = ()
) -> frozenset[str]:
    """Return what is on record as met on a day at a spot that has these names."""
    return frozenset(one.name for one in records if one.holds(on, places))


def _seconds(value: object) -> float:
    """Read a time from an entry's field."""
    return float(str(value))
