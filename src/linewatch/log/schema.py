"""What an entry of each kind may hold. A field that is not here cannot be logged.

There is no field for a person's name, face, document or number, and a test reads this
table to keep it so. Labels name places, offices, nodes and files. Free words stand only
where an office must say something: the caveat of a decision, the end state of a request
and what was found on it.
"""

import math
import re
from collections.abc import Callable, Mapping
from typing import Final

from linewatch.errors import BadValue, UnknownName

Check = Callable[[object], bool]
"""True when a value may stand in a field."""

LABEL_LENGTH: Final = 120
"""Longest label [characters]: room for an office's full name, none for a story."""

WORDS_LENGTH: Final = 1_000
"""Longest free text [characters]: a caveat is a paragraph."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+-]{0,127}").fullmatch


def number(value: object) -> bool:
    """Accept a finite number."""
    return (
        isinstance(value, (float, int))
        and not isinstance(value, bool)
        and math.isfinite(value)
    )


def count(value: object) -> bool:
    """Accept a whole number of zero or more."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def flag(value: object) -> bool:
    """Accept true or false."""
    return isinstance(value, bool)


def token(value: object) -> bool:
    """Accept an identifier without spaces, at most 128 characters."""
    return isinstance(value, str) and _TOKEN(value) is not None


def label(value: object) -> bool:
    """Accept one printable line that names a place, an office, a node or a file."""
    return isinstance(value, str) and len(value) <= LABEL_LENGTH and value.isprintable()


def tokens(value: object) -> bool:
    """Accept a list of identifiers."""
    return isinstance(value, (list, tuple)) and all(map(token, value))


def numbers(value: object) -> bool:
    """Accept a list of finite numbers."""
    return isinstance(value, (list, tuple)) and all(map(number, value))


def words(value: object) -> bool:
    """Accept free text, at most `WORDS_LENGTH` characters."""
    if not isinstance(value, str) or len(value) > WORDS_LENGTH:
        return False
    # Half of a surrogate pair is no character, and UTF-8 cannot hold it.
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def state(value: object) -> bool:
    """Accept bytes, which are kept beside the entry; the entry holds their digest."""
    return isinstance(value, bytes)


RULE: Final[Mapping[Check, str]] = {
    number: "a finite number",
    count: "a whole number of zero or more",
    flag: "true or false",
    token: "an identifier without spaces, at most 128 characters",
    label: f"one printable line of at most {LABEL_LENGTH} characters",
    tokens: "a list of identifiers",
    numbers: "a list of finite numbers",
    words: f"text of at most {WORDS_LENGTH} characters",
    state: "bytes",
}

_SIGNED: Final = {"office": label, "key": token, "signature": token}
_PLACE: Final = {"lon_deg": number, "lat_deg": number}
_ON_LINE: Final = {"chainage_m": number, "offset_m": number}

_FIGURES: Final = (
    *(
        f"{w}_{t}_m"
        for w in ("reach", "anchor")
        for t in ("walker", "vehicle", "flyer")
    ),
    *("mast_m", "anchor_chance", "ceiling", "night_share", "period_s", "dwell_s"),
    *("decorrelation_s", "sigma_range_m", "sigma_range_share", "sigma_azimuth_rad"),
    *("false_per_look", "min_radial_mps", "refraction", "contrast", "spread"),
    *("absorbed_db_km", "wind_half_mps", "waves_wavelength_m", "waves_ground_share"),
    *("waves_beam_rad", "waves_tall_rad", "waves_cell_m", "waves_ground_filter"),
    *("waves_rain_filter", "waves_rain_k", "waves_rain_power", "waves_wind_share"),
)
"""Numbers of a sensor kind, as `linewatch.sight.figures` names them."""

