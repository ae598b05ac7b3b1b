/** The picture as GeoJSON, one function a source of the map. */

import { chanceColor, SECTOR_TONES } from "../colors";
import type { Tracks } from "../frame";
import { placeAt, ring, stretch, valueAt, type Place } from "../line";
import type { Alert, Picture, TargetName } from "../types";

/** Zoom from which tracks in view are symbols; below, circles, which cost far less. */
export const SYMBOL_ZOOM = 9.5;

/** Most symbols in view: 2,000 still draw at 35 frames a second without a GPU. */
export const MOST_SYMBOLS = 2_000;

/** Length of one coloured step of the coverage along the line [km]. */
export const COVER_STEP_KM = 8;

type Features = GeoJSON.FeatureCollection;
type Properties = Record<string, unknown>;

function points(rows: [Place, Properties][]): Features {
  return {
    type: "FeatureCollection",
    features: rows.map(([coordinates, properties]) => ({
      type: "Feature",
      properties,
      geometry: { type: "Point", coordinates },
    })),
  };
}

function lines(rows: [Place[], Properties][]): Features {
  return {
    type: "FeatureCollection",
    features: rows.map(([coordinates, properties]) => ({
      type: "Feature",
      properties,
      geometry: { type: "LineString", coordinates },
    })),
  };
}

export function sectorLines(picture: Picture): Features {
  const whole = { name: picture.name, from_km: 0, to_km: picture.length_km };
  const sectors = picture.sectors.length > 0 ? picture.sectors : [whole];
  return lines(
    sectors.map((sector, at) => [
      stretch(picture.line, sector.from_km, sector.to_km),
      { name: sector.name, color: SECTOR_TONES[at % 2] },
    ]),
  );
}

export function sectorNames(picture: Picture): Features {
  return points(
    picture.sectors.map((sector) => [
      placeAt(picture.line, (sector.from_km + sector.to_km) / 2),
      { name: sector.name },
    ]),
  );
}

/** Colours the line by the planned chance of detection, in even steps. */
export function coverageLines(picture: Picture, target: string, stepKm = COVER_STEP_KM): Features {
  const cover = picture.coverage;
  const chance = cover?.chance[target];
  if (!cover || !chance || chance.length === 0) return lines([]);
  const rows: [Place[], Properties][] = [];
  for (let km = 0; km < picture.length_km; km += stepKm) {
    const end = Math.min(picture.length_km, km + stepKm);
    const value = valueAt(cover.chainage_km, chance, (km + end) / 2);
    rows.push([stretch(picture.line, km, end), { color: chanceColor(value), chance: value }]);
  }
  return lines(rows);
}

export function portPoints(picture: Picture): Features {
  return points(picture.ports.map((port) => [[port.lon_deg, port.lat_deg], { name: port.name }]));
}

export function sitePoints(picture: Picture, nodes: Record<string, string>): Features {
  return points(
    picture.sites.map((site) => [
      [site.lon_deg, site.lat_deg],
      { name: site.name, kind: site.kind, well: isWell(nodes[site.node]) },
    ]),
  );
}

/** Tells whether a node is as it should be; one not heard of yet is taken as planned. */
export function isWell(health: string | undefined): boolean {
  return health === undefined || health === "ok" || health === "warning";
}

export function reachLines(picture: Picture): Features {
  return lines(
    picture.sites
      .filter((site) => site.reach_m > 0)
      .map((site) => [ring([site.lon_deg, site.lat_deg], site.reach_m), { name: site.name }]),
  );
}

export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** Marks tracks in view as drawn by symbol, up to the cap, when the map is close enough. */
export function trackPoints(
  tracks: Tracks,
  names: TargetName[],
  view: { zoom: number; box: Box },
): Features {
  let room = view.zoom >= SYMBOL_ZOOM ? MOST_SYMBOLS : 0;
  const { west, south, east, north } = view.box;
  const rows: [Place, Properties][] = [];
  for (let row = 0; row < tracks.count; row++) {
    const lon = tracks.lonDeg[row]!;
    const lat = tracks.latDeg[row]!;
    const drawn = room > 0 && lon > west && lon < east && lat > south && lat < north;
    if (drawn) room--;
    rows.push([
      [lon, lat],
      {
        id: tracks.trackId[row],
        target: names[tracks.target[row]!] ?? "unknown",
        existence: tracks.existence[row],
        label: drawn ? String(tracks.trackId[row]) : "",
        drawn,
      },
    ]);
  }
  return points(rows);
}

export function alertPoints(alerts: Alert[], selected: string | null): Features {
  return points(
    alerts.map((alert) => [
      [alert.lon_deg, alert.lat_deg],
      { id: alert.alert_id, open: alert.acknowledged === null, selected: alert.alert_id === selected },
    ]),
  );
}

export function cursorPoint(picture: Picture, km: number | null): Features {
  return points(km === null ? [] : [[placeAt(picture.line, km), {}]]);
}

export function tailLine(places: Place[]): Features {
  return lines(places.length > 1 ? [[places, {}]] : []);
}
