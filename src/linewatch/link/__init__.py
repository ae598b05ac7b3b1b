"""Outward faces: bytes in, values out."""
