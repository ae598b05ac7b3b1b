"""Reading a scenario's folder."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from linewatch.errors import BadFile, UnknownName

BUILT_IN: Final = Path(__file__).parent / "border"
"""The scenario that ships with Linewatch: the U.S.-Mexico border, March 2025."""

TABLES: Final = ("scenario", "area", "force", "plan", "watch", "sim", "report")
"""Tables that a scenario may hold, one a stage."""


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
        If it holds a table that no stage reads.
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
    return Scenario(folder=folder, tables=tables)
