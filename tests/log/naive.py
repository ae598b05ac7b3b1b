"""The chain written the plain way, from the words of docs/model/log.md."""

import hashlib
import json
import sqlite3
from pathlib import Path


def chain_holds(path: Path) -> bool:
    """Say whether each digest follows from the one before, straight from the file."""
    connection = sqlite3.connect(path)
    before = hashlib.sha256(b"linewatch log 1").digest()
    place = 0
    try:
        for seq, time_s, kind, body, digest in connection.execute(
            "SELECT seq, time_s, kind, body, digest FROM entry ORDER BY seq"
        ):
            place += 1
            text = json.dumps(
                [seq, time_s, kind, json.loads(body)],
                sort_keys=True,
                separators=(",", ":"),
                ensure_ascii=False,
            )
            before = hashlib.sha256(before + text.encode()).digest()
            if seq != place or digest != before:
                return False
    finally:
        connection.close()
    return True
