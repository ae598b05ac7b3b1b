import { describe, expect, it } from "vitest";

import { averaged } from "../src/strip/lanes";
import { offsetY } from "../src/strip/layout";
import { marks, toKm, toX, windowAround } from "../src/strip/scale";

const SCALE = { fromKm: 0, toKm: 3173, left: 96, right: 1260 };

describe("scale", () => {
  it("goes there and back", () => {
    for (const km of [0, 1, 812.5, 3173]) expect(toKm(SCALE, toX(SCALE, km))).toBeCloseTo(km, 9);
  });

  it("stops at the ends of the line", () => {
    expect(toKm(SCALE, 0)).toBe(0);
    expect(toKm(SCALE, 5_000)).toBe(3173);
  });
});

describe("marks", () => {
  it("are round, inside, and no more than asked for", () => {
    expect(marks(0, 3173, 12)).toEqual([0, 500, 1000, 1500, 2000, 2500, 3000]);
    expect(marks(756, 787, 14)[0]).toBe(760);
    for (const most of [1, 3, 7, 20]) {
      const found = marks(12.3, 2_345.6, most);
      expect(found.length).toBeLessThanOrEqual(most + 1);
      for (const km of found) expect(km >= 12.3 && km <= 2_345.6).toBe(true);
    }
  });
});

describe("windowAround", () => {
  it("keeps its width and stays on the line", () => {
    expect(windowAround([0, 2], 3173)).toEqual([0, 10]);
    expect(windowAround([3172, 3173], 3173)).toEqual([3163, 3173]);
    expect(windowAround([700, 800], 3173)).toEqual([700, 800]);
    expect(windowAround([0, 9_999], 3173)[1]).toBe(3173);
  });
});

describe("averaged", () => {
  it("keeps the mean of an even curve, and fills between far points", () => {
    const at = Array.from({ length: 3174 }, (_, km) => km);
    for (const [, value] of averaged(at, at.map(() => 0.4), SCALE)) expect(value).toBeCloseTo(0.4, 9);
    const sparse = averaged([0, 3000], [0.2, 0.9], SCALE);
    expect(sparse[0]![1]).toBe(0.2);
    expect(sparse[100]![1]).toBe(0.2);
    expect(sparse.at(-1)![1]).toBe(0.9);
  });
});

describe("offsetY", () => {
  it("puts the left of the line above it, and stops at the edge", () => {
    expect(offsetY(5)).toBeLessThan(offsetY(0));
    expect(offsetY(99)).toBe(offsetY(10));
    expect(offsetY(-99)).toBe(offsetY(-10));
  });
});
