import ms from "milsymbol";
import { describe, expect, it } from "vitest";

import csv from "../../src/linewatch/force/symbols.csv?raw";
import ledger from "../../src/linewatch/scenario/border/force.ledger?raw";

const table = csv
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.match(/^([^,]+),(\d{10}),"?(.*?)"?$/)!.slice(1) as [string, string, string]);
const units = [...ledger.matchAll(/^\S+ unit (\S+) .*sidc=(\d+)$/gm)].map(([, name, sidc]) => [name!, sidc!] as const);

// Edition D draws engineers with a thinner line, and laundry without the line of supply.
const SUPPLY = '<path d="M25,120 l150,0" stroke-width="3" stroke="black" fill="none" ></path>';
const draw = (sidc: string) =>
  new ms.Symbol(sidc, { size: 40 })
    .asSVG()
    .replace("USSL" === sidc.slice(4, 8) ? SUPPLY : "", "")
    .replaceAll(/ stroke-width="[\d.]+"/g, "");
const about = (sidc: string) => new ms.Symbol(sidc).getMetadata();

describe("the table of functions, held against milsymbol", () => {
  it("has the land units of both standards", () => expect(table.length).toBeGreaterThan(35));

  it.each(table)("%s and %s are drawn alike: %s", (letters, digits) => {
    const old = `SFGP${letters}-F---`;
    const now = `1003100016${digits}`;
    expect(new ms.Symbol(old).isValid()).toBe(true);
    expect(new ms.Symbol(now).isValid()).toBe(true);
    expect(draw(now)).toBe(draw(old));
  });

  it.each([
    ["A", "2", "headquarters"],
    ["E", "4", "taskForce"],
    ["F", "1", "feintDummy"],
  ])("%s is digit %s: %s", (letter, digit, field) => {
    for (const sidc of [`SFGPUCI---${letter}H---`, `1003100${digit}181211000000`]) {
      expect(about(sidc)[field as "headquarters"]).toBe(true);
    }
  });

  it.each("ABCDEFGHIJKLMN".split("").map((letter, at) => [letter, [11, 12, 13, 14, 15, 16, 17, 18, 21, 22, 23, 24, 25, 26][at]]))(
    "size %s is %s",
    (letter, digits) => {
      expect(about(`SFGPUCI----${letter}---`).echelon).toBe(about(`10031000${digits}1211000000`).echelon);
    },
  );
});

describe("the units of the built-in ledger", () => {
  it("all have a symbol", () => expect(units.length).toBe(ledger.match(/^\S+ unit /gm)!.length));

  it.each(units)("%s: %s is a friendly land unit that milsymbol knows", (_, sidc) => {
    const symbol = new ms.Symbol(sidc);
    expect(symbol.isValid()).toBe(true);
    expect(symbol.getMetadata()).toMatchObject({ affiliation: "Friend", baseDimension: "Ground", unit: true });
  });
});
