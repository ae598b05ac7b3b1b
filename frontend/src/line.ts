/** The line as an index: from a place along it to a place on the ground, and back. */

import type { Outline } from "./types";

export type Place = [lonDeg: number, latDeg: number];

/** Finds the last vertex at or before a chainage. */
function before(line: Outline, km: number): number {
  let low = 0;
  let high = line.chainage_km.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (line.chainage_km[middle]! <= km) low = middle;
    else high = middle;
  }
  return low;
}

/** Gives the place on the line at a chainage; beyond its ends, the end. */
export function placeAt(line: Outline, km: number): Place {
  const at = before(line, km);
  const from = line.chainage_km[at]!;
  const to = line.chainage_km[at + 1]!;
  const share = to > from ? Math.min(1, Math.max(0, (km - from) / (to - from))) : 0;
  const blend = (column: number[]) => column[at]! + share * (column[at + 1]! - column[at]!);
  return [blend(line.lon_deg), blend(line.lat_deg)];
}

/** Cuts the stretch of the line between two chainages, ends included. */
export function stretch(line: Outline, fromKm: number, toKm: number): Place[] {
  const places: Place[] = [placeAt(line, fromKm)];
  for (let at = before(line, fromKm) + 1; at < line.chainage_km.length; at++) {
    const km = line.chainage_km[at]!;
    if (km >= toKm) break;
    if (km > fromKm) places.push([line.lon_deg[at]!, line.lat_deg[at]!]);
  }
  places.push(placeAt(line, toKm));
  return places;
}

/** Gives the chainage of the nearest vertex, in a plane that is true near the place. */
export function nearestKm(line: Outline, [lon, lat]: Place): number {
  const squeeze = Math.cos((lat * Math.PI) / 180);
  let best = Infinity;
  let found = 0;
  for (let at = 0; at < line.lon_deg.length; at++) {
    const away = ((line.lon_deg[at]! - lon) * squeeze) ** 2 + (line.lat_deg[at]! - lat) ** 2;
    if (away < best) {
      best = away;
      found = line.chainage_km[at]!;
    }
  }
  return found;
}

/** Gives the first and last chainage of the line inside a box, or null when none is. */
export function spanInBox(
  line: Outline,
  box: { west: number; south: number; east: number; north: number },
): [number, number] | null {
  let from = Infinity;
  let to = -Infinity;
  for (let at = 0; at < line.lon_deg.length; at++) {
    const lon = line.lon_deg[at]!;
    const lat = line.lat_deg[at]!;
    if (lon < box.west || lon > box.east || lat < box.south || lat > box.north) continue;
    const km = line.chainage_km[at]!;
    from = Math.min(from, km);
    to = Math.max(to, km);
  }
  return from <= to ? [from, to] : null;
}

/** Reads a curve along the line at a chainage: the value of the nearest point of it. */
export function valueAt(atKm: number[], values: number[], km: number): number {
  let low = 0;
  let high = atKm.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (atKm[middle]! <= km) low = middle;
    else high = middle;
  }
  return km - atKm[low]! <= atKm[high]! - km ? values[low]! : values[high]!;
}

/** Draws a circle on the ground as a ring of places, true to 0.3 % up to 50 km. */
export function ring([lon, lat]: Place, radiusM: number, sides = 48): Place[] {
  const latStep = radiusM / 111_195;
  const lonStep = latStep / Math.cos((lat * Math.PI) / 180);
  return Array.from({ length: sides + 1 }, (_, side) => {
    const turn = (2 * Math.PI * side) / sides;
    return [lon + lonStep * Math.sin(turn), lat + latStep * Math.cos(turn)] as Place;
  });
}
