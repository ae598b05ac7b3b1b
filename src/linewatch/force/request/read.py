"""Reading requests from a file, TOML or CSV: every fault told with its line."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from linewatch.errors import BadFile, BadLines, BadValue, InputError
from linewatch.force.asking import Authority
from linewatch.force.authority import to_task
from linewatch.force.request.values import (
    STATUTE,
    WORDS_LENGTH,
    Finding,
    Reimbursement,
    Request,
    Result,
    faults_in,
)
from linewatch.force.values import to_status
from linewatch.measure.clock import to_date
from linewatch.scenario.table import read_table

COLUMNS: Final = (
    *("id", "office", "capability", "task", "status", "sector", "from_km", "to_km"),
    *("zone", "number", "start", "end", "end_state", "reimbursement", "statute"),
    "reference",
)
"""Columns of a CSV file of requests, and keys of a ``[[request]]`` in TOML."""

FOUND: Final = ("request", "criterion", "result", "stated")
"""Keys of a ``[[finding]]`` in TOML, and columns of a CSV file of findings."""

_MAY_LACK: Final = frozenset(
    {"sector", "from_km", "to_km", "zone", "statute", "reference", "office"}
)

LABEL_LENGTH: Final = 120
"""Longest line [characters], as the mission log keeps it."""

_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+-]{0,63}").fullmatch
_HEADER: Final = re.compile(r"\s*\[\[\s*(\w+)\s*\]\]")
_KEY: Final = re.compile(r'\s*"?([\w-]+)"?\s*=')


@dataclass(slots=True)
class Requested:
    """What a file asks for.

    Parameters
    ----------
    requests : list of Request
        Requests, in the order of the file.
    findings : list of Finding
        Findings on them; the office that files them is their office.
    """

    requests: list[Request] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read_requests(
    path: Path, *, office: str = "", authority: Authority | None = None
) -> Requested:
    """Read requests, and the findings beside them, from a file.

    Parameters
    ----------
    path : Path
        TOML with ``[[request]]`` and ``[[finding]]``, or CSV with the columns of one of
        them.
    office : str
        Office of requests whose row names none.
    authority : Authority, optional
        Against whose table tasks, statuses and zones are checked.

    Raises
    ------
    BadFile
        If the file cannot be read, or asks for nothing.
    BadLines
        If anything in it breaks a rule; all is told, and nothing is taken.
    """
    if path.suffix.lower() == ".csv":
        rows = list(_csv_rows(path))
    else:
        rows = list(_toml_rows(path))
    faults: list[tuple[int, str]] = []
    made = Requested()
    seen: dict[str, int] = {}
    for kind, lines, cells in rows:
        at = lines.get("", 1)
        fault = _Fault(faults, lines)
        if kind == "finding":
            finding = _finding(cells, fault)
            if finding is not None:
                made.findings.append(finding)
            continue
        request = _request({"office": office, **cells}, fault, authority)
        if request is None:
            continue
        if request.id in seen:
            where = f"request {request.id} is on line {seen[request.id]} too"
            faults.append((lines.get("id", at), where))
        seen.setdefault(request.id, at)
        made.requests.append(request)
    if faults:
        raise BadLines(path, sorted(faults))
    if not made.requests and not made.findings:
        raise BadFile(path, "asks for nothing: give [[request]] or a row")
    return made


@dataclass(frozen=True, slots=True)
class _Fault:
    """Notes faults of one row, each at the line of its key."""

    told: list[tuple[int, str]]
    lines: Mapping[str, int]

    def __call__(self, name: str, what: object) -> None:
        keys = (key.strip(",") for key in name.split())
        at = next((self.lines[k] for k in keys if k in self.lines), None)
        self.told.append((at or self.lines.get("", 1), str(what)))


Row = tuple[str, dict[str, int], dict[str, object]]
"""Kind, line of each key ("" is the row's own), and cells."""


def _csv_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a CSV file; an empty cell is not there."""
    table = read_table(path, COLUMNS, FOUND)
    kind = "finding" if set(table.columns) == set(FOUND) else "request"
    table.faults().stop()
    for line, cells in table.rows:
        yield kind, {"": line}, {k: v for k, v in cells.items() if v}


def _toml_rows(path: Path) -> Iterator[Row]:
    """Yield the tables of a TOML file with the lines of their keys."""
    try:
        text = path.read_text(encoding="utf-8")
        tree = tomllib.loads(text)
    except OSError as error:
        raise BadFile(path, f"cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadFile(path, f"is not TOML: {error}") from error
    places = list(_places(text))
    for kind, tables in tree.items():
        if kind not in {"request", "finding"} or not isinstance(tables, list):
            raise BadFile(path, f"may hold [[request]] and [[finding]], not {kind}")
        lines = [where for name, where in places if name == kind]
        for at, cells in enumerate(tables):
            where = lines[at] if at < len(lines) else {"": 1}
            yield kind, where, dict(cells)


def _places(text: str) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield each ``[[table]]`` of a TOML text with the lines of its keys."""
    held: tuple[str, dict[str, int]] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            if held is not None:
                yield held
            held = (header[1], {"": number})
        elif held is not None and (key := _KEY.match(line)):
            held[1].setdefault(key[1], number)
    if held is not None:
        yield held


def _request(
    cells: Mapping[str, object], fault: "_Fault", ask: Authority | None
) -> Request | None:
    """Make a request of a row, telling every fault of it."""
    before = len(fault.told)
    word = _words(cells, fault)
    if ask is not None:
        _known_names(word, ask, fault)
    values: dict[str, Any] = {name: word[name] for name in _TEXTS}
    values["statute"] = word["statute"] or STATUTE
    for name, (key, read) in _READ.items():
        values[name] = _read(word[key], key, read, fault)
    if len(fault.told) > before:
        return None
    for what in faults_in(values):
        fault(what.name, what)
    if len(fault.told) > before:
        return None
    try:
        made = Request(**values)
    except InputError as error:
        fault("status", error)
        return None
    if ask is not None:
        _known(made, ask, fault)
    return made if len(fault.told) == before else None


def _words(cells: Mapping[str, object], fault: "_Fault") -> dict[str, str]:
    """Return a row's words by name, telling what is missing, unknown or too long."""
    for name in cells:
        if name not in COLUMNS:
            fault(name, f"unknown key {name!r}: choose from {', '.join(COLUMNS)}")
    word = {name: str(cells.get(name, "")).strip() for name in COLUMNS}
    for name, said in word.items():
        if not said and name not in _MAY_LACK:
            fault(name, f"{name} is missing{_WHY.get(name, '')}")
        most = WORDS_LENGTH if name == "end_state" else LABEL_LENGTH
        if len(said) > most or not said.isprintable():
            fault(name, f"{name} must be one line of at most {most:,} characters")
    if word["id"] and not _IDENTIFIER(word["id"]):
        fault("id", f"id must be letters, digits and ._:/+-, not {word['id']!r}")
    if not word["office"]:
        fault("office", "office is missing: name it in the file or with --by")
    return word


_TEXTS: Final = (
    *("id", "office", "capability", "task", "status", "sector", "zone", "end_state"),
    "reference",
)

_WHY: Final = {
    "end": ": a request must agree on its last day",
    "end_state": ": a request must say what ends it",
    "reimbursement": f" ({', '.join(Reimbursement)})",
}


def _known_names(word: Mapping[str, str], ask: Authority, fault: "_Fault") -> None:
    """Tell names that the authority table or the line does not know."""
    tasks, sectors = ask.rules.tasks, ask.stretches
    task, sector, status = word["task"], word["sector"], word["status"]
    if task and to_task(task) not in tasks:
        fault("task", f"unknown task {task!r}: choose from {', '.join(tasks)}")
    if sectors and sector and sector not in sectors:
        names = ", ".join(sectors)
        fault("sector", f"unknown sector {sector!r}: choose from {names}")
    if status:
        _read(status, "status", to_status, fault)


def _known(request: Request, ask: Authority, fault: "_Fault") -> None:
    """Tell what of a place the line or the authority table does not know."""
    sectors = ask.stretches
    if sectors and request.to_m is not None:
        last_m = max(end for _, end in sectors.values())
        if request.to_m > last_m:
            fault("to_km", f"to_km must be within the line's {last_m / 1000:,.1f} km")
    try:
        ask.at(request.spot, task=request.task, status=request.status, on=request.start)
    except InputError as error:
        fault("zone", error)


def _finding(cells: Mapping[str, object], fault: "_Fault") -> Finding | None:
    """Make a finding of a row, telling every fault of it."""
    before = len(fault.told)
    for name in cells:
        if name not in FOUND:
            fault(name, f"unknown key {name!r}: choose from {', '.join(FOUND)}")
    word = {name: str(cells.get(name, "")).strip() for name in FOUND}
    for name in FOUND:
        if not word[name]:
            fault(name, f"{name} is missing")
    if word["criterion"] == "legality":
        fault("criterion", "legality is worked out by the authority table, not stated")
    result = _read(word["result"], "result", _result, fault)
    if len(fault.told) > before:
        return None
    try:
        return Finding(
            request_id=word["request"],
            criterion=word["criterion"],
            result=Result(str(result)),
            stated=word["stated"],
            office="",
            made_s=0.0,
            known_s=0.0,
        )
    except InputError as error:
        fault("criterion", error)
        return None


def _read(
    word: str,
    name: str,
    read: Callable[[str], object],
    fault: "_Fault",
) -> object:
    """Read a word, or tell why not; an empty one is None, and told before."""
    if not word:
        return None
    try:
        return read(word)
    except InputError as error:
        fault(name, f"{name}: {error}")
        return None


def _whole(word: str) -> int:
    """Read a whole number above 0."""
    if not (word.isascii() and word.isdigit() and 0 < int(word) <= 1_000_000):
        raise BadValue("number", "a whole number from 1 to 1,000,000", repr(word))
    return int(word)


def _metres(word: str) -> float:
    """Read kilometres as metres."""
    try:
        km = float(word)
    except ValueError:
        km = -1.0
    if not 0 <= km < 100_000:
        raise BadValue("chainage", "kilometres from the line's beginning", repr(word))
    return km * 1000


def _paid(word: str) -> Reimbursement:
    """Read whether it is paid for."""
    try:
        return Reimbursement(word)
    except ValueError:
        allowed = f"one of {', '.join(Reimbursement)}"
        raise BadValue("reimbursement", allowed, repr(word)) from None


def _result(word: str) -> Result:
    """Read what was found."""
    try:
        return Result(word)
    except ValueError:
        raise BadValue("result", f"one of {', '.join(Result)}", repr(word)) from None


_READ: Final[Mapping[str, tuple[str, Callable[[str], object]]]] = {
    "number": ("number", _whole),
    "start": ("start", to_date),
    "end": ("end", to_date),
    "from_m": ("from_km", _metres),
    "to_m": ("to_km", _metres),
    "reimbursement": ("reimbursement", _paid),
}
"""Field of a request: the key that tells it, and how its word is read."""
