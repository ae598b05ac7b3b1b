/** One store for the page: plain state, and listeners that hear when it changes. */

import { useEffect, useState } from "preact/hooks";

import { emptyTracks, type Tracks } from "./frame";
import type { Alert, News, Picture } from "./types";

export type Link = "opening" | "open" | "lost";

/** Seconds without a new frame after which the picture is stale: five missed frames. */
export const STALE_S = 5;

export interface State {
  picture: Picture | null;
  fault: string | null;
  link: Link;
  news: News | null;
  tracks: Tracks;
  /** When the last frame with a new number came, by the browser's own clock [ms]. */
  freshMs: number;
  /** Now, by the same clock; moves once a second. */
  nowMs: number;
  selectedAlert: string | null;
  selectedTrack: number | null;
  /** Where the cursor stands along the line [km]. */
  cursorKm: number | null;
  /** Which part of the line the map shows [km]. */
  viewKm: [number, number] | null;
}

type Listener = () => void;

export class Store {
  state: State;
  private listeners = new Set<Listener>();

  constructor(nowMs: number) {
    this.state = {
      picture: null,
      fault: null,
      link: "opening",
      news: null,
      tracks: emptyTracks(),
      freshMs: nowMs,
      nowMs,
      selectedAlert: null,
      selectedTrack: null,
      cursorKm: null,
      viewKm: null,
    };
  }

  set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/** Reads a part of the state, and draws again when that part changes. */
export function useStore<T>(store: Store, part: (state: State) => T): T {
  const [value, setValue] = useState(() => part(store.state));
  useEffect(() => {
    const look = () => setValue(() => part(store.state));
    look();
    return store.listen(look);
  }, [store]);
  return value;
}

/** Tells how old the picture is [s], by the browser's own clock. */
export function ageS(state: State): number {
  return Math.max(0, (state.nowMs - state.freshMs) / 1000);
}

/** Tells whether the watch has ended, and the picture stands by nature. */
export function isRecorded(state: State): boolean {
  return state.news?.ended ?? state.picture?.mode === "recorded";
}

/** Tells whether a live picture has stopped moving. A recorded one stands by nature. */
export function isStale(state: State): boolean {
  if (state.picture === null || isRecorded(state)) return false;
  return ageS(state) >= STALE_S;
}

/** Alerts that an officer acts on: the test alerts of the handover path are left out. */
export function actionable(news: News | null): Alert[] {
  const alerts = (news?.alerts ?? []).filter((alert) => alert.kind !== "test");
  return alerts.sort(
    (a, b) =>
      Number(a.acknowledged !== null) - Number(b.acknowledged !== null) ||
      a.priority - b.priority ||
      b.time_s - a.time_s,
  );
}
