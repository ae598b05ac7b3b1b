"""Tests of the force."""
