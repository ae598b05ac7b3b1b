"""Tests of linewatch.plan.rcpsp."""
