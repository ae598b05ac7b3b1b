/**
 * The line laid straight: chainage from left to right, and what is known at each of its
 * kilometres above one another. It is the index of the page: a click goes there.
 */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import { valueAt } from "../line";
import { actionable, useStore, type Store } from "../store";
import type { Picture } from "../types";
import { CoverageLane, GroundLane, MarksLane, SectorLane } from "./lanes";
import { LANES, STRIP_HEIGHT } from "./layout";
import { toKm, toX, windowAround, type Scale } from "./scale";
import { TrackCanvas } from "./TrackCanvas";

const LEFT = 96;
const RIGHT = 20;

/** Share of the line from which the map shows all of it, and a window says nothing. */
const WHOLE = 0.9;

interface Props {
  store: Store;
  picture: Picture;
  onGo: (km: number) => void;
}

export function Strip({ store, picture, onGo }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(1200);
  const [close, setClose] = useState(false);
  const state = useStore(store, (now) => now);
  useEffect(() => {
    const watcher = new ResizeObserver(([entry]) => setWidth(entry!.contentRect.width));
    watcher.observe(holder.current!);
    return () => watcher.disconnect();
  }, []);
  const view = state.viewKm;
  const [fromKm, toEndKm] = close && view ? windowAround(view, picture.length_km) : [0, picture.length_km];
  const scale = useMemo<Scale>(
    () => ({ fromKm, toKm: toEndKm, left: LEFT, right: Math.max(LEFT + 100, width - RIGHT) }),
    [fromKm, toEndKm, width],
  );
  const point = (event: PointerEvent) => {
    const box = holder.current!.getBoundingClientRect();
    return toKm(scale, event.clientX - box.left);
  };
  const cursorKm = state.cursorKm;
  return (
    <section class="strip" aria-label="The line by kilometre">
      <div class="strip-head">
        <h2>Along the line</h2>
        <Readout store={store} picture={picture} />
        <div class="switch" role="group" aria-label="Part of the line shown">
          <button type="button" aria-pressed={!close} onClick={() => setClose(false)}>
            Whole line
          </button>
          <button type="button" aria-pressed={close} onClick={() => setClose(true)}>
            Map view
          </button>
        </div>
      </div>
      <div
        class="strip-body"
        ref={holder}
        role="slider"
        tabIndex={0}
        aria-label="Place along the line"
        aria-valuemin={0}
        aria-valuemax={Math.round(picture.length_km)}
        aria-valuenow={Math.round(cursorKm ?? 0)}
        aria-valuetext={`kilometre ${Math.round(cursorKm ?? 0)}`}
        onPointerMove={(event) => store.set({ cursorKm: point(event) })}
        onPointerLeave={() => store.set({ cursorKm: null })}
        onClick={(event) => onGo(point(event as unknown as PointerEvent))}
        onKeyDown={(event) => step(event, store, picture, onGo)}
      >
        <TrackCanvas tracks={state.tracks} names={picture.targets} scale={scale} width={width} />
        <svg width={width} height={STRIP_HEIGHT} aria-hidden="true">
          <SectorLane picture={picture} scale={scale} />
          <GroundLane picture={picture} scale={scale} alerts={actionable(state.news)} selected={state.selectedAlert} />
          <CoverageLane picture={picture} scale={scale} />
          <MarksLane picture={picture} scale={scale} />
          {!close && view && view[1] - view[0] < WHOLE * picture.length_km && (
            <rect
              class="view"
              x={toX(scale, view[0]) - 1}
              y={1}
              width={Math.max(3, toX(scale, view[1]) - toX(scale, view[0]) + 2)}
              height={LANES.marks.top - 2}
            />
          )}
          {cursorKm !== null && (
            <line class="cursor" x1={toX(scale, cursorKm)} x2={toX(scale, cursorKm)} y1={0} y2={LANES.marks.top} />
          )}
        </svg>
      </div>
    </section>
  );
}

const STEP_KM: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageDown: -100, PageUp: 100 };

function step(event: KeyboardEvent, store: Store, picture: Picture, onGo: (km: number) => void): void {
  const here = store.state.cursorKm ?? picture.length_km / 2;
  const by = STEP_KM[event.key];
  let km: number | null = null;
  if (by !== undefined) km = here + by * (event.shiftKey ? 10 : 1);
  else if (event.key === "Home") km = 0;
  else if (event.key === "End") km = picture.length_km;
  else if (event.key === "Enter") onGo(here);
  else return;
  event.preventDefault();
  if (km !== null) store.set({ cursorKm: Math.min(picture.length_km, Math.max(0, km)) });
}

/** What is at the cursor, in words: kilometre, sector, chance, tracks near. */
function Readout({ store, picture }: { store: Store; picture: Picture }) {
  const { cursorKm, tracks } = useStore(store, (now) => now);
  if (cursorKm === null)
    return (
      <p class="readout" data-testid="readout">
        {Math.round(picture.length_km).toLocaleString("en-US")} km,{" "}
        <b data-testid="track-count">{tracks.count}</b> {tracks.count === 1 ? "track" : "tracks"}
      </p>
    );
  const sector = picture.sectors.find((one) => one.from_km <= cursorKm && cursorKm <= one.to_km);
  const walker = picture.coverage?.chance["walker"];
  const near = tracks.chainageKm.reduce((sum, km) => sum + Number(Math.abs(km - cursorKm) <= 5), 0);
  return (
    <p class="readout" data-testid="readout">
      <b>km {cursorKm.toFixed(1)}</b>
      {sector && <span>{sector.name}</span>}
      {walker && <span>planned chance to see a walker {valueAt(picture.coverage!.chainage_km, walker, cursorKm).toFixed(2)}</span>}
      <span>
        {near} {near === 1 ? "track" : "tracks"} within 5 km
      </span>
    </p>
  );
}
