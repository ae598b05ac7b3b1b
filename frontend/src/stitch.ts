/** Which tracks may be of one target: a new track that goes on where an older one was lost. */

import type { Stitch } from "./types";

export interface Kin {
  track: number;
  /** Chance that it is of the same target, over every step between [-]. */
  chance: number;
}

/** The tracks that a track may continue, nearest first, while one is likelier than not. */
export function before(stitches: Stitch[], track: number): Kin[] {
  return steps(track, (at) => likeliest(stitches.filter((one) => one.later === at), "earlier"));
}

/** The tracks that may continue a track, nearest first, while one is likelier than not. */
export function after(stitches: Stitch[], track: number): Kin[] {
  return steps(track, (at) => likeliest(stitches.filter((one) => one.earlier === at), "later"));
}

function likeliest(found: Stitch[], end: "earlier" | "later"): Kin | null {
  const [best] = [...found].sort((a, b) => b.chance - a.chance);
  return best ? { track: best[end], chance: best.chance } : null;
}

/** Goes from track to track; a first step may be unlikely, and is told with its chance. */
function steps(track: number, next: (at: number) => Kin | null): Kin[] {
  const way: Kin[] = [];
  let kin = next(track);
  while (kin !== null && !way.some((one) => one.track === kin!.track)) {
    way.push(kin);
    const on: Kin | null = next(kin.track);
    kin = on && { track: on.track, chance: on.chance * kin.chance };
    if (kin !== null && kin.chance < 0.5) break;
  }
  return way;
}
