"""The picture of a mission log: of a watch that has ended, or that still runs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Final

import numpy as np

from linewatch.area import Area
from linewatch.force import Force
from linewatch.log import MissionLog
from linewatch.measure.plane import Plane
from linewatch.mission.orders import kinds_by_post
from linewatch.report.reading import Reading, number
from linewatch.watch.values import Target
from linewatch.web.compose import force_of, picture_of, sites_of
from linewatch.web.picture import (
    TARGETS,
    Acknowledgement,
    LiveFrame,
    Picture,
    Stitch,
    Tracks,
)

SHOWN: Final = (
    "start",
    "stop",
    "tick",
    "node",
    "status",
    "track",
    "stitch",
    "alert",
    "handover",
    "receipt",
    "acknowledgement",
)
"""Kinds of entry that the picture shows. Detections, by far the most, are not read."""

STITCHES: Final = 500
"""Stitches that a frame tells, the latest [-]: hours of a whole border."""

FORGOTTEN_S: Final = 60.0
"""Age at which a track that nobody ended leaves the picture [s]."""


class RecordedSource:
    """A picture source that reads a mission log, and goes on reading as it grows.

    Parameters
    ----------
    log : MissionLog
        The log, open to read.
    area : Area
        The area of its scenario.
    force : Force, optional
        Its force, counted on the day that the log has come to.

    Raises
    ------
    LogBroken
        If the log holds figures of a sensor kind that cannot be read.
    """

    def __init__(
        self,
        log: MissionLog,
        area: Area,
        *,
        force: Force | None = None,
    ) -> None:
        self.log = log
        self.area = area
        self.force = force
        self.reading = Reading()
        self._seq = 0
        self._frame: LiveFrame | None = None
        self._still: tuple[tuple[int, bool, date], Picture] | None = None
        kinds_by_post(log)  # figures that cannot be read are told before a page is
        self.live()

    @cached_property
    def ground(self) -> Picture:
        """The picture of the area alone, made once."""
        return picture_of(self.area)

    def static(self) -> Picture:
        """Give the part that stands still, with the nodes that have registered."""
        nodes = list(self.reading.availability.nodes())
        on = datetime.fromtimestamp(self.reading.time_s, UTC).date()
        made_of = (len(nodes), self.reading.ended, on)
        if self._still is None or self._still[0] != made_of:
            picture = replace(
                self.ground,
                sites=sites_of(self.area, nodes, kinds_by_post(self.log)),
                force=None if self.force is None else force_of(self.force, on),
                mode="recorded" if self.reading.ended else "live",
            )
            self._still = (made_of, picture)
        return self._still[1]

    def live(self) -> LiveFrame:
        """Give the picture as of the last entry of the log."""
        head = self.log.head().seq
        if self._frame is not None and head == self._seq:
            return self._frame
        for entry in self.log.read(self._seq + 1, SHOWN, head):
            self.reading.take(entry)
        self.reading.settle()
        self._seq = head
        self._frame = _frame(self.reading, head, self.area.plane)
        return self._frame


def _frame(reading: Reading, seq: int, plane: Plane) -> LiveFrame:
    """Show what a reading has come to."""
    return LiveFrame(
        seq=seq,
        time_s=reading.time_s,
        tracks=_tracks(reading.tracks, reading.time_s, plane),
        alerts=tuple(reading.alerts.values()),
        handovers=tuple(reading.handovers.values()),
        acknowledgements=tuple(
            Acknowledgement(alert_id=alert_id, time_s=time_s, office=office)
            for alert_id, (time_s, office) in reading.acknowledged.items()
        ),
        nodes=reading.health(),
        counters={"entries in the log": seq},
        stitches=tuple(
            Stitch(earlier=earlier, later=later, chance=chance)
            for earlier, later, chance in reading.stitches[-STITCHES:]
        ),
        ended=reading.ended,
    )


def _tracks(
    rows: Mapping[int, Mapping[str, object]], time_s: float, plane: Plane
) -> Tracks:
    """Gather the tracks seen of late into columns."""
    kept = [
        row
        for row in rows.values()
        if time_s - number(row["last_seen_s"]) < FORGOTTEN_S
    ]

    def column(name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.array([number(row[name]) for row in kept])

    vx_mps, vy_mps = column("vx_mps"), column("vy_mps")
    lon_deg, lat_deg = column("lon_deg"), column("lat_deg")
    # Velocities are on the plane, whose north is true north at its middle alone.
    turn_rad = plane.convergence_rad(lon_deg, lat_deg) if kept else np.empty(0)
    codes = [TARGETS.index(Target(str(row["target"]))) for row in kept]
    return Tracks(
        track_id=column("track_id").astype(np.int64),
        lon_deg=lon_deg,
        lat_deg=lat_deg,
        chainage_m=column("chainage_m"),
        offset_m=column("offset_m"),
        speed_mps=np.hypot(vx_mps, vy_mps),
        azimuth_rad=np.arctan2(vx_mps, vy_mps) + turn_rad,
        existence=column("existence"),
        target=np.array(codes, np.uint8),
        last_seen_s=column("last_seen_s"),
    )
