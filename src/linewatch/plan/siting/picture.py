"""A picture of a plan of sites: planned chance along the line, and its gaps."""

from html import escape
from typing import Final

import numpy as np

from linewatch.plan.siting.values import SitePlan

WIDE: Final = 1_000
BAND: Final = 44
LEFT: Final = 110
GAPS_SHOWN: Final = 5
COLOURS: Final = {"radar": "#1b6ca8", "camera": "#c96f10", "seismic": "#5b7f2b"}
OTHER: Final = "#666666"


def picture(plan: SitePlan) -> str:
    """Draw a plan as SVG text: a band a target class, sites below, gaps marked.

    Chainage runs from left to right. The made-up ground of a generated terrain is
    told in the picture itself.
    """
    length_m = _length_m(plan)
    bands = [_band(plan, name, row) for row, name in enumerate(plan.coverage.chance)]
    top = 40 + BAND * len(bands)
    ground = "GENERATED GROUND" if plan.terrain_generated else "real ground"
    title = (
        f"Planned chance of confirming a crossing; {plan.light}; {ground}; "
        f"gap to the bound {plan.gap:.1%}"
    )
    parts = [
        f'<text x="{LEFT}" y="22" font-size="14">{escape(title)}</text>',
        *bands,
        _sites(plan, top, length_m),
        _gaps(plan, top + 26, length_m),
        _scale(top + 46 + 16 * GAPS_SHOWN, length_m),
    ]
    high = top + 90 + 16 * GAPS_SHOWN
    wide = LEFT + WIDE + 20
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" '
        'font-family="sans-serif" font-size="12">\n'
        '<rect width="100%" height="100%" fill="white"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _length_m(plan: SitePlan) -> float:
    """Return the length that the crossings stand for [m]."""
    at = plan.coverage.chainage_m
    return float(at[-1] + at[0])


def _band(plan: SitePlan, name: str, row: int) -> str:
    """Draw the chance of one class as a filled line, one point a pixel at most."""
    chance = plan.coverage.chance[name]
    pixels = min(WIDE, len(chance))
    pieces = np.array_split(chance, pixels)
    base = 40 + BAND * (row + 1) - 6
    points = [
        f"{LEFT + (i + 0.5) * WIDE / pixels:.1f},{base - mean * (BAND - 10):.1f}"
        for i, mean in enumerate(float(piece.mean()) for piece in pieces)
    ]
    outline = " ".join([f"{LEFT},{base}", *points, f"{LEFT + WIDE},{base}"])
    share = f"{plan.coverage.mean(name):.0%} of demand"
    return (
        f'<text x="8" y="{base - 10}">{escape(name)}</text>'
        f'<text x="8" y="{base + 3}" fill="#666">{share}</text>'
        f'<polygon points="{outline}" fill="#9db8cc"/>'
        f'<line x1="{LEFT}" x2="{LEFT + WIDE}" y1="{base}" y2="{base}" stroke="#444"/>'
    )


def _sites(plan: SitePlan, top: float, length_m: float) -> str:
    """Draw one tick a site in the colour of its kind."""
    ticks = [
        f'<line x1="{_at(s.chainage_m, length_m)}" x2="{_at(s.chainage_m, length_m)}" '
        f'y1="{top}" y2="{top + 14}" stroke="{COLOURS.get(s.kind, OTHER)}"/>'
        for s in plan.sites
    ]
    return f'<text x="8" y="{top + 12}">sites</text>' + "".join(ticks)


def _gaps(plan: SitePlan, top: float, length_m: float) -> str:
    """Draw the gaps that miss most, the worst first."""
    lines = []
    for row, gap in enumerate(plan.coverage.gaps("walker")[:GAPS_SHOWN]):
        y = top + 16 * row
        x, end = _at(gap.from_m, length_m), _at(gap.to_m, length_m)
        lines.append(
            f'<rect x="{x}" y="{y}" width="{max(end - x, 1):.1f}" height="8" '
            f'fill="#b03a2e"/><text x="8" y="{y + 9}">gap {row + 1}: '
            f"{gap.from_m / 1000:.0f}-{gap.to_m / 1000:.0f} km</text>"
        )
    return "".join(lines)


def _scale(top: float, length_m: float) -> str:
    """Draw the chainage in kilometres."""
    step_m = 10 ** np.floor(np.log10(max(length_m, 10.0) / 2))
    marks = np.arange(0, length_m + 1, step_m / 2)
    return "".join(
        f'<text x="{_at(mark, length_m)}" y="{top + 20}" text-anchor="middle">'
        f"{mark / 1000:.0f} km</text>"
        for mark in marks.tolist()
    )


def _at(chainage_m: float, length_m: float) -> float:
    """Return where a chainage [m] lies in the picture."""
    return round(LEFT + WIDE * min(max(chainage_m / length_m, 0.0), 1.0), 1)
