"""Columns of the cover table: candidates by kind, and what each would detect."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linewatch.plan.siting.candidates import blocks, middles
from linewatch.plan.siting.detect import Asked, Found, chance_within, detect_from
from linewatch.plan.siting.values import Floats, SiteSettings
from linewatch.sight import SensorKind

if TYPE_CHECKING:
    from linewatch.area import Area

Progress = Callable[[str, float], None]
"""Told the name of a stage and the share of it that is done [-]."""


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Candidate columns of the cover table: kind and place of each."""

    kind: NDArray[np.int64]
    chainage_m: Floats
    offset_m: Floats
    x_m: Floats
    y_m: Floats


def look(
    area: "Area", settings: SiteSettings, asked: Asked, pool: Executor, tell: Progress
) -> tuple[Columns, Found]:
    """Look from all candidates; one column a candidate and kind."""
    reach_m = max((kind.widest_m for kind in asked.kinds), default=0.0)
    kinds = len(asked.kinds)
    waiting: list[Future[Found]] = []
    made = []
    if kinds:
        for block in blocks(area, settings, reach_m):
            made.append(replace(block))
            waiting.append(pool.submit(detect_from, block, asked))
            tell("looking", float(block.chainage_m.max()) / area.line.length_m / 2)
    found, first = [], 0
    for done, (block, future) in enumerate(zip(made, waiting, strict=True)):
        part = future.result()
        column = (first + part.candidate) * kinds + part.kind
        found.append(replace(part, candidate=column))
        first += len(block.x_m)
        tell("looking", 0.5 + (done + 1) / len(made) / 2)
    each = np.arange(kinds)
    return (
        Columns(
            kind=np.tile(each, first).astype(np.int64),
            chainage_m=_joined([np.repeat(b.chainage_m, kinds) for b in made]),
            offset_m=_joined([np.repeat(b.offset_m, kinds) for b in made]),
            x_m=_joined([np.repeat(b.x_m, kinds) for b in made]),
            y_m=_joined([np.repeat(b.y_m, kinds) for b in made]),
        ),
        _together(found),
    )


def _joined(parts: Sequence[Floats]) -> Floats:
    """Join arrays, none of them included."""
    return np.concatenate(parts) if parts else np.empty(0)


def _together(found: Sequence[Found]) -> Found:
    """Join the pairs of all blocks."""
    none = np.empty(0, np.int64)
    whole = {
        name: np.concatenate([none, *(getattr(part, name) for part in found)])
        for name in ("candidate", "kind", "target", "crossing")
    }
    return Found(**whole, chance=_joined([part.chance for part in found]))


def add_buried(
    area: "Area",
    settings: SiteSettings,
    asked: Asked,
    buried: tuple[SensorKind, ...],
    seen: tuple[Columns, Found],
) -> tuple[Columns, Found]:
    """Add ground sensors: one candidate a kind in the middle of each stretch."""
    chainage_m = middles(area.line.length_m, settings.cross_m)
    offset_m = np.full(len(chainage_m), settings.seismic_offset_m)
    x, y = area.place_xy(chainage_m, offset_m)
    columns, pairs = seen
    found = [pairs]
    for at, one in enumerate(buried):
        first = len(columns.kind)
        each = np.arange(len(chainage_m))
        for t, target in enumerate(asked.crossings):
            chance = chance_within(
                one,
                target,
                stretch_m=area.line.length_m / len(chainage_m),
                offset_m=settings.seismic_offset_m,
                asked=asked,
            )
            if chance > 0:
                found.append(
                    Found(
                        candidate=first + each,
                        kind=np.zeros_like(each),
                        target=np.full_like(each, t),
                        crossing=each,
                        chance=np.full(len(each), chance),
                    )
                )
        kind = np.full(len(each), len(asked.kinds) + at, dtype=np.int64)
        columns = Columns(
            kind=np.concatenate([columns.kind, kind]),
            chainage_m=np.concatenate([columns.chainage_m, chainage_m]),
            offset_m=np.concatenate([columns.offset_m, offset_m]),
            x_m=np.concatenate([columns.x_m, x]),
            y_m=np.concatenate([columns.y_m, y]),
        )
    return columns, _together(found)
