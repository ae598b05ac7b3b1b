"""Tests of linewatch.plan.works."""
