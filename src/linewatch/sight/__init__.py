"""Sight: what can be seen from where, and with what chance."""
