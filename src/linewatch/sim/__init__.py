"""Sim: a simulated world whose sensors detect as planned and speak SAPIENT."""

from linewatch.sim.exposure import Exposure
from linewatch.sim.node import EdgeNode
from linewatch.sim.sensing import Heard, Sensors
from linewatch.sim.settings import SimSettings
from linewatch.sim.units import CLASSES, Crossings, Scene
from linewatch.sim.world import World

__all__ = [
    "CLASSES",
    "Crossings",
    "EdgeNode",
    "Exposure",
    "Heard",
    "Scene",
    "Sensors",
    "SimSettings",
    "World",
]
