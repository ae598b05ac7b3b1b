"""A generated ledger of many units: it balances by construction."""

from datetime import date, timedelta

import numpy as np

START = date(2025, 1, 1)
SECTORS = ("west", "middle", "east")


def ledger_text(rng: np.random.Generator, *, units: int, entries: int) -> str:
    """Return a ledger of `units` in a tree of four levels and `entries` lines.

    Each unit is ordered, sourced, departs and arrives in parts, and then moves people
    between places, sends them on leave and takes them back; some are attached to
    another unit; some figures became known a week late. One line in 1,000 is a count.
    """
    lines = ['cite made "generated for a benchmark"']
    for sector in SECTORS:
        lines.append(f'place {sector} sector "Sector {sector}"')
        lines += [
            f'place {sector}-{at} base "Base {at}" in={sector}' for at in range(20)
        ]
    lines.append('kit radar "Radar"')
    for unit in range(units):
        under = "" if unit < 10 else f" under=u{int(rng.integers(unit // 8 + 1))}"
        lines.append(f'{START} unit u{unit} "Unit {unit}"{under}')
    counts = entries // 1000
    wrote: list[str] = []
    people = 0
    for unit in range(units):
        more = unit < (entries - counts) % units
        people += _one_unit(rng, wrote, unit, (entries - counts) // units + more)
    end = START + timedelta(days=400)
    wrote += [f"{end} count * {people} sourced ^made"] * counts
    return "\n".join((*lines, *wrote)) + "\n"


def _one_unit(
    rng: np.random.Generator, lines: list[str], unit: int, entries: int
) -> int:
    """Write the entries of one unit; return how many people it has."""
    size = int(rng.integers(20, 400))
    status = ("T10", "T32", "SAD")[unit % 3]
    day = START + timedelta(days=int(rng.integers(60)))
    name = f"u{unit} {size} {status}"
    place = _place(rng)
    lines += [
        f"{day} order {name} ^made",
        f"{day + timedelta(days=3)} source {name} ^made",
        f"{day + timedelta(days=9)} depart {name} ^made",
        f'{day + timedelta(days=12)} arrive {name} @{place} ^made "by road"',
    ]
    day += timedelta(days=12)
    away = False
    for at in range(entries - 4):
        day += timedelta(days=int(rng.integers(1, 8)))
        known = f" known={day + timedelta(days=7)}" if at % 5 == 0 else ""
        if away or at % 3 == 0:
            kind, was = ("resume", " was=leave") if away else ("leave", "")
            lines.append(f"{day} {kind} u{unit} 3 {status} @{place}{was} ^made{known}")
            away = not away
        else:
            to = _place(rng)
            people = size
            lines.append(
                f"{day} move u{unit} {people} {status} @{to} from={place} ^made{known}"
            )
            place = to
    return size


def _place(rng: np.random.Generator) -> str:
    """Return the name of a place."""
    return f"{SECTORS[int(rng.integers(3))]}-{int(rng.integers(20))}"
