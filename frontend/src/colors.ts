/** One set of colours for the map, the strip and the lists; told apart by more than hue. */

import type { TargetName } from "./types";

export const INK = "#1b2733";
export const SECTOR_TONES = ["#274863", "#7d97ab"] as const;

export const TARGET_COLOR: Record<TargetName, string> = {
  unknown: "#5c6773",
  walker: "#0a6c8f",
  vehicle: "#6a3fb5",
  flyer: "#a8590c",
};

export const TARGET_NAME: Record<TargetName, string> = {
  unknown: "Unclassified",
  walker: "Walker",
  vehicle: "Vehicle",
  flyer: "Low flyer",
};

export const ALERT_COLOR = { open: "#b3261e", acknowledged: "#7b8794" } as const;

/** From no chance of detection (warm, pale) to certain (deep green); safe for the colour-blind. */
const CHANCE: [number, [number, number, number]][] = [
  [0, [226, 190, 160]],
  [0.5, [214, 208, 160]],
  [1, [38, 116, 104]],
];

export function chanceColor(chance: number): string {
  const at = Math.min(1, Math.max(0, chance));
  const above = CHANCE.findIndex(([stop]) => stop >= at);
  const [high, to] = CHANCE[Math.max(1, above)]!;
  const [low, from] = CHANCE[Math.max(1, above) - 1]!;
  const share = (at - low) / (high - low);
  const mixed = from.map((part, i) => Math.round(part + share * (to[i]! - part)));
  return `rgb(${mixed.join(",")})`;
}
