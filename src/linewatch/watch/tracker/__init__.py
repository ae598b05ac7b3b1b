"""The tracking engine: detections of many sensors in, tracks with their doubt out."""

from linewatch.watch.tracker.sensors import (
    BEARING,
    PLACE,
    POLAR,
    ChanceMap,
    SensorTable,
)
from linewatch.watch.tracker.settings import BANK, CLASSES, Motion, TrackerSettings
from linewatch.watch.tracker.tracker import Tracker
from linewatch.watch.tracker.tracks import Counts, Rows, Tracks
from linewatch.watch.tracker.trail import Trail

__all__ = [
    "BANK",
    "BEARING",
    "CLASSES",
    "PLACE",
    "POLAR",
    "ChanceMap",
    "Counts",
    "Motion",
    "Rows",
    "SensorTable",
    "Tracker",
    "TrackerSettings",
    "Tracks",
    "Trail",
]
