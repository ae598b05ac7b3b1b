"""The live picture: tracks, alerts, handovers and the availability of sensors."""
