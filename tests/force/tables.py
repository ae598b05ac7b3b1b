"""Authority tables for tests."""

from datetime import date
from pathlib import Path

from hypothesis import strategies as st

from linewatch.force.rules import ANSWERS, COLUMNS, LAYERS, Rule, Rules
from linewatch.force.values import STATUSES

TASKS = ("watch", "patrol", "arrest")
ZONES = ("none", "park")
RECORDS = ("asked", "approved", "posted")


def row(**fields: str) -> str:
    """Return a row of an authority table; what is not given takes a plain value."""
    plain = {
        "rule": "r1",
        "task": "watch",
        "status": "T10",
        "zone": "none",
        "layer": "law",
        "answer": "allowed",
        "citation": "made",
    }
    words = plain | {key.rstrip("_"): value for key, value in fields.items()}
    return ",".join(words.get(column, "") for column in COLUMNS)


def write(folder: Path, *rows: str, name: str = "rules.csv") -> Path:
    """Write an authority table; return its path."""
    path = folder / name
    path.write_text("\n".join((",".join(COLUMNS), *rows)) + "\n", encoding="utf-8")
    return path


days = st.dates(date(2025, 1, 1), date(2025, 12, 31))


@st.composite
def rules(draw: st.DrawFn, prefix: str = "r", lifts: bool = True) -> Rules:
    """Make up a table; its rules are consistent as `read_rules` would have them."""
    made: list[Rule] = []
    for at in range(draw(st.integers(0, 8))):
        answer = draw(st.sampled_from(ANSWERS))
        layer = draw(st.sampled_from(LAYERS))
        lower = [
            rule.name
            for rule in made
            if LAYERS.index(rule.layer) <= LAYERS.index(layer)
        ]
        start, end = sorted((draw(days), draw(days)))
        made.append(
            Rule(
                name=f"{prefix}{at}",
                task=draw(st.sampled_from(TASKS)),
                status=draw(st.sampled_from(("*", *STATUSES))),
                zone=draw(st.sampled_from(("*", *ZONES))),
                start=draw(st.sampled_from([None, start])),
                end=draw(st.sampled_from([None, end])),
                layer=layer,
                answer=answer,
                conditions=tuple(
                    draw(st.sets(st.sampled_from(RECORDS), min_size=1))
                    if answer == "conditional"
                    else ()
                ),
                needs=draw(st.sampled_from(["", "declared"])),
                lifts=tuple(
                    draw(st.sets(st.sampled_from(lower))) if lifts and lower else ()
                ),
                override="waived" if answer == "prohibited" and at % 2 else "",
                owner="the minister" if answer == "prohibited" and at % 2 else "",
                citation=f"text {at}",
            )
        )
    return Rules(rules=tuple(made), path=Path("made.csv"), more_zones=ZONES)
