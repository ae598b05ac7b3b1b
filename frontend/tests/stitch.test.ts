import { describe, expect, it } from "vitest";

import { after, before } from "../src/stitch";

const stitches = [
  { earlier: 1, later: 5, chance: 0.9 },
  { earlier: 5, later: 9, chance: 0.8 },
  { earlier: 9, later: 11, chance: 0.4 },
  { earlier: 2, later: 5, chance: 0.05 },
];

describe("tracks of one target", () => {
  it("are followed back to the first, by the likelier way", () => {
    expect(before(stitches, 9)).toEqual([
      { track: 5, chance: 0.8 },
      { track: 1, chance: 0.8 * 0.9 },
    ]);
  });

  it("are followed on while one target is likelier than not", () => {
    expect(after(stitches, 1).map((one) => one.track)).toEqual([5, 9]);
  });

  it("are told of an unlikely first step, with its chance", () => {
    expect(after(stitches, 9)).toEqual([{ track: 11, chance: 0.4 }]);
    expect(after(stitches, 2).map((one) => one.track)).toEqual([5]);
  });

  it("are none for a track that stands by itself", () => {
    expect(before(stitches, 1)).toEqual([]);
    expect(after([], 1)).toEqual([]);
  });

  it("end, also where a log tells of a ring", () => {
    const ring = [
      { earlier: 1, later: 2, chance: 1 },
      { earlier: 2, later: 1, chance: 1 },
    ];
    expect(after(ring, 1).length).toBeLessThan(3);
  });
});
