"""Tests that every error keeps its facts and says them in one line."""

import inspect
import pickle
from pathlib import Path

import pytest

from linewatch import errors
from linewatch.errors import LinewatchError

PATH = Path("force.ledger")

EACH: list[tuple[LinewatchError, str]] = [
    (errors.BadValue("cell_m", "above 0", -1), "cell_m must be above 0, not -1"),
    (errors.BadFile(PATH, "is not TOML"), "force.ledger: is not TOML"),
    (
        errors.BadLines(PATH, [(3, "no date"), (9, "no unit")]),
        "force.ledger: line 3: no date; line 9: no unit",
    ),
    (
        errors.BadParts(PATH, [("$.id", "is missing"), ("$.t", "is no time")]),
        "force.ledger: $.id: is missing; $.t: is no time",
    ),
    (
        errors.UnknownName("duty status", "T11", ["T10", "T32"]),
        "unknown duty status 'T11': choose from T10, T32",
    ),
    (errors.OutsideArea("chainage 4,000 km", "the line"), "is outside the line"),
    (errors.NoPlan(["lift of 90 a day", "day 60"]), "lift of 90 a day; day 60"),
    (
        errors.Prohibited("arrest", "T10", "10 USC 275", "law"),
        "arrest by T10 is prohibited by law: 10 USC 275",
    ),
    (
        errors.Prohibited("arrest", "T10", "t10-arrest", "law", "10 USC 275"),
        "arrest by T10 is prohibited by law: t10-arrest (10 USC 275)",
    ),
    (errors.Undecided("sites-1f"), "sites-1f is no order"),
    (errors.LogBroken(PATH, 7, "was edited"), "entry 7 was edited"),
    (errors.LogUnwritable(PATH, "disk full"), "the log takes no entry: disk full"),
    (errors.LinkError("radar-001", "sent no frame"), "radar-001: sent no frame"),
    (errors.PortTaken("127.0.0.1", 8080), "port 8080 on 127.0.0.1 is in use"),
]


@pytest.mark.parametrize(("error", "said"), EACH)
def test_error_says_its_facts_and_survives_pickling(
    error: LinewatchError, said: str
) -> None:
    assert said in str(error)
    assert "\n" not in str(error)
    copy = pickle.loads(pickle.dumps(error))
    assert (vars(copy), str(copy)) == (vars(error), str(error))


def test_a_file_of_many_faults_tells_the_first_and_counts_the_rest() -> None:
    faults = [(line, "bad") for line in range(1, 31)]
    assert str(errors.BadLines(PATH, faults)).endswith("; and 10 more")
    assert str(errors.BadLines(PATH, faults, more=5)).endswith("; and 15 more")
    assert str(errors.BadLines(PATH, faults[:1], more=1)).endswith("; and 1 more")


def test_the_tree_in_the_docstring_names_every_error() -> None:
    tree = inspect.getdoc(errors) or ""
    for name, kind in vars(errors).items():
        if inspect.isclass(kind) and issubclass(kind, LinewatchError):
            assert f" {name} " in f"{tree} ".replace("\n", " "), name
