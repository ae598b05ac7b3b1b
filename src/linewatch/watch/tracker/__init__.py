"""The tracking engine: detections of many sensors in, tracks with their doubt out."""

from linewatch.watch.tracker.fibre import Fibre
from linewatch.watch.tracker.sensors import (
    BEARING,
    FIBRE,
    PLACE,
    POLAR,
    ChanceMap,
    ClutterMap,
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
    "FIBRE",
    "PLACE",
    "POLAR",
    "ChanceMap",
    "ClutterMap",
    "Counts",
    "Fibre",
    "Motion",
    "Rows",
    "SensorTable",
    "Tracker",
    "TrackerSettings",
    "Tracks",
    "Trail",
]
