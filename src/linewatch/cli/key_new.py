"""The command ``linewatch key new``."""

import json
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.cli.signing import passphrase_from
from linewatch.errors import BadValue, LinewatchError
from linewatch.log import Roster, RosterKey, Signer, read_roster, write_key
from linewatch.log.roster import COLUMNS, roster_rows, write_roster
from linewatch.log.sign import SEED_SIZE
from linewatch.measure.clock import to_epoch_s
from linewatch.plan.decision import office_named, read_chain
from linewatch.scenario import BUILT_IN, read_scenario


def new(
    *,
    office: str,
    out: Path,
    roster: Path | None = None,
    since: Annotated[str | None, Parameter(name="--from")] = None,
    until: str | None = None,
    passphrase_file: Path | None = None,
    scenario: Path = BUILT_IN,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Make a key for an office to sign its decisions with.

    Parameters
    ----------
    office
        Office of the approval chain that the key speaks for.
    out
        File for the private key, which must not exist; its owner alone can read it.
    roster
        Roster to add the public key to; it is made when it is not there.
    since
        First date that the key may sign at; today when left out.
    until
        First date that it no longer may; none when left out.
    passphrase_file
        File whose first line is a passphrase to lock the key with.
    scenario
        Folder of the scenario, for its approval chain.
    as_json
        Print one JSON object instead of sentences.
    """
    named = office_named(office, read_chain(read_scenario(scenario))).office
    today = datetime.now(tz=UTC).date().isoformat()
    from_s = to_epoch_s(since or today)
    until_s = None if until is None else to_epoch_s(until)
    if until_s is not None and not from_s < until_s:
        raise BadValue("--until", f"after {since or today}, when the key begins", until)
    held = read_roster(roster).keys if roster is not None and roster.exists() else ()
    signer = Signer.from_seed(named, secrets.token_bytes(SEED_SIZE))
    key = RosterKey(
        office=named,
        public=signer.public,
        from_s=from_s,
        until_s=until_s,
    )
    write_key(out, signer, passphrase=passphrase_from(passphrase_file))
    if roster is not None:
        try:
            write_roster(roster, Roster(keys=(*held, key)))
        except LinewatchError:
            # Nobody would know the public half of a key whose row is lost.
            out.unlink()
            raise
    row = roster_rows([key]).strip()
    if as_json:
        told = {"office": named, "key": key.id, "file": str(out), "row": row}
        print(json.dumps(told))
        return
    print(f"Key {key.id} of {named} in {out}: keep it; nobody can make it again.")
    print(f"Roster row ({','.join(COLUMNS)}):\n{row}")
