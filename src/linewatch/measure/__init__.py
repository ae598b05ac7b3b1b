"""Measures: angles, the Earth, time and units."""
