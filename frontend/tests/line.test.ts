import { describe, expect, it } from "vitest";

import { nearestKm, placeAt, ring, spanInBox, stretch, valueAt } from "../src/line";

const LINE = {
  lon_deg: [-117, -115, -115, -110],
  lat_deg: [32, 32, 31, 31],
  chainage_km: [0, 189, 300, 778],
};

describe("placeAt", () => {
  it("gives each vertex at its own chainage", () => {
    LINE.chainage_km.forEach((km, at) =>
      expect(placeAt(LINE, km)).toEqual([LINE.lon_deg[at], LINE.lat_deg[at]]),
    );
  });

  it("goes evenly between vertices", () => {
    expect(placeAt(LINE, 94.5)).toEqual([-116, 32]);
    expect(placeAt(LINE, 244.5)).toEqual([-115, 31.5]);
  });

  it("stops at the ends", () => {
    expect(placeAt(LINE, -5)).toEqual([-117, 32]);
    expect(placeAt(LINE, 9_999)).toEqual([-110, 31]);
  });
});

describe("stretch", () => {
  it("keeps the vertices inside and its own two ends", () => {
    expect(stretch(LINE, 94.5, 539)).toEqual([[-116, 32], [-115, 32], [-115, 31], [-112.5, 31]]);
  });

  it("of the whole line is the line", () => {
    expect(stretch(LINE, 0, 778)).toHaveLength(4);
  });

  it("joins its neighbour without a gap", () => {
    for (const km of [50, 189, 250, 300, 700])
      expect(stretch(LINE, 0, km).at(-1)).toEqual(stretch(LINE, km, 778)[0]);
  });
});

describe("nearestKm", () => {
  it("undoes placeAt at the vertices", () => {
    for (const km of LINE.chainage_km) expect(nearestKm(LINE, placeAt(LINE, km))).toBe(km);
  });
});

describe("spanInBox", () => {
  it("gives the stretch inside", () => {
    expect(spanInBox(LINE, { west: -115.5, south: 30, east: -109, north: 33 })).toEqual([189, 778]);
  });

  it("is null off the line", () => {
    expect(spanInBox(LINE, { west: 0, south: 0, east: 1, north: 1 })).toBeNull();
  });
});

describe("valueAt", () => {
  it("takes the nearest point of a curve", () => {
    const at = [0, 10, 20];
    expect([-3, 0, 4, 6, 14, 99].map((km) => valueAt(at, [1, 2, 3], km))).toEqual([1, 1, 1, 2, 2, 3]);
  });
});

describe("ring", () => {
  it("keeps its distance, by the haversine formula", () => {
    const rad = Math.PI / 180;
    for (const [lon, lat] of ring([-110, 31.5], 12_000)) {
      const a =
        Math.sin(((lat - 31.5) * rad) / 2) ** 2 +
        Math.cos(lat * rad) * Math.cos(31.5 * rad) * Math.sin(((lon + 110) * rad) / 2) ** 2;
      const away = 2 * 6_371_008.8 * Math.asin(Math.sqrt(a));
      expect(Math.abs(away - 12_000)).toBeLessThan(36);
    }
  });
});
