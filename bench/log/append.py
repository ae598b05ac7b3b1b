"""Entries a second that the mission log appends, reads and verifies.

    python bench/log/append.py [--entries 100000] [--batch 1000] [--folder .] [--json]

Beside it stands the least that SQLite does: the same rows in one table in WAL mode with
full synchronisation, without schema, chain and triggers.
"""

import argparse
import json
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from linewatch.log import MissionLog, verify
from linewatch.log.entry import canonical
from linewatch.log.store import NewEntry

START_S = 1_740_787_200.0


def detection(at: int) -> NewEntry:
    body = {
        "node_id": "0b2a7f3e-1111-4222-8333-123456789abc",
        "report_id": f"01JN7QCQ00{at:016d}",
        "range_m": 1_000.0 + at % 7_000 + 0.123456789,
        "azimuth_rad": at % 628 / 100 + 0.00012345,
        "sigma_range_m": 15.0,
        "sigma_azimuth_rad": 0.01,
        "target": "walker",
        "confidence": 0.9,
    }
    return START_S + at / 1_000, "detection", body


def batches(entries: int, size: int) -> Iterator[list[NewEntry]]:
    for at in range(0, entries, size):
        yield [detection(one) for one in range(at, min(at + size, entries))]


def least(path: Path, entries: int, size: int) -> float:
    """Entries a second of processor time of plain SQLite."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE entry (seq INTEGER PRIMARY KEY, t, kind, body)")
    ready = list(batches(entries, size))
    begun = time.process_time()
    for batch in ready:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO entry (t, kind, body) VALUES (?, ?, ?)",
            ((t, kind, canonical(body)) for t, kind, body in batch),
        )
        connection.execute("COMMIT")
    took_s = time.process_time() - begun
    connection.close()
    return entries / took_s


def measure(folder: Path, entries: int, size: int) -> dict[str, float]:
    path = folder / "mission.log"
    ready = list(batches(entries, size))
    with MissionLog.open(path) as log:
        begun, busy = time.perf_counter(), time.process_time()
        for batch in ready:
            log.append(batch)
        append_s = time.perf_counter() - begun
        append_busy_s = time.process_time() - busy
        single_s = []
        for at in range(500):
            begun = time.perf_counter()
            log.append([detection(at)])
            single_s.append(time.perf_counter() - begun)
        single_s.sort()
        begun = time.process_time()
        read = sum(1 for _ in log.read())
        read_s = time.process_time() - begun
    begun = time.process_time()
    verify(path)
    verify_s = time.process_time() - begun
    plain = least(folder / "plain.db", entries, size)
    return {
        "append_per_s": round(entries / append_s),
        "append_per_s_of_processor": round(entries / append_busy_s),
        "plain_sqlite_per_s_of_processor": round(plain),
        "single_p50_ms": round(single_s[250] * 1e3, 3),
        "single_p99_ms": round(single_s[495] * 1e3, 3),
        "read_per_s_of_processor": round(read / read_s),
        "verify_per_s_of_processor": round(read / verify_s),
        "bytes_per_entry": round(path.stat().st_size / read),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--batch", type=int, default=1_000)
    parser.add_argument("--folder", type=Path, default=Path())
    parser.add_argument("--json", action="store_true")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=words.folder) as folder:
        told = measure(Path(folder), words.entries, words.batch)
    print(json.dumps(told) if words.json else told)


if __name__ == "__main__":
    main()
