/** Scales of the strip: kilometres along the line to pixels, and round marks on them. */

export interface Scale {
  fromKm: number;
  toKm: number;
  left: number;
  right: number;
}

export function toX(scale: Scale, km: number): number {
  const share = (km - scale.fromKm) / (scale.toKm - scale.fromKm);
  return scale.left + share * (scale.right - scale.left);
}

export function toKm(scale: Scale, x: number): number {
  const share = Math.min(1, Math.max(0, (x - scale.left) / (scale.right - scale.left)));
  return scale.fromKm + share * (scale.toKm - scale.fromKm);
}

/** Round marks: 1, 2 or 5 times a power of ten, at most `most` of them. */
export function marks(fromKm: number, toKm: number, most: number): number[] {
  const rough = (toKm - fromKm) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((part) => part * power).find((size) => size >= rough)!;
  const first = Math.ceil(fromKm / step - 1e-9);
  const last = Math.floor(toKm / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => (first + at) * step);
}

/** Counts per column of pixels: the density of tracks along the line. */
export function density(chainageKm: Float64Array, scale: Scale, columnPx: number): number[] {
  const columns = Math.max(1, Math.ceil((scale.right - scale.left) / columnPx));
  const counts = new Array<number>(columns).fill(0);
  for (const km of chainageKm) {
    if (km < scale.fromKm || km > scale.toKm) continue;
    const at = Math.min(columns - 1, Math.floor((toX(scale, km) - scale.left) / columnPx));
    counts[at]!++;
  }
  return counts;
}

/** The widest window of at least `leastKm` around a view, kept on the line. */
export function windowAround(view: [number, number], lengthKm: number, leastKm = 10): [number, number] {
  const middle = (view[0] + view[1]) / 2;
  const half = Math.max(leastKm, view[1] - view[0]) / 2;
  const from = Math.max(0, Math.min(middle - half, lengthKm - 2 * half));
  return [from, Math.min(lengthKm, from + 2 * half)];
}
