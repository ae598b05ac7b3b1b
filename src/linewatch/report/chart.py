"""A picture as SVG: stacked layers and lines over time, with axes, legend and words.

It needs no colour to be read: layers have patterns, lines have dashes.
"""

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from linewatch.report.clock import MONTHS
from linewatch.report.document import Picture, Series

WIDE, HIGH = 720, 380
LEFT, RIGHT, TOP, BOTTOM = 64, 40, 16, 86
FONT: Final = "Libertinus Serif, Georgia, serif"

FILLS: Final = ("#2f6690", "#d9a441", "#7a9e7e", "#8d6a9f", "#b0563b", "#4f4f4f")
DASHES: Final = ("", "7 4", "2 3", "9 3 2 3")
INK: Final = "#1b2733"
FAINT: Final = "#c9cfd6"

TICKS: Final = 6
"""Ticks on an axis that still leave room for their words."""


def svg(picture: Picture) -> str:
    """Draw a picture as one SVG element that needs nothing else."""
    top = _round_up(_highest(picture))
    name = escape(picture.id)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" '
        f'role="img" aria-labelledby="{name}-title {name}-desc" '
        f'font-family="{FONT}" font-size="12" fill="{INK}">'
    )
    parts = [
        head,
        f'<title id="{name}-title">{escape(picture.title)}</title>',
        f'<desc id="{name}-desc">{escape(picture.words)}</desc>',
        *_patterns(len(picture.stacked)),
        *_grid(picture, top),
        *_layers(picture, top),
        *_lines(picture, top),
        *_axes(picture),
        *_legend(picture),
        "</svg>",
    ]
    return "\n".join(parts)


def _highest(picture: Picture) -> float:
    """Return the highest value that is drawn."""
    stacks: list[float] = [
        sum(values)
        for values in zip(*(one.values for one in picture.stacked), strict=True)
    ]
    lines = [value for one in picture.lines for value in one.values]
    return max([*stacks, *lines, 1.0])


def _round_up(value: float) -> float:
    """Return a number of one or two digits, not below `value`, for the axis to end at.

    Examples
    --------
    >>> [_round_up(value) for value in (1, 12_200, 9_600, 24.1)]
    [1.0, 15000.0, 10000.0, 25.0]
    """
    step = float(f"1e{math.floor(math.log10(value))}")
    for times in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10):
        if times * step >= value:
            return times * step
    return 10 * step


def _x(picture: Picture, at: int) -> float:
    """Return where a day lies."""
    last = max(len(picture.days) - 1, 1)
    return LEFT + (WIDE - LEFT - RIGHT) * at / last


def _y(value: float, top: float) -> float:
    """Return where a value lies."""
    return TOP + (HIGH - TOP - BOTTOM) * (1 - value / top)


def _patterns(count: int) -> Iterator[str]:
    """Yield a pattern for each layer but the first, which is plain: hatched, turned."""
    yield "<defs>"
    for at in range(1, count):
        fill = FILLS[at % len(FILLS)]
        turn = 45 * at
        stroke = '<path d="M0 3H6" stroke="#fff" stroke-width="1"/>'
        yield (
            f'<pattern id="layer-{at}" width="6" height="6" '
            f'patternUnits="userSpaceOnUse" patternTransform="rotate({turn})">'
            f'<rect width="6" height="6" fill="{fill}"/>{stroke}</pattern>'
        )
    yield "</defs>"


def _fill(at: int) -> str:
    """Return how a layer is filled."""
    return f"url(#layer-{at})" if at else FILLS[0]