FIELDS: Final[Mapping[str, Mapping[str, Check]]] = {
    "start": {
        "scenario": label,
        "version": token,
        "seed": count,
        "start_s": number,
        "until_s": number,
        "settings_digest": token,
        "resumed_seq": count,
    },
    "stop": {"reason": token, "detections": count, "alerts": count},
    "node": {
        **_PLACE,
        "node_id": token,
        "name": token,
        "kind": token,
        "like": token,
        "status_interval_s": number,
        "height_m": number,
    },
    "status": {"node_id": token, "health": token, "detecting": flag},
    "detection": {
        **_PLACE,
        "node_id": token,
        "report_id": token,
        "range_m": number,
        "azimuth_rad": number,
        "sigma_range_m": number,
        "sigma_azimuth_rad": number,
        "target": token,
        "confidence": number,
        "range_rate_mps": number,
    },
    "track": {
        **_PLACE,
        **_ON_LINE,
        "track_id": count,
        "x_m": number,
        "y_m": number,
        "vx_mps": number,
        "vy_mps": number,
        "existence": number,
        "target": token,
        "count_low": count,
        "count_high": count,
        "first_seen_s": number,
        "last_seen_s": number,
        "ended": flag,
    },
    "alert": {
        **_PLACE,
        **_ON_LINE,
        "alert_id": token,
        "kind": token,
        "track_id": count,
        "node_id": token,
        "target": token,
        "count_low": count,
        "count_high": count,
        "priority": count,
    },
    "handover": {"handover_id": token, "alert_id": token, "authority": label},
    "bias": {
        "site": token,
        "range_m": number,
        "azimuth_rad": number,
        "sigma_range_m": number,
        "sigma_azimuth_rad": number,
        "triples": count,
        "applied": flag,
    },
    "stitch": {"earlier": count, "later": count, "chance": number, "gap_s": number},
    "receipt": {
        "handover_id": token,
        "alert_id": token,
        "authority": label,
        "receipt_ref": token,
        "accepted": flag,
    },
    "outage": {
        "node_id": token,
        "from_s": number,
        "to_s": number,
        "cause": token,
    },
    "refusal": {"node_id": token, "peer": token, "cause": token, "messages": count},
    "proposal": {
        "proposal_id": token,
        "kind": token,
        "digest": token,
        "low": number,
        "best": number,
        "high": number,
        "scope": label,
        "people": number,
        "requests": tokens,
    },
    "decision": {
        **_SIGNED,
        "proposal_id": token,
        "answer": token,
        "digest": token,
        "caveat": words,
        "requests": tokens,
    },
    "request": {
        **_SIGNED,
        "request_id": token,
        "digest": token,
        "known_s": number,
        "capability": label,
        "task": token,
        "status": token,
        "sector": label,
        "from_m": number,
        "to_m": number,
        "zone": token,
        "number": count,
        "from_s": number,
        "until_s": number,
        "end_state": words,
        "reimbursement": token,
        "statute": label,
        "reference": label,
    },
    "finding": {
        **_SIGNED,
        "request_id": token,
        "known_s": number,
        "criterion": token,
        "answer": token,
        "stated": words,
    },
    "move": {
        **_SIGNED,
        "request_id": token,
        "known_s": number,
        "move": token,
        "number": count,
        "until_s": number,
        "caveat": words,
        "conditions": tokens,
        "reference": label,
    },
    "record": {
        **_SIGNED,
        "record": token,
        "known_s": number,
        "place": label,
        "from_s": number,
        "until_s": number,
        "reference": label,
    },
    "checkpoint": {**_SIGNED, "entries": count},
    "order": {
        "order_id": token,
        "proposal_id": token,
        "kind": token,
        "unit": label,
        "task": token,
        "status": token,
        "from_s": number,
        "to_s": number,
        "x_m": number,
        "y_m": number,
        "mast_m": number,
        "phase_s": number,
        "cell_m": number,
        **_PLACE,
        **_ON_LINE,
    },
    "figures": {
        "proposal_id": token,
        "kind": token,
        "like": token,
        "label": label,
        **dict.fromkeys(("law", "gives", "criterion"), token),
        **dict.fromkeys(_FIGURES, number),
        "bands_um": numbers,
    },
    "tick": {"until_s": number},
    "acknowledgement": {"alert_id": token, "office": label},
    "snapshot": {"of": token, "until_s": number, "state": state},
}
"""Fields that each kind of entry may hold, and what each may be."""

KEPT_BESIDE: Final = "state"
"""Name of the field whose bytes are kept beside the entry."""

FREQUENT: Final = ("detection", "status", "track")
"""Kinds that make most of a log, left out of the index by kind to keep appends fast."""


def checked(kind: str, body: Mapping[str, object]) -> dict[str, object]:
    """Return the body with fields that are None left out.

    Raises
    ------
    UnknownName
        If there is no such kind of entry.
    BadValue
        If a field is not in the schema of its kind, or its value breaks the rule.

    Examples
    --------
    >>> checked("status", {"node_id": "n1", "health": "ok", "detecting": None})
    {'node_id': 'n1', 'health': 'ok'}
    >>> checked("alert", {"face": "..."})
    Traceback (most recent call last):
        ...
    linewatch.errors.BadValue: field of alert must be in the log's schema, not face
    """
    fields = FIELDS.get(kind)
    if fields is None:
        raise UnknownName("kind of entry", kind, sorted(FIELDS))
    kept: dict[str, object] = {}
    for name, value in body.items():
        check = fields.get(name)
        if check is None:
            raise BadValue(f"field of {kind}", "in the log's schema", name)
        if value is None:
            continue
        if not check(value):
            raise BadValue(f"{kind}.{name}", RULE[check], repr(value)[:80])
        kept[name] = value
    return kept
