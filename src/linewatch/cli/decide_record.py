"""The command ``linewatch decide record``."""

import json
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.cli.signing import of_office, signer_from
from linewatch.errors import UnknownName
from linewatch.force.asking import doubt_of, read_authority
from linewatch.force.records import Record, recorded
from linewatch.log import MissionLog
from linewatch.measure.clock import to_epoch_s
from linewatch.plan.decision import office_named, read_chain
from linewatch.scenario import BUILT_IN, read_scenario


def record(
    name: str,
    *,
    by: str,
    reference: str,
    log: Path,
    place: str = "",
    on: str | None = None,
    since: Annotated[str | None, Parameter(name="--from")] = None,
    until: str | None = None,
    known: str | None = None,
    key: Path | None = None,
    passphrase_file: Path | None = None,
    scenario: Path = BUILT_IN,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Put on record that a condition is met, or an order that a rule waits for.

    Parameters
    ----------
    name
        Condition or record, as linewatch may tells it.
    by
        Office that makes the record; the authority table says who for an override.
    reference
        The document that shows it.
    log
        Mission log that keeps it; it is made when it is not there.
    place
        Zone, sector or base that it is limited to; everywhere when left out.
    on
        When it was made, such as 2025-03-07; now when left out.
    since
        First date on which it holds; that of the record when left out.
    until
        First date on which it no longer does; none when left out.
    known
        When it became known; when it was made when left out.
    key
        Key of the office, which signs the entry.
    passphrase_file
        File whose first line unlocks the key.
    scenario
        Folder of the scenario, for its authority table, zones and offices.
    as_json
        Print one JSON object instead of sentences.
    """
    mission = read_scenario(scenario)
    authority, chain = read_authority(mission), read_chain(mission)
    word = name.strip().lower().replace(" ", "_").replace("-", "_")
    doubts = [doubt_of(zone) for zone in authority.zones]
    if word not in (known_words := (*authority.rules.conditions, *doubts)):
        raise UnknownName("condition", name, known_words)
    places = {z.name for z in authority.zones} | {*authority.stretches}
    places |= {*authority.bases}
    if place and place not in places:
        raise UnknownName("place", place, sorted(places))
    at_s = datetime.now(tz=UTC).timestamp() if on is None else to_epoch_s(on)
    made = Record(
        name=word,
        office=office_named(by, chain).office,
        reference=reference,
        made_s=at_s,
        known_s=at_s if known is None else to_epoch_s(known),
        from_s=at_s if since is None else to_epoch_s(since),
        until_s=math.inf if until is None else to_epoch_s(until),
        place=place,
    )
    recorded(made, authority.rules, [office.office for office in chain])
    signers = signer_from(key, passphrase_file)
    of_office(signers, made.office, key)
    with MissionLog.open(log) as kept:
        seq = kept.append([(made.made_s, "record", made.to_body())], signers=signers)
    if as_json:
        print(json.dumps(made.to_body() | {"seq": seq}))
        return
    where = f" for {place}" if place else ""
    print(f"{made.office}: {word.replace('_', ' ')}{where}, entry {seq} of {log}.")