def _grid(picture: Picture, top: float) -> Iterator[str]:
    """Yield the lines of the grid with their numbers, and the days under them."""
    for step in range(TICKS):
        value = top * step / (TICKS - 1)
        y = _y(value, top)
        yield (
            f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDE - RIGHT}" y2="{y:.1f}" '
            f'stroke="{FAINT}"/>'
        )
        yield (
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">'
            f"{value:,.0f}</text>"
        )
    yield (
        f'<text x="14" y="{(TOP + HIGH - BOTTOM) / 2:.1f}" text-anchor="middle" '
        f'transform="rotate(-90 14 {(TOP + HIGH - BOTTOM) / 2:.1f})">'
        f"{escape(picture.unit)}</text>"
    )
    for at in _ticks(len(picture.days)):
        x, day = _x(picture, at), picture.days[at]
        yield (
            f'<line x1="{x:.1f}" y1="{HIGH - BOTTOM}" x2="{x:.1f}" '
            f'y2="{HIGH - BOTTOM + 5}" stroke="{INK}"/>'
        )
        said = f"{day.day} {MONTHS[day.month - 1].title()} {day.year}"
        yield (
            f'<text x="{x:.1f}" y="{HIGH - BOTTOM + 19}" text-anchor="middle">'
            f"{said}</text>"
        )


def _ticks(count: int) -> list[int]:
    """Return which days are told under the axis."""
    steps = min(TICKS, count)
    if steps < 2:
        return [0] if count else []
    return sorted({round((count - 1) * at / (steps - 1)) for at in range(steps)})


def _layers(picture: Picture, top: float) -> Iterator[str]:
    """Yield the stacked layers, each a closed path of steps."""
    below = [0.0] * len(picture.days)
    for number, one in enumerate(picture.stacked):
        above = [low + value for low, value in zip(below, one.values, strict=True)]
        there = _steps(picture, above, top)
        back = reversed(_steps(picture, below, top))
        yield (
            f'<path d="M{"L".join((*there, *back))}Z" fill="{_fill(number)}">'
            f"<title>{escape(one.name)}</title></path>"
        )
        below = above


def _lines(picture: Picture, top: float) -> Iterator[str]:
    """Yield the lines over the layers."""
    for number, one in enumerate(picture.lines):
        dash = DASHES[number % len(DASHES)] or "none"
        path = "L".join(_steps(picture, one.values, top))
        yield (
            f'<path d="M{path}" fill="none" stroke="{INK}" stroke-width="1.8" '
            f'stroke-dasharray="{dash}"><title>{escape(one.name)}</title></path>'
        )


def _steps(picture: Picture, values: Sequence[float], top: float) -> list[str]:
    """Return the corners of a path that keeps a day's value until the next day."""
    corners: list[str] = []
    for at, value in enumerate(values):
        x = _x(picture, at)
        if at and value != values[at - 1]:
            corners.append(f"{x:.1f} {_y(values[at - 1], top):.1f}")
        if not at or value != values[at - 1] or at == len(values) - 1:
            corners.append(f"{x:.1f} {_y(value, top):.1f}")
    return corners


def _axes(picture: Picture) -> Iterator[str]:
    """Yield the two axes."""
    end = _x(picture, len(picture.days) - 1) if len(picture.days) > 1 else WIDE - RIGHT
    yield (
        f'<path d="M{LEFT} {TOP}V{HIGH - BOTTOM}H{end:.1f}" fill="none" '
        f'stroke="{INK}"/>'
    )


def _legend(picture: Picture) -> Iterator[str]:
    """Yield a key of every layer and line."""
    at = 0
    for number, one in enumerate(picture.stacked):
        x, y = _place(at)
        yield (
            f'<rect x="{x}" y="{y - 10}" width="22" height="12" '
            f'fill="{_fill(number)}" stroke="{INK}" stroke-width="0.5"/>'
        )
        yield _name(x, y, one)
        at += 1
    for number, one in enumerate(picture.lines):
        x, y = _place(at)
        dash = DASHES[number % len(DASHES)] or "none"
        yield (
            f'<line x1="{x}" y1="{y - 4}" x2="{x + 22}" y2="{y - 4}" stroke="{INK}" '
            f'stroke-width="1.8" stroke-dasharray="{dash}"/>'
        )
        yield _name(x, y, one)
        at += 1


def _place(at: int) -> tuple[int, int]:
    """Return where a key stands, three in a row."""
    return LEFT + (at % 3) * 214, HIGH - BOTTOM + 44 + (at // 3) * 20


def _name(x: int, y: int, one: Series) -> str:
    """Return the words beside a key."""
    return f'<text x="{x + 28}" y="{y}">{escape(one.name)}</text>'
