"""A picture that a test fills: one straight line, three sectors, a few tracks."""

from dataclasses import dataclass, field, replace

import numpy as np

from linewatch.watch.values import Alert, Handover, Target
from linewatch.web import (
    Coverage,
    Force,
    LiveFrame,
    Outline,
    Picture,
    Plan,
    Port,
    Sector,
    Site,
    Tracks,
    Zone,
)
from linewatch.web.picture import Acknowledgement

START_S = 1_740_787_200.0
"""2025-03-01T00:00:00Z [s]."""

LENGTH_KM = 3173.0


def place(chainage_km: float, offset_km: float = 0.0) -> tuple[float, float]:
    """Lay the fake line from the Pacific to the Gulf, bent once at El Paso."""
    along = np.array([0.0, 1100.0, LENGTH_KM])
    lon = np.interp(chainage_km, along, [-117.12, -106.5, -97.15])
    lat = np.interp(chainage_km, along, [32.53, 31.75, 25.95])
    return float(lon), float(lat) + offset_km / 111.2


def picture() -> Picture:
    """Make the part that stands still."""
    at_km = np.linspace(0, LENGTH_KM, 400)
    lon, lat = zip(*(place(km) for km in at_km), strict=True)
    names = (
        "San Diego",
        "El Centro",
        "Yuma",
        "Tucson",
        "El Paso",
        "Big Bend",
        "Del Rio",
        "Laredo",
        "Rio Grande Valley",
    )
    edges = (0, 97, 211, 391, 813, 1250, 2070, 2409, 2684, 3173)
    kinds = ("radar", "camera", "seismic")
    sites = []
    for number in range(90):
        km = 18 + number * 35.0
        site_lon, site_lat = place(km, 1.0)
        kind = kinds[number % 3]
        sites.append(
            Site(
                name=f"{kind}-{number:03d}",
                kind=kind,
                lon_deg=site_lon,
                lat_deg=site_lat,
                chainage_km=km,
                reach_m={"radar": 12_000.0, "camera": 8_000.0, "seismic": 300.0}[kind],
                node=f"{kind}-{number:03d}",
            )
        )
    cover_km = np.arange(0, LENGTH_KM, 2.0)
    walker = 0.5 + 0.45 * np.sin(cover_km / 40) * np.cos(cover_km / 300)
    ports = (("San Ysidro", 9.0), ("Nogales", 660.0), ("Laredo", 2560.0))
    return Picture(
        name="U.S.-Mexico border, March 2025",
        line=Outline(
            lon_deg=np.array(lon), lat_deg=np.array(lat), chainage_m=at_km * 1000
        ),
        sectors=tuple(
            Sector(name=name, from_km=float(a), to_km=float(b))
            for name, a, b in zip(names, edges, edges[1:], strict=False)
        ),
        ports=tuple(
            Port(name=name, chainage_km=km, lon_deg=place(km)[0], lat_deg=place(km)[1])
            for name, km in ports
        ),
        zones=(
            Zone(
                name="New Mexico National Defense Area",
                from_km=813.0,
                to_km=1085.0,
                start="2025-04-21",
                end=None,
                edges_known=False,
            ),
        ),
        sites=tuple(sites),
        terrain_generated=True,
        terrain_source="generated relief, seed 1",
        coverage=Coverage(
            chainage_km=cover_km,
            chance={"walker": walker, "vehicle": np.minimum(1, walker + 0.1)},
        ),
        force=Force(
            on="2025-03-01",
            organic=14_500,
            approved=12_200,
            sourced=12_200,
            in_transit=400,
            present=9_200,
            by_status={"title10": 4_200, "title32": 0, "state_active_duty": 5_000},
        ),
        plans=(
            Plan(
                kind="sites",
                summary="90 sites, 61 % of demand covered",
                cost="$4.1-6.3 M a month, incremental",
                decided="approved by JTF J3",
            ),
        ),
        credits=("Line: OpenStreetMap contributors, ODbL 1.0",),
        offices=("Watch desk", "Sector operations"),
    )


