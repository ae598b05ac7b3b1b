"""How good a picture was, against the truth: GOSPA, SIAP and identity switches."""

from linewatch.watch.score.gospa import Gospa, gospa
from linewatch.watch.score.paths import Paths
from linewatch.watch.score.siap import Siap, siap
from linewatch.watch.score.switches import Switches, switches
from linewatch.watch.score.together import Score, score

__all__ = [
    "Gospa",
    "Paths",
    "Score",
    "Siap",
    "Switches",
    "gospa",
    "score",
    "siap",
    "switches",
]
