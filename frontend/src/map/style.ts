/** The ground of the map: quiet, so that the line and what is on it stand out. */

import type { LayerSpecification, StyleSpecification } from "maplibre-gl";

import { ALERT_COLOR, INK, TARGET_COLOR } from "../colors";
import { SYMBOL_ZOOM } from "./features";
import type { Town } from "./places";

const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const FONT = ["Inter, Helvetica Neue, Arial, sans-serif"];

/** Sources that the map fills as it goes, lowest first. */
export const SOURCES = [
  "coverage",
  "sectors",
  "sector-names",
  "ports",
  "reaches",
  "sites",
  "tail",
  "tracks",
  "alerts",
  "cursor",
] as const;
export type SourceName = (typeof SOURCES)[number];

export interface Ground {
  land: GeoJSON.MultiPolygon;
  states: GeoJSON.MultiLineString;
}

function feature(geometry: GeoJSON.Geometry): GeoJSON.Feature {
  return { type: "Feature", properties: {}, geometry };
}

export function townFeatures(towns: Town[]): GeoJSON.FeatureCollection {
  return {
    type: "FeatureCollection",
    features: towns.map(([name, lon, lat, from], rank) => ({
      type: "Feature",
      properties: { name, from, rank },
      geometry: { type: "Point", coordinates: [lon, lat] },
    })),
  };
}

function groundLayers(): LayerSpecification[] {
  return [
    { id: "water", type: "background", paint: { "background-color": "#dbe5ea" } },
    { id: "land", type: "fill", source: "land", paint: { "fill-color": "#f5f2eb" } },
    {
      id: "coast",
      type: "line",
      source: "land",
      paint: { "line-color": "#b4c4cc", "line-width": 0.8 },
    },
    {
      id: "states",
      type: "line",
      source: "states",
      paint: { "line-color": "#d3cdc0", "line-width": 1, "line-dasharray": [3, 2] },
    },
    {
      id: "regions",
      type: "symbol",
      source: "regions",
      filter: ["<=", ["get", "from"], ["zoom"]],
      layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 11, "text-letter-spacing": 0.18 },
      paint: { "text-color": "#a39b8b", "text-halo-color": "#f5f2eb", "text-halo-width": 1 },
    },
    {
      id: "towns",
      type: "symbol",
      source: "towns",
      filter: ["<=", ["get", "from"], ["zoom"]],
      layout: {
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": 11.5,
        "symbol-sort-key": ["get", "rank"],
        "text-padding": 4,
      },
      paint: { "text-color": "#6e675a", "text-halo-color": "#f5f2eb", "text-halo-width": 1.4 },
    },
  ];
}

function lineLayers(): LayerSpecification[] {
  return [
    {
      id: "coverage",
      type: "line",
      source: "coverage",
      layout: { "line-cap": "butt", "line-join": "round" },
      paint: {
        "line-color": ["get", "color"],
        "line-width": ["interpolate", ["linear"], ["zoom"], 4, 9, 8, 16, 12, 26],
        "line-opacity": 0.85,
      },
    },
    {
      id: "reaches",
      type: "line",
      source: "reaches",
      minzoom: 7.5,
      paint: { "line-color": "#33607f", "line-width": 1, "line-opacity": 0.45, "line-dasharray": [4, 3] },
    },
    {
      id: "sectors",
      type: "line",
      source: "sectors",
      layout: { "line-cap": "butt", "line-join": "round" },
      paint: {
        "line-color": ["get", "color"],
        "line-width": ["interpolate", ["linear"], ["zoom"], 4, 2.6, 10, 3.6],
      },
    },
    {
      id: "ports",
      type: "circle",
      source: "ports",
      minzoom: 6,
      paint: { "circle-radius": 3.2, "circle-color": "#fff", "circle-stroke-color": INK, "circle-stroke-width": 1.4 },
    },
    {
      id: "port-names",
      type: "symbol",
      source: "ports",
      minzoom: 8,
      layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 11, "text-anchor": "left", "text-offset": [0.7, 0] },
      paint: { "text-color": INK, "text-halo-color": "#fff", "text-halo-width": 1.4 },
    },
  ];
}

