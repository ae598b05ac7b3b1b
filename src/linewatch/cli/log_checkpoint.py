"""The command ``linewatch log checkpoint``."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.cli.signing import signer_from
from linewatch.errors import BadFile
from linewatch.log import MissionLog, last_checkpoint, verify, write_checkpoint
from linewatch.measure.clock import to_epoch_s


def checkpoint(
    log: Path,
    *,
    out: Path,
    key: Path | None = None,
    passphrase_file: Path | None = None,
    on: str | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Sign the log up to here, and keep the signature elsewhere.

    Parameters
    ----------
    log
        The mission log, which must be whole.
    out
        File for the checkpoint; keep it where the log's editor does not reach.
    key
        Key that signs; without it the last checkpoint of the log is written out.
    passphrase_file
        File whose first line unlocks the key.
    on
        When it is signed; now when left out.
    as_json
        Print one JSON object instead of a sentence.
    """
    found = verify(log)
    with MissionLog.open(log) as kept:
        for signer in signer_from(key, passphrase_file):
            at_s = datetime.now(tz=UTC).timestamp() if on is None else to_epoch_s(on)
            body = {"office": signer.office, "entries": found.head.seq}
            kept.append([(at_s, "checkpoint", body)], signers=(signer,))
        last = last_checkpoint(kept)
    if last is None:
        raise BadFile(log, "holds no checkpoint: sign one with --key")
    write_checkpoint(out, last)
    if as_json:
        print(json.dumps({"seq": last.seq, "head": str(last.head), "file": str(out)}))
        return
    print(f"Checkpoint at entry {last.seq} of {log} in {out}: keep it elsewhere.")
