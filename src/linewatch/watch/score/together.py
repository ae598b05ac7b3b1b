"""Every score at once."""

from dataclasses import asdict, dataclass

import numpy as np

from linewatch.watch.score.gospa import Gospa, gospa
from linewatch.watch.score.paths import Paths, instants
from linewatch.watch.score.siap import Siap, siap
from linewatch.watch.score.switches import Switches, switches


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Every score of one picture.

    Parameters
    ----------
    gospa : Gospa
        Places, misses and false tracks in one figure.
    siap : Siap
        Single integrated air picture attributes.
    switches : Switches
        CLEAR-MOT figures.
    instants : int
        Times scored.
    tracks : int
        Tracks scored.
    """

    gospa: Gospa
    siap: Siap
    switches: Switches
    instants: int
    tracks: int

    def figures(self) -> dict[str, float | int | None]:
        """Return every figure by its name."""
        return {
            **asdict(self.gospa),
            **asdict(self.siap),
            **asdict(self.switches),
            "instants": self.instants,
            "tracks": self.tracks,
        }


def score(truth: Paths, tracks: Paths, *, cutoff_m: float = 100.0) -> Score:
    """Score tracks against the truth.

    Parameters
    ----------
    truth, tracks : Paths
        What was there and what was shown.
    cutoff_m : float, default 100
        Distance from which a track is no longer the target's [m].

    Raises
    ------
    BadValue
        If the distance is not above 0.

    Examples
    --------
    >>> truth = Paths.of([0, 1, 2], [1, 1, 1], [0, 5, 10], [0, 0, 0])
    >>> score(truth, truth).siap.completeness
    1.0
    """
    return Score(
        gospa=gospa(truth, tracks, cutoff_m=cutoff_m),
        siap=siap(truth, tracks, within_m=cutoff_m),
        switches=switches(truth, tracks, within_m=cutoff_m),
        instants=len(instants(truth, tracks)),
        tracks=len(np.unique(tracks.ident)),
    )
