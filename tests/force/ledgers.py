"""Small ledgers for tests, and ledgers that hypothesis makes up."""

from datetime import date, timedelta
from pathlib import Path

from hypothesis import strategies as st

HEAD = """\
cite ap "AP, 1 March"
place el-paso sector "El Paso"
place bliss base "Fort Bliss" in=el-paso
place yuma sector "Yuma"
place carson home "Fort Carson"
kit radar "Radar"
2025-01-01 unit top "Command"
2025-01-01 unit alpha "Alpha" under=top @carson
2025-01-01 unit bravo "Bravo" under=top
"""

HEAD_LINES = HEAD.count("\n")

SENT = """\
2025-03-01 order alpha 100 T10 ^ap
2025-03-02 source alpha 80 T10 ^ap
2025-03-03 depart alpha 60 T10 ^ap
2025-03-05 arrive alpha 50 T10 @bliss ^ap
"""


def write(folder: Path, text: str, head: str = HEAD) -> Path:
    """Write a ledger of `text` after the declarations; return its path."""
    path = folder / "made.ledger"
    path.write_text(head + text, encoding="utf-8")
    return path


START = date(2025, 1, 1)
UNITS = ("top", "alpha", "bravo")
PLACES = ("el-paso", "bliss", "yuma")


@st.composite
def balanced(draw: st.DrawFn) -> str:
    """Make up entries that balance by construction: nothing is taken unless held."""
    held: dict[tuple[str, str, str], int] = {}
    lines = []
    day = START
    for _ in range(draw(st.integers(1, 40))):
        day += timedelta(days=draw(st.integers(0, 3)))
        unit, status = (
            draw(st.sampled_from(UNITS)),
            draw(st.sampled_from(["T10", "SAD"])),
        )
        known = day + timedelta(days=draw(st.integers(0, 9)))
        tail = f"^ap known={known}"
        place, to = draw(st.sampled_from(PLACES)), draw(st.sampled_from(PLACES))
        if draw(st.integers(0, 5)) == 0:
            changed = _status_line(draw, held, unit=unit, status=status, place=place)
            if changed:
                lines.append(f"{day} {changed} {tail}")
            continue
        choices = {
            "order": (None, "unsourced", ""),
            "source": ("unsourced", "waiting", ""),
            "depart": ("waiting", "transit", ""),
            "arrive": ("transit", place, f"@{place}"),
            "move": (place, to, f"@{to} from={place}"),
            "leave": (place, "leave", f"@{place}"),
            "injure": (place, "injured", f"@{place}"),
            "resume": ("leave", place, f"@{place} was=leave"),
            "return": ("injured", None, "was=injured"),
            "cancel": ("unsourced", None, ""),
            "release": ("waiting", "unsourced", ""),
            "open": (None, place, f"@{place}"),
        }
        kind = draw(st.sampled_from(sorted(choices)))
        takes, gives, words = choices[kind]
        most = 500 if takes is None else held.get((unit, status, takes), 0)
        if most == 0:
            continue
        count = draw(st.integers(1, most))
        if takes is not None:
            held[unit, status, takes] -= count
        if gives is not None:
            key = unit, status, gives
            held[key] = held.get(key, 0) + count
        lines.append(f"{day} {kind} {unit} {count} {status} {words} {tail}")
    return "\n".join(lines) + "\n"


WHILE = {
    "unsourced": "approved",
    "waiting": "sourced",
    "transit": "transit",
    "leave": "leave",
    "injured": "injured",
}


def _status_line(
    draw: st.DrawFn,
    held: dict[tuple[str, str, str], int],
    *,
    unit: str,
    status: str,
    place: str,
) -> str:
    """Make up a change of duty status, where there is someone to change."""
    pool = draw(st.sampled_from([*WHILE, place]))
    most = held.get((unit, status, pool), 0)
    if most == 0:
        return ""
    count, to = draw(st.integers(1, most)), "SAD" if status == "T10" else "T10"
    held[unit, status, pool] -= count
    held[unit, to, pool] = held.get((unit, to, pool), 0) + count
    where = f"while={WHILE[pool]}" if pool in WHILE else f"@{place}"
    return f"status {unit} {count} {to} was={status} {where}"
