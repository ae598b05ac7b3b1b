/** Symbols of MIL-STD-2525D: our sensors are friendly, what they see is unknown. */

import ms from "milsymbol";

import type { Site, TargetName } from "../types";

/**
 * Codes of 20 digits: version 10, reality 0, identity, set, status, and so on. Identity
 * is 3 (friend) for sensors and 1 (unknown) for tracks: Linewatch detects and hands over,
 * and never calls anyone hostile.
 */
export const SENSOR_SIDC: Record<string, string> = {
  radar: "10031500002203000000",
  camera: "10031500002201000000",
  seismic: "10031500002202000000",
};
export const OTHER_SENSOR_SIDC = "10031500002201000000";

export const TRACK_SIDC: Record<TargetName, string> = {
  walker: "10011100001103000000",
  vehicle: "10011500001401000000",
  flyer: "10010100001203000000",
  unknown: "10011000000000000000",
};


/** One colour an identity: a civilian of unknown identity is not set apart by a colour. */
const LOOK = { civilianColor: false };

/** Draws a symbol for the map, at twice its size for sharp screens. */
export function draw(sidc: string, size: number): ImageData {
  const canvas = new ms.Symbol(sidc, { ...LOOK, size: size * 2, outlineWidth: 4, outlineColor: "#fff" }).asCanvas();
  const pen = canvas.getContext("2d", { willReadFrequently: true })!;
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

/** Draws a symbol for a list. */
export function asSvg(sidc: string, size: number): string {
  return new ms.Symbol(sidc, { ...LOOK, size }).asSVG();
}

/** The symbol of each kind of site: a scenario's own kind has that of the kind it is like. */
export function siteSymbols(sites: Pick<Site, "kind" | "like">[]): Map<string, string> {
  return new Map(sites.map(({ kind, like }) => [kind, sensorSidc(like || kind)]));
}

export function sensorSidc(kind: string): string {
  return SENSOR_SIDC[kind] ?? OTHER_SENSOR_SIDC;
}
