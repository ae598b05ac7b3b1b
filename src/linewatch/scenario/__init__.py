"""Scenario: a folder with the files and settings of a mission."""

from linewatch.scenario.folder import BUILT_IN, Scenario, read_scenario
from linewatch.scenario.settings import settings_from

__all__ = ["BUILT_IN", "Scenario", "read_scenario", "settings_from"]
