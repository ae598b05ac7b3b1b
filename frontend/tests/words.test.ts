import ms from "milsymbol";
import { describe, expect, it } from "vitest";

import { ALERT_COLOR, chanceColor, INK, TARGET_COLOR } from "../src/colors";
import { sensorSidc, SENSOR_SIDC, siteSymbols, TRACK_SIDC } from "../src/map/symbols";
import { grid, short, subject } from "../src/panels/Alerts";
import { clock, dateTimeGroup, span } from "../src/time";
import type { Alert } from "../src/types";

describe("times", () => {
  it("are date-time groups in Zulu time", () => {
    expect(dateTimeGroup(Date.UTC(2025, 2, 1, 6, 4, 59) / 1000)).toBe("010604Z MAR 25");
    expect(clock(Date.UTC(2025, 2, 1, 6, 4, 9) / 1000)).toBe("06:04:09");
  });

  it.each([
    [-3, "0 s"],
    [59.4, "59 s"],
    [61, "1 min 1 s"],
    [601, "10 min"],
    [3_660, "1 h 1 min"],
    [90_000, "1 d 1 h"],
  ])("tell %s s as %s", (seconds, words) => expect(span(seconds)).toBe(words));
});

describe("symbols", () => {
  const affiliation = (sidc: string) => new ms.Symbol(sidc).getMetadata().affiliation;

  it("are codes of 20 digits that the standard knows", () => {
    for (const sidc of [...Object.values(SENSOR_SIDC), ...Object.values(TRACK_SIDC)]) {
      expect(sidc).toMatch(/^\d{20}$/);
      expect(new ms.Symbol(sidc).isValid()).toBe(true);
    }
  });

  it("call our own friendly and a track unknown, never hostile", () => {
    for (const sidc of Object.values(SENSOR_SIDC)) expect(affiliation(sidc)).toBe("Friend");
    for (const sidc of Object.values(TRACK_SIDC)) expect(affiliation(sidc)).toBe("Unknown");
    expect(affiliation(sensorSidc("a kind nobody knows"))).toBe("Friend");
  });

  it("draws a scenario's own kind as the kind it is like", () => {
    const symbols = siteSymbols([
      { kind: "radar-b", like: "radar" },
      { kind: "radar", like: "radar" },
      { kind: "lidar", like: "" },
    ]);
    expect(symbols.get("radar-b")).toBe(SENSOR_SIDC["radar"]);
    expect(symbols.get("radar")).toBe(SENSOR_SIDC["radar"]);
    expect(symbols.get("lidar")).toBe(sensorSidc("lidar"));
  });
});

describe("alerts in words", () => {
  const alert = { kind: "crossing", target: "walker", count_low: 1, count_high: 1 } as Alert;

  it("tell the class and the range of the number", () => {
    expect(subject(alert)).toBe("Walker");
    expect(subject({ ...alert, count_low: 3, count_high: 3 })).toBe("Walker, 3");
    expect(subject({ ...alert, count_high: 5 })).toBe("Walker, 1 to 5");
    expect(subject({ ...alert, kind: "outage", node_id: null })).toBe("");
  });

  it.each([
    [-77.0352, 38.8895, "18S UJ 2348 0648"],
    [-117.122791, 32.534463, "11S MR 8846 9968"],
    [-97.148366, 25.95, "14R PP 8540 7145"],
  ])("give the grid square of 10 m that PROJ's UTM gives at %s, %s", (lon_deg, lat_deg, square) => {
    expect(grid({ lon_deg, lat_deg })).toBe(square);
  });

  it("shorten a reference that is too long to read", () => {
    expect(short("TCA-17")).toBe("TCA-17");
    expect(short("01JT7V5CER1NQWJG9DZW000028")).toBe("…000028");
  });

  it("give no grid square at the pole", () => {
    expect(grid({ lon_deg: 0, lat_deg: 90 })).toBe("");
  });
});

/** Contrast of two colours by WCAG 2.2. */
function contrast(one: string, other: string): number {
  const light = (hex: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const part = parseInt(hex.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [high, low] = [light(one), light(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe("colours", () => {
  it("stand out from the paper", () => {
    expect(contrast(INK, "#fbfaf7")).toBeGreaterThan(7);
    expect(contrast(ALERT_COLOR.open, "#ffffff")).toBeGreaterThan(4.5);
    for (const color of Object.values(TARGET_COLOR)) expect(contrast(color, "#f5f2eb")).toBeGreaterThan(4.5);
  });

  it("of chance run from one end to the other and stop there", () => {
    expect(chanceColor(0)).toBe("rgb(226,190,160)");
    expect(chanceColor(1)).toBe("rgb(38,116,104)");
    expect(chanceColor(-1)).toBe(chanceColor(0));
    expect(chanceColor(2)).toBe(chanceColor(1));
    expect(chanceColor(0.75)).toBe("rgb(126,162,132)");
  });
});