def tracks(count: int, time_s: float, seed: int = 1) -> Tracks:
    """Scatter tracks near the line."""
    rng = np.random.default_rng(seed)
    km = np.sort(rng.uniform(0, LENGTH_KM, count))
    offset_km = rng.normal(0, 3, count)
    spots = [place(*pair) for pair in zip(km, offset_km, strict=True)]
    lon, lat = np.array(spots).reshape(-1, 2).T
    return Tracks(
        track_id=np.arange(1, count + 1),
        lon_deg=lon,
        lat_deg=lat,
        chainage_m=km * 1000,
        offset_m=offset_km * 1000,
        speed_mps=rng.gamma(2, 1, count),
        azimuth_rad=rng.uniform(0, 2 * np.pi, count),
        existence=rng.uniform(0.5, 1, count),
        target=rng.integers(0, 4, count).astype(np.uint8),
        last_seen_s=time_s - rng.uniform(0, 30, count),
    )


def alert(number: int, time_s: float, chainage_km: float = 700.0) -> Alert:
    """Make an alert on track `number`."""
    lon_deg, lat_deg = place(chainage_km, -1.0)
    return Alert(
        alert_id=f"alert-{number}",
        time_s=time_s,
        kind="rescue" if number % 5 == 0 else "crossing",
        track_id=number,
        node_id=None,
        chainage_m=chainage_km * 1000,
        offset_m=-1000.0,
        lon_deg=lon_deg,
        lat_deg=lat_deg,
        target=(Target.WALKER, Target.VEHICLE, Target.FLYER)[number % 3],
        count_low=1,
        count_high=1 + number % 6,
        priority=1 if number % 5 == 0 else 2,
    )


def handover(of: Alert, *, received: bool) -> Handover:
    """Hand an alert over, with or without its receipt."""
    return Handover(
        handover_id=f"handover-{of.alert_id}",
        alert_id=of.alert_id,
        time_s=of.time_s + 2,
        authority="U.S. Border Patrol, Tucson Sector",
        receipt_s=of.time_s + 40 if received else None,
        receipt_ref="TCA-1" if received else None,
    )


def frame(seq: int, tracked: int = 12) -> LiveFrame:
    """Make a frame `seq` seconds into the mission."""
    time_s = START_S + seq
    return LiveFrame(
        seq=seq,
        time_s=time_s,
        tracks=tracks(tracked, time_s),
        nodes={
            site.node: "silent" if row % 11 == 3 else "ok"
            for row, site in enumerate(picture().sites)
        },
        counters={"detections": 40_000 + 31 * seq},
    )


@dataclass(slots=True)
class FakeSource:
    """A source whose frame a test sets."""

    still: Picture = field(default_factory=picture)
    moving: LiveFrame = field(default_factory=lambda: frame(0))
    logged: list[Acknowledgement] = field(default_factory=list)

    def static(self) -> Picture:
        """Give the part that stands still."""
        return self.still

    def live(self) -> LiveFrame:
        """Give the frame set last."""
        return self.moving

    def show(self, *alerts: Alert, handed: tuple[Handover, ...] = ()) -> None:
        """Make the next frame, with these alerts in it."""
        after = frame(self.moving.seq + 1, len(self.moving.tracks))
        self.moving = replace(
            after,
            alerts=alerts or self.moving.alerts,
            handovers=handed or self.moving.handovers,
            stitches=self.moving.stitches,
            acknowledgements=tuple(self.logged),
        )

    async def acknowledge(self, alert_id: str, office: str) -> None:
        """Log an acknowledgement, and show it."""
        entry = Acknowledgement(
            alert_id=alert_id, time_s=self.moving.time_s, office=office
        )
        self.logged.append(entry)
        self.show()
