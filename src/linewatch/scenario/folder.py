"""Reading a scenario's folder."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from linewatch.errors import BadFile, BadValue, UnknownName
from linewatch.measure.clock import to_epoch_s

BUILT_IN: Final = Path(__file__).parent / "border"
"""The scenario that ships with Linewatch: the U.S.-Mexico border, March 2025."""

TABLES: Final = ("scenario", "area", "force", "plan", "watch", "sim")
"""Tables that a scenario may hold, one a stage."""

SHARED: Final[Mapping[str, tuple[str, ...]]] = {
    "scenario": ("name", "start", "watch"),
    "plan": (
        *("factors", "approval", "movements", "lanes", "lifts", "reception"),
        *("parents", "work_list", "crews", "stocks", "deploy", "sites", "works"),
        *("scopes", "actuals", "cost_claims"),
        *("readiness", "levels", "exercises", "reliefs", "findings"),
        *("tariff_imports", "tariff_basis", "neighbour"),
    ),
}
"""Keys of the tables that several stages read parts of; a stage that has a table to
itself refuses other keys when it reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A mission's folder and its settings, not yet read by the stages.

    Parameters
    ----------
    folder : Path
        Folder that file names in the tables are relative to.
    tables : mapping of str to mapping
        One table a stage, as TOML gave it.
    """

    folder: Path
    tables: Mapping[str, Mapping[str, object]]

    def table(self, name: str) -> Mapping[str, object]:
        """Return one stage's table, empty when the scenario does not name it."""
        return self.tables.get(name, {})

    def when(self, key: str) -> str:
        """Return the date or instant, ISO 8601, that ``[scenario]`` tells as `key`.

        Raises
        ------
        BadFile
            If the scenario does not tell it, or tells no date.
        """
        toml = self.folder / "scenario.toml"
        told = self.table("scenario").get(key)
        if told is None:
            raise BadFile(toml, f"[scenario] must tell {key}, an ISO 8601 date")
        try:
            to_epoch_s(str(told))
        except BadValue as error:
            raise BadFile(toml, f"[scenario] {key}: {error}") from error
        return str(told)

    def file(self, stage: str, key: str) -> Path:
        """Return the path of the file that `stage` names as `key`.

        Raises
        ------
        BadFile
            If the scenario names no such file, or the file is not there.
        """
        name = self.table(stage).get(key)
        toml = self.folder / "scenario.toml"
        if not isinstance(name, str):
            raise BadFile(toml, f"[{stage}] must name a file as {key}")
        path = self.folder / name
        if path.is_dir():
            raise BadFile(path, f"is a folder; [{stage}] in {toml} must name a file")
        if not path.is_file():
            raise BadFile(path, f"does not exist, though [{stage}] in {toml} names it")
        return path


def read_scenario(folder: Path = BUILT_IN) -> Scenario:
    """Read ``scenario.toml`` in `folder`.

    Raises
    ------
    BadFile
        If there is no such file, or it is not TOML.
    UnknownName
        If it holds a table, or a key of a shared table, that no stage reads.
    """
    path = folder / "scenario.toml"
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadFile(path, f"cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadFile(path, f"is not TOML: {error}") from error
    for name, table in tables.items():
        if name not in TABLES or not isinstance(table, dict):
            raise UnknownName(f"table in {path}", name, TABLES)
        known = SHARED.get(name, tuple(table))
        for key in table:
            if key not in known:
                raise UnknownName(f"key in [{name}] of {path}", key, known)
    return Scenario(folder=folder, tables=tables)
