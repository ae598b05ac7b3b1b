/** Where each lane of the strip lies, from the top [px]. */

export const LANES = {
  sectors: { top: 2, height: 18 },
  ground: { top: 26, height: 64 },
  coverage: { top: 98, height: 34 },
  marks: { top: 136, height: 26 },
} as const;

export const STRIP_HEIGHT = 162;

/** Offset from the line that the straightened ground shows to either side [km]. */
export const OFFSET_KM = 10;

/** Height of an offset in the straightened ground; + is up, to the left of the line. */
export function offsetY(offsetKm: number): number {
  const { top, height } = LANES.ground;
  const share = Math.min(1, Math.max(-1, offsetKm / OFFSET_KM));
  return top + height / 2 - (share * (height - 8)) / 2;
}
