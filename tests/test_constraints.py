"""Tests of the pinned packages: each runs on the Python that a fresh machine has."""

from importlib import metadata
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

DEBIAN_12 = "3.11.2"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_pinned_package_runs_on_the_python_of_debian_12() -> None:
    lines = (Path(__file__).parents[1] / "constraints.txt").read_text().splitlines()
    pinned = [line.partition("==")[0].strip() for line in lines if "==" in line]
    installed = {dist.name.lower(): dist for dist in metadata.distributions()}
    asks = {
        name: str(dist.metadata.json.get("requires_python", ""))
        for name in pinned
        if (dist := installed.get(name.lower()))
    }
    assert asks
    assert [n for n, told in asks.items() if DEBIAN_12 not in SpecifierSet(told)] == []
