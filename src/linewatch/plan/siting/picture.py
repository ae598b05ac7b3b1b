"""A picture of a plan of sites: map, chance along the line, gaps, worth of each."""

from html import escape
from typing import Final

import numpy as np

from linewatch.plan.siting.values import Floats, SitePlan

WIDE: Final = 1_000
BAND: Final = 44
WORTH: Final = 60
MAP: Final = 260
LEFT: Final = 190
GAPS_SHOWN: Final = 5
COLOURS: Final = {"radar": "#1b6ca8", "camera": "#c96f10", "seismic": "#5b7f2b"}
OTHER: Final = "#666666"


def picture(plan: SitePlan, line: Floats | None = None) -> str:
    """Draw a plan as SVG text.

    From above: a map of the line with the sites; planned chance by target class along
    the chainage; what each site is worth (Shapley, and what is lost with it alone); the
    gaps that miss most; and what one sensor more would add. The made-up ground of a
    generated terrain is told in the picture itself.

    Parameters
    ----------
    plan : SitePlan
        The plan.
    line : ndarray, shape (n, 2), optional
        Longitude and latitude of the line [deg]; without it there is no map.
    """
    length_m = _length_m(plan)
    ground = "GENERATED GROUND" if plan.terrain_generated else "real ground"
    title = (
        f"Planned chance of confirming a crossing; {plan.light}; {ground}; "
        f"gap to the bound {plan.gap:.1%}"
    )
    parts = [f'<text x="{LEFT}" y="22" font-size="14">{escape(title)}</text>']
    top = 40.0
    if line is not None:
        drawn, high = _map(plan, line, top)
        parts.append(drawn)
        top += high + 10
    bands = [_band(plan, n, top + BAND * i) for i, n in enumerate(plan.coverage.chance)]
    top += BAND * len(bands)
    parts += [*bands, _sites(plan, top, length_m)]
    top += 26
    parts.append(_worth(plan, top, length_m))
    top += WORTH + 14
    parts.append(_gaps(plan, top, length_m))
    top += 16 * GAPS_SHOWN
    for row, more in enumerate(plan.more):
        where = f"km {more.chainage_m / 1000:,.0f}"
        told = f"one {more.kind} more: +{more.adds:.2%} at {where}"
        x, y = _at(more.chainage_m, length_m), top + 16 * row
        parts.append(
            f'<text x="8" y="{y + 9}" fill="#2a6f3c">{escape(told)}</text>'
            f'<path d="M{x},{y + 10}l-4,-9h8z" fill="{_colour(plan, more.kind)}"/>'
        )
    top += 16 * len(plan.more) + 8
    parts.append(_scale(top, length_m))
    wide, high = LEFT + WIDE + 20, top + 40
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high:.0f}" '
        'font-family="sans-serif" font-size="12">\n'
        f"<title>{escape(title)}</title>\n"
        '<rect width="100%" height="100%" fill="white"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _map(plan: SitePlan, line: Floats, top: float) -> tuple[str, float]:
    """Draw the line from above with the sites on it; return how high it is too.

    Longitude is narrowed by the cosine of the middle latitude, so that both ways of
    the map have one scale there.
    """
    lon, lat = line[:, 0], line[:, 1]
    narrow = float(np.cos(np.radians((lat.min() + lat.max()) / 2)))
    wide, tall = max(float(np.ptp(lon)) * narrow, 1e-6), float(np.ptp(lat))
    scale = min(WIDE / wide, MAP / max(tall, 1e-6))
    left = LEFT + (WIDE - wide * scale) / 2

    def place(lon_deg: Floats, lat_deg: Floats) -> tuple[Floats, Floats]:
        right = left + (lon_deg - lon.min()) * narrow * scale
        return right, top + 6 + (lat.max() - lat_deg) * scale

    step = max(1, len(lon) // 2_000)
    x, y = place(np.append(lon[::step], lon[-1]), np.append(lat[::step], lat[-1]))
    way = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    dots = []
    for site in plan.sites:
        cx, cy = place(np.array(site.lon_deg), np.array(site.lat_deg))
        dots.append(
            f'<circle cx="{float(cx):.1f}" cy="{float(cy):.1f}" r="2.5" '
            f'fill="{_colour(plan, site.kind)}">'
            f"<title>{escape(site.name)}</title></circle>"
        )
    keys = [
        f'<circle cx="14" cy="{top + 10 + 16 * row}" r="4" '
        f'fill="{_colour(plan, kind)}"/>'
        f'<text x="24" y="{top + 14 + 16 * row}">{escape(kind)}</text>'
        for row, kind in enumerate(dict.fromkeys(site.kind for site in plan.sites))
    ]
    drawn = f'<polyline points="{way}" fill="none" stroke="#444"/>'
    high = max(tall * scale + 12, 16.0 * len(keys) + 8)
    return drawn + "".join(dots) + "".join(keys), high


def _worth(plan: SitePlan, top: float, length_m: float) -> str:
    """Draw what each site is worth: a bar of its Shapley value, a tick of its loss."""
    value, loss = plan.by_site.shapley(), plan.by_site.drop_one()
    most = max(float(value.max(initial=0.0)), 1e-12)
    base = top + WORTH
    bars = [
        f'<rect x="{_at(site.chainage_m, length_m) - 1}" width="2" '
        f'y="{base - v / most * WORTH:.1f}" height="{v / most * WORTH:.1f}" '
        f'fill="{_colour(plan, site.kind)}"><title>{escape(site.name)}: worth {v:.3%}, '
        f"lost without it {d:.3%}</title></rect>"
        f'<line x1="{_at(site.chainage_m, length_m) - 3}" '
        f'x2="{_at(site.chainage_m, length_m) + 3}" y1="{base - d / most * WORTH:.1f}" '
        f'y2="{base - d / most * WORTH:.1f}" stroke="#000"/>'
        for site, v, d in zip(plan.sites, value.tolist(), loss.tolist(), strict=False)
    ]
    return (
        f'<text x="8" y="{base - 20}">worth (Shapley)</text>'
        f'<text x="8" y="{base - 6}" fill="#666">at most {most:.2%}</text>'
        f'<line x1="{LEFT}" x2="{LEFT + WIDE}" y1="{base}" y2="{base}" stroke="#444"/>'
        + "".join(bars)
    )


def _colour(plan: SitePlan, kind: str) -> str:
    """Return the colour of a sensor kind: that of the built-in kind it is like."""
    held = plan.kinds.get(kind)
    return COLOURS.get(kind if held is None else held.family, OTHER)


def _length_m(plan: SitePlan) -> float:
    """Return the length that the crossings stand for [m]."""
    at = plan.coverage.chainage_m
    return float(at[-1] + at[0])


def _band(plan: SitePlan, name: str, top: float) -> str:
    """Draw the chance of one class as a filled line, one point a pixel at most."""
    chance = plan.coverage.chance[name]
    pixels = min(WIDE, len(chance))
    # Pieces as even as can be all along: `array_split` makes the first ones longer,
    # and would draw the chance beside its place.
    edges = np.linspace(0, len(chance), pixels + 1).astype(int)
    pieces = np.split(chance, edges[1:-1])
    base = top + BAND - 6
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
        f'y1="{top}" y2="{top + 14}" stroke="{_colour(plan, s.kind)}"/>'
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
