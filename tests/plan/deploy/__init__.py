"""Tests of linewatch.plan.deploy."""
