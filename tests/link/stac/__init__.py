"""Tests of fetching terrain from a catalogue."""
