import { describe, expect, it } from "vitest";

import { BadFrame, readFrame } from "../src/frame";

/** Writes a frame the plain way, field after field, as the server's layout says. */
function write(rows: number[][], { version = 1, header = 32, step = 24 } = {}): ArrayBuffer {
  const bytes = new ArrayBuffer(header + rows.length * step);
  const view = new DataView(bytes);
  new Uint8Array(bytes).set([..."LWTK"].map((letter) => letter.charCodeAt(0)));
  view.setUint16(4, version, true);
  view.setUint16(6, header, true);
  view.setUint32(8, 77, true);
  view.setUint32(12, rows.length, true);
  view.setFloat64(16, 1_740_787_200.5, true);
  view.setUint16(24, step, true);
  rows.forEach((row, at) => {
    const [id, lon, lat, chainage, offset, speed, azimuth, target, existence, age] = row as [
      number, number, number, number, number, number, number, number, number, number,
    ];
    const start = header + at * step;
    view.setUint32(start, id, true);
    view.setInt32(start + 4, lon, true);
    view.setInt32(start + 8, lat, true);
    view.setUint32(start + 12, chainage, true);
    view.setInt16(start + 16, offset, true);
    view.setUint16(start + 18, speed, true);
    view.setUint8(start + 20, azimuth);
    view.setUint8(start + 21, target);
    view.setUint8(start + 22, existence);
    view.setUint8(start + 23, age);
  });
  return bytes;
}

const ROW = [4_000_000_000, -1_171_227_910, 325_344_630, 12_345_678, -150, 140, 64, 1, 255, 9];

describe("readFrame", () => {
  it("reads each column in its unit", () => {
    const tracks = readFrame(write([ROW]));
    expect(tracks.seq).toBe(77);
    expect(tracks.timeS).toBe(1_740_787_200.5);
    expect(tracks.trackId[0]).toBe(4_000_000_000);
    expect(tracks.lonDeg[0]).toBeCloseTo(-117.122791, 9);
    expect(tracks.latDeg[0]).toBeCloseTo(32.534463, 9);
    expect(tracks.chainageKm[0]).toBeCloseTo(1234.5678, 6);
    expect(tracks.offsetKm[0]).toBeCloseTo(-1.5, 6);
    expect(tracks.speedMps[0]).toBeCloseTo(1.4, 6);
    expect(tracks.azimuthDeg[0]).toBe(90);
    expect(tracks.target[0]).toBe(1);
    expect(tracks.existence[0]).toBe(1);
    expect(tracks.ageS[0]).toBe(9);
  });

  it("skips what a newer server adds to the header and the records", () => {
    const tracks = readFrame(write([ROW, ROW], { header: 48, step: 40 }));
    expect(tracks.count).toBe(2);
    expect(tracks.speedMps[1]).toBeCloseTo(1.4, 6);
  });

  it("reads a frame without tracks", () => {
    expect(readFrame(write([])).count).toBe(0);
  });

  it.each([
    ["too short", new ArrayBuffer(8), "shorter"],
    ["another magic", new ArrayBuffer(64), "no track frame"],
    ["another version", write([ROW], { version: 2 }), "version 2"],
    ["cut short", write([ROW]).slice(0, 50), "cut short"],
    ["records too narrow", write([], { step: 20 }), "too narrow"],
  ])("refuses a frame that is %s", (_, bytes, why) => {
    expect(() => readFrame(bytes)).toThrow(BadFrame);
    expect(() => readFrame(bytes)).toThrow(why);
  });
});
