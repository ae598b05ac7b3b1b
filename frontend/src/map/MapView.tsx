/** The map: MapLibre under one component, filled from the store and never by hand. */

import "maplibre-gl/dist/maplibre-gl.css";

import * as maplibregl from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { useEffect, useRef } from "preact/hooks";

import basemapUrl from "../generated/basemap.json?url";
import { spanInBox, type Place } from "../line";
import { actionable, type State, type Store } from "../store";
import type { Picture } from "../types";
import * as features from "./features";
import { REGIONS, TOWNS } from "./places";
import { mapStyle, type Ground, type SourceName } from "./style";
import { draw, siteSymbols, TRACK_SIDC } from "./symbols";

maplibregl.setWorkerUrl(workerUrl);

const TAIL_LENGTH = 600;
const CLOSE_ZOOM = 10;
const PADDING = { top: 56, right: 56, bottom: 56, left: 76 };

/** Moves the map: asked for by the strip and the lists. */
export interface Mover {
  goTo(place: Place, zoom?: number): void;
  whole(): void;
}

class Sheet implements Mover {
  private last: Partial<State> = {};
  private tail: Place[] = [];
  private tailOf: number | null = null;

  constructor(
    private map: maplibregl.Map,
    private store: Store,
    private picture: Picture,
  ) {
    for (const [target, sidc] of Object.entries(TRACK_SIDC))
      map.addImage(`track-${target}`, draw(sidc, 22), { pixelRatio: 2 });
    this.drawGround(picture);
    map.on("moveend", () => this.moved());
    map.on("click", (event) => this.clicked(event));
    this.moved();
  }

  goTo(place: Place, zoom = CLOSE_ZOOM): void {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map.easeTo({ center: place, zoom: Math.max(zoom, this.map.getZoom()), duration: calm ? 0 : 700 });
  }

  whole(): void {
    this.map.fitBounds(bounds(this.picture), { padding: PADDING, duration: 500 });
  }

  private drawGround(picture: Picture): void {
    this.picture = picture;
    for (const [kind, sidc] of siteSymbols(picture.sites))
      if (!this.map.hasImage(`sensor-${kind}`))
        this.map.addImage(`sensor-${kind}`, draw(sidc, 22), { pixelRatio: 2 });
    this.fill("sectors", features.sectorLines(picture));
    this.fill("sector-names", features.sectorNames(picture));
    this.fill("coverage", features.coverageLines(picture, "walker"));
    this.fill("ports", features.portPoints(picture));
    this.fill("reaches", features.reachLines(picture));
  }

  /** Draws what has changed since the last time, and nothing else. */
  update(state: State): void {
    const { last } = this;
    const grown = state.picture !== null && state.picture !== this.picture;
    if (grown) this.drawGround(state.picture!);
    if (grown || state.news?.nodes !== last.news?.nodes || last.news === undefined)
      this.fill("sites", features.sitePoints(this.picture, state.news?.nodes ?? {}));
    if (state.tracks !== last.tracks) this.drawTracks(state);
    if (state.news !== last.news || state.selectedAlert !== last.selectedAlert)
      this.fill("alerts", features.alertPoints(actionable(state.news), state.selectedAlert));
    if (state.cursorKm !== last.cursorKm)
      this.fill("cursor", features.cursorPoint(this.picture, state.cursorKm));
    if (state.selectedTrack !== last.selectedTrack || state.tracks !== last.tracks)
      this.drawTail(state);
    this.last = state;
  }

  private fill(name: SourceName, data: GeoJSON.FeatureCollection): void {
    this.map.getSource<maplibregl.GeoJSONSource>(name)?.setData(data);
  }

  private box(): features.Box {
    const shown = this.map.getBounds();
    return { west: shown.getWest(), south: shown.getSouth(), east: shown.getEast(), north: shown.getNorth() };
  }

  private drawTracks(state: State): void {
    const view = { zoom: this.map.getZoom(), box: this.box() };
    this.fill("tracks", features.trackPoints(state.tracks, this.picture.targets, view));
  }

  private drawTail({ selectedTrack, tracks }: State): void {
    if (selectedTrack !== this.tailOf) this.tail = [];
    this.tailOf = selectedTrack;
    const row = selectedTrack === null ? -1 : tracks.trackId.indexOf(selectedTrack);
    if (row >= 0) this.tail = [...this.tail, [tracks.lonDeg[row]!, tracks.latDeg[row]!] as Place].slice(-TAIL_LENGTH);
    this.fill("tail", features.tailLine(this.tail));
  }

  private moved(): void {
    this.store.set({ viewKm: spanInBox(this.picture.line, this.box()) });
    this.drawTracks(this.store.state);
  }

  private clicked(event: maplibregl.MapMouseEvent): void {
    const { x, y } = event.point;
    const around: [maplibregl.PointLike, maplibregl.PointLike] = [[x - 6, y - 6], [x + 6, y + 6]];
    const layers = ["alerts", "track-symbols", "tracks"];
    const hit = this.map.queryRenderedFeatures(around, { layers })[0];
    if (hit?.layer.id === "alerts") this.store.set({ selectedAlert: String(hit.properties["id"]) });
    else this.store.set({ selectedTrack: hit ? Number(hit.properties["id"]) : null });
  }
}

function bounds(picture: Picture): maplibregl.LngLatBoundsLike {
  const { lon_deg: lon, lat_deg: lat } = picture.line;
  return [
    [Math.min(...lon), Math.min(...lat)],
    [Math.max(...lon), Math.max(...lat)],
  ];
}

async function loadGround(): Promise<Ground> {
  const answer = await fetch(basemapUrl);
  return (await answer.json()) as Ground;
}

interface Props {
  store: Store;
  picture: Picture;
  onReady: (mover: Mover) => void;
}

export function MapView({ store, picture, onReady }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let map: maplibregl.Map | null = null;
    let silence = () => {};
    let gone = false;
    void loadGround().then((ground) => {
      if (gone || holder.current === null) return;
      map = new maplibregl.Map({
        container: holder.current,
        style: mapStyle(ground, TOWNS, REGIONS),
        bounds: bounds(picture),
        fitBoundsOptions: { padding: PADDING },
        attributionControl: false,
        dragRotate: false,
        pitchWithRotate: false,
        maxZoom: 16,
        canvasContextAttributes: { preserveDrawingBuffer: true },
      });
      map.touchZoomRotate.disableRotation();
      map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-left");
      map.addControl(new maplibregl.ScaleControl({ unit: "metric" }), "bottom-left");
      const ready = map;
      ready.once("load", () => {
        const sheet = new Sheet(ready, store, picture);
        sheet.update(store.state);
        silence = store.listen(() => sheet.update(store.state));
        onReady(sheet);
        holder.current?.setAttribute("data-ready", "yes");
      });
    });
    return () => {
      gone = true;
      silence();
      map?.remove();
    };
  }, []);
  return <div class="map" ref={holder} role="application" aria-label="Map of the line" data-testid="map" />;
}

