// Derives the ground of the map once, at build time: land, rivers of borders between
// states, and nothing that competes with the line itself. Country edges are left out, for
// their coarse outline would run beside the surveyed line and be taken for it.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { feature, mesh } from "topojson-client";

const require = createRequire(import.meta.url);
const read = (name) => JSON.parse(readFileSync(require.resolve(name), "utf8"));
const [WEST, SOUTH, EAST, NORTH] = [-128, 17, -86, 43];

/** Clips a ring to the box, edge by edge (Sutherland and Hodgman, 1974). */
function clipRing(ring) {
  const edges = [
    [(p) => p[0] >= WEST, (a, b) => cut(a, b, 0, WEST)],
    [(p) => p[0] <= EAST, (a, b) => cut(a, b, 0, EAST)],
    [(p) => p[1] >= SOUTH, (a, b) => cut(a, b, 1, SOUTH)],
    [(p) => p[1] <= NORTH, (a, b) => cut(a, b, 1, NORTH)],
  ];
  return edges.reduce((points, [inside, meet]) => {
    const kept = [];
    points.forEach((point, at) => {
      const before = points[(at + points.length - 1) % points.length];
      if (inside(point) !== inside(before)) kept.push(meet(before, point));
      if (inside(point)) kept.push(point);
    });
    return kept;
  }, ring.slice(0, -1));
}

function cut(a, b, axis, value) {
  const share = (value - a[axis]) / (b[axis] - a[axis]);
  const point = [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
  point[axis] = value;
  return point;
}

const short = (p) => [Math.round(p[0] * 1e3) / 1e3, Math.round(p[1] * 1e3) / 1e3];
const inBox = (p) => p[0] > WEST && p[0] < EAST && p[1] > SOUTH && p[1] < NORTH;

const world = read("world-atlas/land-10m.json");
const land = feature(world, world.objects.land).features.flatMap(({ geometry }) =>
  geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates,
);
const polygons = land
  .map((rings) => rings.map(clipRing).filter((ring) => ring.length > 3))
  .filter((rings) => rings.length > 0)
  .map((rings) => rings.map((ring) => [...ring, ring[0]].map(short)));

const us = read("us-atlas/states-10m.json");
const states = mesh(us, us.objects.states, (a, b) => a !== b)
  .coordinates.map((line) => line.filter(inBox).map(short))
  .filter((line) => line.length > 1);

mkdirSync(new URL("../src/generated/", import.meta.url), { recursive: true });
writeFileSync(
  new URL("../src/generated/basemap.json", import.meta.url),
  JSON.stringify({
    land: { type: "MultiPolygon", coordinates: polygons },
    states: { type: "MultiLineString", coordinates: states },
  }),
);
