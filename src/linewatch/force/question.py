"""Question: one total of the force, in a word that reports print and explain takes."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import quote, unquote

from linewatch.errors import BadValue, UnknownName
from linewatch.force.tally import POOLS_OF
from linewatch.force.values import EVERYONE, PEOPLE, STATUSES, Pool
from linewatch.measure.clock import to_date

AWAY: Final = (Pool.TRANSIT, Pool.PRESENT, Pool.LEAVE, Pool.INJURED)
"""Pools of those who have left home: the mission pays for them."""

COUNTED: Final = POOLS_OF | {
    "on_leave": (Pool.LEAVE,),
    "injured": (Pool.INJURED,),
    "deployed": AWAY,
}
"""Pools that each count on a day adds up."""

OVER_DAYS: Final = ("days", "cost")
"""Totals over a period: days of those deployed, and what they cost."""

FLOWS: Final = {"gained": ("open", "arrive"), "lost": ("return", "relieve")}
"""Kinds of entries by which people come and go for good in a period."""

WHATS: Final = ("organic", *COUNTED, *FLOWS, *OVER_DAYS)
"""Everything that can be asked about."""

SAFE: Final = "-_.~+*,"
"""Characters of a name that an id writes as they are; others as %XX."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One total: what of whom, on which day, as known when.

    Parameters
    ----------
    what : str
        One of `WHATS`. ``gained`` and ``lost`` are those who came and went for good in
        a period, ``days`` adds up those deployed on each day of it, and ``cost`` is
        what these days cost.
    on : date
        The day; the last one of a period.
    since : date, optional
        First day of a period, for those totals that have one, which need it.
    known : date, optional
        Count only what was known by the end of this day; all when left out.
    unit : str, optional
        A unit with all that work under it on the day; everyone when left out.
    alone : bool, optional
        The unit by itself, without those that work under it.
    status : str, optional
        A duty status; all when left out.
    item : str, optional
        ``people`` or a kind of kit.
    place : str, optional
        Name of a place, or of a sector with all places in it. Only those present have
        a place.
    request : str, optional
        Only entries that cite this request for assistance, ``^ID``; ``!A,B`` is those
        that cite neither A nor B.
    scope : str, optional
        Name of a cost's scope; only for ``cost``.

    Raises
    ------
    UnknownName
        If `what` or `status` is none that exists.
    BadValue
        If the days, the place or the scope do not go with `what`.
    """

    what: str
    on: date
    since: date | None = None
    known: date | None = None
    unit: str = EVERYONE
    alone: bool = False
    status: str | None = None
    item: str = PEOPLE
    place: str | None = None
    request: str = ""
    scope: str = ""

    def __post_init__(self) -> None:
        if self.what not in WHATS:
            raise UnknownName("total", self.what, WHATS)
        if self.status is not None and self.status not in STATUSES:
            raise UnknownName("duty status", self.status, STATUSES)
        spans = self.what in {*OVER_DAYS, *FLOWS}
        if spans != (self.since is not None):
            rule = f"told for {', '.join((*FLOWS, *OVER_DAYS))}, and for nothing else"
            raise BadValue("first day", rule, str(self.since).lower())
        if self.since is not None and self.since > self.on:
            raise BadValue("first day", f"on or before {self.on}", self.since)
        if self.place is not None and self.what != "present":
            raise BadValue("place", "asked of those present only", self.what)
        if self.alone and (self.unit == EVERYONE or self.what == "organic"):
            raise BadValue("alone", "asked of one unit's entries", self.what)
        if bool(self.scope) != (self.what == "cost"):
            rule = "told for cost, and for nothing else"
            raise BadValue("scope", rule, repr(self.scope))
        if self.what == "organic" and (
            self.status or self.item != PEOPLE or self.request
        ):
            rule = "of people, by no status and no request"
            got = self.status or self.request or self.item
            raise BadValue("organic strength", rule, got)

    @property
    def id(self) -> str:
        """The question in one word, which `read_question` reads back.

        Examples
        --------
        >>> Question(what="present", on=date(2025, 5, 1), status="T10").id
        'present:2025-05-01:status=T10'
        """
        said = {
            "since": None if self.since is None else self.since.isoformat(),
            "known": None if self.known is None else self.known.isoformat(),
            "unit": None if self.unit == EVERYONE else self.unit,
            "alone": "yes" if self.alone else None,
            "status": self.status,
            "item": None if self.item == PEOPLE else self.item,
            "place": self.place,
            "request": self.request or None,
            "scope": self.scope or None,
        }
        told = [f"{key}={quote(one, safe=SAFE)}" for key, one in said.items() if one]
        return ":".join((self.what, self.on.isoformat(), *told))


def read_question(told: str) -> Question:
    """Read the id of a total.

    Raises
    ------
    BadValue, UnknownName
        If it is none.

    Examples
    --------
    >>> read_question("days:2025-05-31:since=2025-05-01:unit=2-sbct").unit
    '2-sbct'
    """
    what, _, rest = told.partition(":")
    on, *pairs = rest.split(":")
    keyed: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if key not in KEYS or not equals or not value or key in keyed:
            rule = f"as a report prints it: WHAT:DATE and once each {', '.join(KEYS)}="
            raise BadValue("id of a total", rule, repr(told))
        keyed[key] = unquote(value)
    days = {key: to_date(keyed.pop(key)) for key in ("since", "known") if key in keyed}
    return Question(
        what=what,
        on=to_date(on),
        since=days.get("since"),
        known=days.get("known"),
        unit=keyed.get("unit", EVERYONE),
        alone="alone" in keyed,
        status=keyed.get("status"),
        item=keyed.get("item", PEOPLE),
        place=keyed.get("place"),
        request=keyed.get("request", ""),
        scope=keyed.get("scope", ""),
    )


KEYS: Final = (
    *("since", "known", "unit", "alone", "status", "item", "place", "request"),
    "scope",
)
"""Words of an id after what and when."""
