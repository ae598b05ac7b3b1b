"""What signatures cost the log: appending and verifying decisions with and without.

    python bench/log/signed.py [--entries 2000] [--json]

Processor time, the least of three runs, both ways in turn.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Collection
from pathlib import Path

from linewatch.log import MissionLog, Roster, Signer, verify
from linewatch.log.roster import roster_of
from linewatch.log.store import NewEntry

START_S = 1_740_787_200.0
OFFICE = Signer.from_seed("Secretary of Defense", bytes(32))


def decisions(count: int) -> list[NewEntry]:
    """Make decisions."""
    return [
        (
            START_S + at,
            "decision",
            {
                "proposal_id": f"deploy-{at:012x}",
                "answer": "approve",
                "office": OFFICE.office,
                "digest": f"{at:064x}",
            },
        )
        for at in range(count)
    ]


def took_s(
    path: Path, count: int, signers: Collection[Signer], roster: Roster | None
) -> tuple[float, float]:
    """Return the processor time to append and to verify [s]."""
    entries = decisions(count)
    with MissionLog.open(path) as log:
        begun = time.process_time()
        log.append(entries, signers=signers)
        appended = time.process_time()
    verify(path, roster=roster)
    ready = time.process_time()
    verify(path, roster=roster)
    return appended - begun, time.process_time() - ready


def main() -> None:
    """Time both and print what it took."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--entries", type=int, default=2_000)
    words.add_argument("--json", action="store_true")
    given = words.parse_args()
    roster = roster_of([OFFICE], from_s=START_S)
    runs: dict[str, list[tuple[float, float]]] = {"plain": [], "signed": []}
    with tempfile.TemporaryDirectory() as folder:
        for run in range(3):
            plain = took_s(Path(folder) / f"p{run}", given.entries, (), None)
            signed = took_s(Path(folder) / f"s{run}", given.entries, [OFFICE], roster)
            runs["plain"].append(plain)
            runs["signed"].append(signed)
    told: dict[str, float] = {}
    for name, taken in runs.items():
        for step, at in (("append", 0), ("verify", 1)):
            each = min(one[at] for one in taken) / given.entries
            told[f"{step}_{name}_us"] = 1e6 * each
    print(
        json.dumps(told)
        if given.json
        else "\n".join(f"{k:<20} {v:8.1f}" for k, v in told.items())
    )


if __name__ == "__main__":
    main()