function sightLayers(): LayerSpecification[] {
  return [
    {
      id: "site-dots",
      type: "circle",
      source: "sites",
      maxzoom: 7,
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 4, 1.8, 7, 3.4],
        "circle-color": ["case", ["get", "well"], "#33607f", "#ffffff"],
        "circle-stroke-color": ["case", ["get", "well"], "#ffffff", "#b3261e"],
        "circle-stroke-width": ["case", ["get", "well"], 0.6, 1.4],
      },
    },
    {
      id: "sites",
      type: "symbol",
      source: "sites",
      minzoom: 7,
      layout: {
        "icon-image": ["concat", "sensor-", ["get", "kind"]],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 7, 0.55, 10, 0.85],
        "icon-allow-overlap": true,
        "text-field": ["step", ["zoom"], "", 9, ["get", "name"]],
        "text-font": FONT,
        "text-size": 10.5,
        "text-offset": [0, 1.6],
        "text-optional": true,
      },
      paint: {
        "icon-opacity": ["case", ["get", "well"], 1, 0.45],
        "text-color": "#33607f",
        "text-halo-color": "#fff",
        "text-halo-width": 1.2,
      },
    },
    {
      id: "tail",
      type: "line",
      source: "tail",
      paint: { "line-color": INK, "line-width": 1.4, "line-opacity": 0.7 },
    },
    {
      id: "tracks",
      type: "circle",
      source: "tracks",
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 4, 2.4, 8, 4.2, SYMBOL_ZOOM, 5.5],
        "circle-color": [
          "match",
          ["get", "target"],
          "walker",
          TARGET_COLOR.walker,
          "vehicle",
          TARGET_COLOR.vehicle,
          "flyer",
          TARGET_COLOR.flyer,
          TARGET_COLOR.unknown,
        ],
        "circle-opacity": ["case", ["get", "drawn"], 0, ["interpolate", ["linear"], ["get", "existence"], 0.5, 0.4, 1, 0.95]],
        "circle-stroke-color": "#fff",
        "circle-stroke-width": ["case", ["get", "drawn"], 0, 0.8],
      },
    },
    {
      id: "track-symbols",
      type: "symbol",
      source: "tracks",
      minzoom: SYMBOL_ZOOM,
      filter: ["get", "drawn"],
      layout: {
        "icon-image": ["concat", "track-", ["get", "target"]],
        "icon-size": 0.8,
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
        "text-field": ["get", "label"],
        "text-font": FONT,
        "text-size": 10.5,
        "text-anchor": "left",
        "text-offset": [1.6, 0],
        "text-optional": true,
      },
      paint: { "icon-opacity": ["interpolate", ["linear"], ["get", "existence"], 0.5, 0.55, 1, 1], "text-color": INK, "text-halo-color": "#fff", "text-halo-width": 1.3 },
    },
  ];
}

function topLayers(): LayerSpecification[] {
  const color = ["case", ["get", "open"], ALERT_COLOR.open, ALERT_COLOR.acknowledged] as unknown as string;
  return [
    {
      id: "alerts",
      type: "circle",
      source: "alerts",
      paint: {
        "circle-radius": ["case", ["get", "selected"], 15, 10],
        "circle-color": color,
        "circle-opacity": 0.1,
        "circle-stroke-color": color,
        "circle-stroke-width": ["case", ["get", "selected"], 3, 2],
      },
    },
    {
      id: "sector-names",
      type: "symbol",
      source: "sector-names",
      layout: {
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": ["interpolate", ["linear"], ["zoom"], 4, 11.5, 8, 14],
        "text-variable-anchor": ["top-right", "top", "right", "bottom-left"],
        "text-radial-offset": 1.1,
        "text-padding": 2,
      },
      paint: { "text-color": "#1d3a52", "text-halo-color": "#f5f2eb", "text-halo-width": 2 },
    },
    {
      id: "cursor",
      type: "circle",
      source: "cursor",
      paint: { "circle-radius": 6, "circle-color": "#e0a33a", "circle-stroke-color": INK, "circle-stroke-width": 1.6 },
    },
  ];
}

export function mapStyle(ground: Ground, towns: Town[], regions: Town[]): StyleSpecification {
  return {
    version: 8,
    sources: {
      land: { type: "geojson", data: feature(ground.land) },
      states: { type: "geojson", data: feature(ground.states) },
      towns: { type: "geojson", data: townFeatures(towns) },
      regions: { type: "geojson", data: townFeatures(regions) },
      ...Object.fromEntries(SOURCES.map((name) => [name, { type: "geojson" as const, data: EMPTY }])),
    },
    layers: [...groundLayers(), ...lineLayers(), ...sightLayers(), ...topLayers()],
  };
}
